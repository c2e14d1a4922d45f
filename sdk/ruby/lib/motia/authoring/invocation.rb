# frozen_string_literal: true

# The invocation that runs here, and the port through which authoring code reaches whoever runs it.
#
# A port is an object with
#   `call(invocation, op, args)`    carries out a call and returns its value; `args` is JSON text
#   `log(invocation, level, message, fields, source)`  `fields` is JSON text or nil
#   `span(invocation, name, started_at, duration_us, fields)`
#   `background(invocation) { … }`  runs a block on a thread that belongs to the invocation
#   `payload_bytes_max`
#
# The current invocation is kept with the thread: its fibers have it too, and threads that a handler
# starts inherit it.

require 'motia/authoring/errors'
require 'motia/authoring/signals'

module Motia
  # One attempt of a run, or one request, as authoring code sees it.
  class Invocation
    attr_reader :number, :step, :kind, :trace, :span, :run, :attempt, :retry_count, :trigger, :port
    # Why it was cancelled; empty while it was not.
    attr_reader :cancel_reason
    # Whether the handler was answered: its calls are refused from then on.
    attr_accessor :is_over
    # The Context that its handler got, once somebody asked for it.
    attr_accessor :context

    def initialize(number:, step:, kind:, trace:, span:, port:, run: '', attempt: 1, retry_count: 0, trigger: {})
      @number = number
      @step = step
      @kind = kind
      @trace = trace
      @span = span
      @run = run
      @attempt = attempt
      @retry_count = retry_count
      @trigger = trigger
      @port = port
      @is_over = false
      @cancel_reason = ''
      @context = nil
      @signal = nil
    end

    SIGNAL_LOCK = Mutex.new
    private_constant :SIGNAL_LOCK

    # Set when the invocation is cancelled; made when it is first asked for.
    def signal
      @signal || SIGNAL_LOCK.synchronize do
        @signal ||= Signal.new.tap { |signal| signal.set(@cancel_reason) unless @cancel_reason.empty? }
      end
    end

    # Sets the signal with `reason`; the first reason stays.
    def cancel(reason)
      signal = SIGNAL_LOCK.synchronize do
        @cancel_reason = reason if @cancel_reason.empty?
        @signal
      end
      signal&.set(reason)
    end

    class << self
      # The invocation that this thread works for, or nil.
      def current
        Thread.current.thread_variable_get(:motia_invocation)
      end

      # Makes `invocation` (or nil) the one that this thread works for.
      def current=(invocation)
        Thread.current.thread_variable_set(:motia_invocation, invocation)
      end

      # The current invocation. Raises NotInHandler when there is none.
      def require_current(what)
        current || raise(NotInHandler.new(
          "#{what} was used outside a handler",
          hint: 'call it from a step that Motia runs, or from a thread that one has started; in a test use motia/testing'
        ))
      end
    end
  end
end
