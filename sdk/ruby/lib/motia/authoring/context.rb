# frozen_string_literal: true

# `Context`: what a handler knows about its run; and `motia`, the engine as seen from a handler.

require 'motia/authoring/calls'
require 'motia/authoring/logger'
require 'motia/authoring/spans'
require 'motia/authoring/state'

module Motia
  # The engine as seen from a handler, and the same functions for code outside step files: `Motia.trigger`.
  module Functions
    # See Motia::Steps::Dsl#trigger.
    def trigger(...)
      Calls.trigger(...)
    end

    # See Motia::Steps::Dsl#call.
    def call(...)
      Calls.call(...)
    end

    # The state store.
    def state
      STATE
    end

    # Writes log lines of the run.
    def logger
      LOGGER
    end

    # Times the block, which shows in the run's trace as `name`, and returns its value.
    def span(name, fields = {}, &block)
      Spans.measure(name, fields, &block)
    end

    # Runs the block on a thread that belongs to the run, and returns the thread.
    #
    # The run is answered only when the block has ended. What it raises is logged, unless it is asked for
    # with `value` or `join`.
    def background(&block)
      invocation = Invocation.require_current('background')
      invocation.port.background(invocation, &block)
    end

    # The Context of the run. Raises NotInHandler outside one.
    def ctx
      Context.of(Invocation.require_current('ctx'))
    end
  end

  STATE = State.new
  LOGGER = Logger.new
  private_constant :STATE, :LOGGER

  # What made the step run: `kind` (api, event, cron, manual, replay, error) and `details`.
  #
  # Details are methods too: `ctx.trigger.target`, `ctx.trigger.scheduledAt`. Called with a target,
  # `ctx.trigger('other-step', …)` triggers it.
  class TriggerInfo
    # How the step was triggered.
    attr_reader :kind
    # What is known beyond the kind, such as "target", "parentRun", "scheduledAt".
    attr_reader :details

    def initialize(kind, details)
      @kind = kind
      @details = details
    end

    def respond_to_missing?(name, include_private = false)
      @details.key?(name.to_s) || super
    end

    def method_missing(name, *arguments)
      arguments.empty? && @details.key?(name.name) ? @details[name.name] : super
    end
  end

  # What a handler knows about its run.
  class Context
    # The context of an invocation; the same object each time.
    def self.of(invocation)
      invocation.context ||= new(invocation)
    end

    def initialize(invocation)
      @invocation = invocation
    end

    # Id of the run, 16 hexadecimal digits; empty for a request.
    def run_id
      @invocation.run
    end

    # Id of the trace, 32 hexadecimal digits.
    def trace_id
      @invocation.trace
    end

    # Id of the step.
    def step_id
      @invocation.step
    end

    # Which try of the run this is, from 1.
    def attempt
      @invocation.attempt
    end

    # The payload's `__retry`, 0 without.
    def retry_count
      @invocation.retry_count
    end

    # Equal for all attempts of a run and different for any two runs: for effects outside.
    def idempotency_key
      "#{step_id}:#{run_id.empty? ? trace_id : run_id}"
    end

    # Without arguments what made the step run; with a target it triggers that: see Motia.trigger.
    def trigger(*arguments, **options)
      return @trigger ||= TriggerInfo.new(@invocation.kind, @invocation.trigger) if arguments.empty? && options.empty?

      Calls.trigger(*arguments, **options)
    end

    # Writes log lines of this run.
    def logger
      Motia.logger
    end

    # The state store.
    def state
      Motia.state
    end

    # The engine: `trigger`, `call`, `state`, `logger`.
    def motia
      Motia
    end

    # Set when the handler should stop: timeout, cancel, shutdown, disconnect.
    def signal
      @invocation.signal
    end

    # Times the block, which shows in the run's trace as `name`, and returns its value.
    def span(name, fields = {}, &block)
      Motia.span(name, fields, &block)
    end

    def inspect
      "#<Motia::Context step=#{step_id} run=#{run_id} attempt=#{attempt}>"
    end
  end
end
