# frozen_string_literal: true

# Loading a project: step files in, steps, faults and modules out. One file that fails does not stop the others.
#
# Each step file is loaded into a module of its own: its methods and constants are its own, and two files
# may use one name for two things. What several files share is in files that they require, which are
# loaded once, the usual way.

require 'motia'
require 'motia/loading/faults'
require 'motia/loading/modules'

module Motia
  module Loading
    # The project in this worker: its step definitions, its hooks, and what was read for them.
    class Loader
      WRAPS_IN_A_MODULE = (RUBY_VERSION.split('.').map(&:to_i) <=> [3, 1]) >= 0

      # Step definitions by id.
      attr_reader :steps
      attr_reader :root

      def initialize(root, files)
        @root = File.realpath(root)
        @files = files
        places = [@root, File.join(@root, 'motia'), File.join(@root, 'motia', 'steps')]
        # Behind the libraries: a project file hides none of them.
        $LOAD_PATH.concat(places - $LOAD_PATH)
        @modules = Modules.new(@root, places)
        @collector = Collector.new(@root)
        @steps = {}
      end

      # Loads every file, runs the start hooks, and returns the manifest. Never raises for an author's fault.
      #
      # `run_hook` runs one hook and raises what it raises; `tell` is told a file before it is entered, and
      # before a start hook of it runs.
      def load(tell: ->(_file) {}, &run_hook)
        Registry.collect(@collector) do
          @files.each do |file|
            tell.call(file)
            load_file(File.join(@root, file))
          end
        end
        @collector.steps.each { |step| @steps[step.id] ||= step }
        start(tell, &run_hook)
        manifest
      end

      # Runs the stop hooks, last declared first; `on_error` gets the hook and the error of one that fails.
      def stop(run_hook, on_error)
        hooks('stop').reverse_each do |hook|
          run_hook.call(hook)
        rescue Exception => error # rubocop:disable Lint/RescueException -- a hook may raise anything
          on_error.call(hook, error)
        end
      end

      private

      def load_file(path)
        path = File.realpath(path) if File.exist?(path)
        steps = @collector.steps.size
        hooks = @collector.hooks.size
        @modules.watch(path) { evaluate(path) }
      rescue Exception => error # rubocop:disable Lint/RescueException -- a file may raise anything, SystemExit too
        @collector.rewind(@collector.relative(path), steps: steps, hooks: hooks)
        @collector.faults << Faults.of(error, file: path, root: @root)
      end

      def evaluate(path)
        unless File.readable?(path)
          raise LoadError.new("cannot read #{path}").tap { |error| error.instance_variable_set(:@path, path) }
        end
        return Kernel.load(path, true) unless WRAPS_IN_A_MODULE

        wrapper = Module.new
        Kernel.load(path, wrapper)
        warn_of_shadows(wrapper, path)
      end

      # `class String` in a step file is a class of that file: who means Ruby's own writes `class ::String`.
      def warn_of_shadows(wrapper, path)
        wrapper.constants(false).each do |name|
          next unless wrapper.autoload?(name).nil? && Object.const_defined?(name, false) && Object.autoload?(name).nil?

          mine = wrapper.const_get(name, false)
          theirs = Object.const_get(name, false)
          next if mine.equal?(theirs) || !mine.is_a?(Module) || !theirs.is_a?(Module)

          line = wrapper.const_source_location(name)&.last || 0
          @collector.faults << {
            code: 'constant-shadowed', file: @collector.relative(path), line: line, severity: 'warning',
            message: "#{name} is a new #{mine.class.name.downcase} in this file, and not Ruby's or a library's #{name}",
            hint: "write ::#{name} to open that one, or choose another name"
          }
        end
      end

      def hooks(moment)
        @collector.hooks.select { |hook| hook.moment == moment }
      end

      def start(tell)
        hooks('start').each do |hook|
          tell.call(hook.file)
          yield hook
        rescue Exception => error # rubocop:disable Lint/RescueException -- as in stop
          fault = Faults.of(error, file: File.join(@root, hook.file), root: @root)
          line = fault[:line].zero? ? hook.line : fault[:line]
          @collector.faults << fault.merge(code: 'start-hook-failed', file: hook.file, line: line,
                                           message: "on_start: #{fault[:message]}",
                                           hint: 'steps that need what the hook opens will fail')
        end
      end

      def manifest
        existing = @files.map { |file| File.join(@root, file) }.select { |file| File.exist?(file) }
                         .to_h { |file| [file.delete_prefix("#{@root}/"), File.realpath(file)] }
        {
          steps: @collector.steps.map(&:spec),
          faults: @collector.faults,
          modules: (@modules.files | existing.values).map { |file| @collector.relative(file) }.sort,
          file_modules: @files.to_h do |file|
            real = existing[file]
            [file, real ? @modules.closure_of(real).map { |one| @collector.relative(one) }.sort : []]
          end
        }
      end
    end
  end
end
