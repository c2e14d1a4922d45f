# frozen_string_literal: true

# An invocation with what the worker knows about it while it runs.

require 'motia/authoring/invocation'

module Motia
  module Worker
    # A thread that belongs to an invocation; see Motia.background.
    class Background < Thread
      # Whether somebody asked for its value, so that its error is somebody's.
      attr_reader :is_awaited
      # What its block raised, or nil.
      attr_accessor :failure

      def value
        @is_awaited = true
        super
      end

      def join(*)
        @is_awaited = true
        super
      end
    end

    # One invocation in flight in this worker. The worker's lock is for all that changes.
    class Running < Invocation
      attr_reader :definition, :message, :blob, :read_ns, :backgrounds
      # When its handler was entered, ns; nil before.
      attr_accessor :entered_ns
      # The thread that is in its handler; nil before and after.
      attr_accessor :thread
      # Whether Cancelled was raised into its handler.
      attr_accessor :is_interrupted
      # Calls without a reply, and background threads.
      attr_accessor :pending
      # Background threads that have not ended.
      attr_accessor :kept
      # The answer, while something is pending.
      attr_accessor :held
      # The body of its streamed response, or nil.
      attr_accessor :outflow
      # What was printed without a line end yet, by source; nil: nothing.
      attr_accessor :printed

      def initialize(message, blob, definition, port, read_ns)
        super(number: message['invocation'], step: message['step'], kind: message['kind'], trace: message['trace'],
              span: message['span'], port: port, run: message['run'] || '', attempt: message['attempt'] || 1,
              retry_count: message['retry_count'] || 0, trigger: message['trigger'] || {})
        @message = message
        @blob = blob
        @definition = definition
        @read_ns = read_ns
        @pending = 0
        @kept = 0
        @is_interrupted = false
        @backgrounds = nil
      end

      # Whether its step took little time when it ran last.
      def quick?
        @definition.is_quick
      end

      # Notes a thread that belongs to it.
      def add_background(thread)
        (@backgrounds ||= []) << thread
      end
    end
  end
end
