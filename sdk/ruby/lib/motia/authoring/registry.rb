# frozen_string_literal: true

# What files declare: step definitions, hooks and faults, collected while a file loads.
#
# Outside a worker (a unit test that loads a step file) nothing collects unless somebody asked for it: a
# wrong declaration raises StepFault at once, and a right one is returned to whoever wrote it.

require 'motia/authoring/errors'

module Motia
  # One step: what the manifest says of it, and how its handler is called.
  #
  # `spec` is the entry of the manifest; `handler` responds to `call`, nil for noop; `binding` turns a
  # payload or request into its arguments. `is_quick` is kept by the worker.
  StepDefinition = Struct.new(:spec, :handler, :binding, :middleware, :is_quick, keyword_init: true) do
    # Id of the step.
    def id
      spec[:id]
    end

    # api, event, cron or noop.
    def kind
      spec[:kind]
    end
  end

  # A block that runs once per worker: `start` before its first step, `stop` after its last.
  Hook = Struct.new(:moment, :block, :file, :line, keyword_init: true)

  # Gathers what the files of a project declare.
  class Collector
    attr_reader :root, :steps, :hooks, :faults

    def initialize(root)
      @root = File.realpath(root)
      @steps = []
      @hooks = []
      @faults = []
    end

    # `file` relative to the project, or as it is when it lies outside.
    def relative(file)
      real = File.exist?(file) ? File.realpath(file) : file
      real.start_with?("#{@root}/") ? real.delete_prefix("#{@root}/") : file
    end

    # Forgets what `file` (relative) declared since it had so many steps and hooks: half a file is no file.
    def rewind(file, steps:, hooks:)
      @steps[steps..] = @steps[steps..].reject { |step| step.spec[:source][:file] == file }
      @hooks[hooks..] = @hooks[hooks..].reject { |hook| hook.file == file }
    end
  end

  # The collector that declarations speak to.
  module Registry
    @active = []

    class << self
      # Lets declarations tell `collector` while the block runs.
      def collect(collector)
        @active.push(collector)
        yield
      ensure
        @active.delete(collector)
      end

      # Whether declarations are collected.
      def collecting?
        !@active.empty?
      end

      # `file` as a fault names it.
      def relative(file)
        @active.empty? ? file : @active.last.relative(file)
      end

      # Registers a step.
      def add_step(definition)
        @active.last.steps << definition unless @active.empty?
      end

      # Registers a hook.
      def add_hook(hook)
        @active.last.hooks << hook unless @active.empty?
      end

      # Reports what is wrong with a declaration. Raises StepFault when nothing collects and one is an error.
      def add_faults(faults)
        return @active.last.faults.concat(faults) unless @active.empty?

        errors = faults.reject { |fault| fault[:severity] == 'warning' }
        raise StepFault, errors if errors.any?
      end
    end
  end
end
