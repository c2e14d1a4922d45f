# frozen_string_literal: true

# The cancel signal of a run: set once, seen from all its threads.

require 'motia/authoring/errors'

module Motia
  # Set when the handler should stop. Its `reason` is timeout, cancel, shutdown or disconnect.
  class Signal
    # Why the handler should stop; empty while it should not.
    attr_reader :reason

    def initialize
      @lock = Mutex.new
      @is_set = ConditionVariable.new
      @reason = ''
    end

    # Whether the handler should stop.
    def set?
      !@reason.empty?
    end

    # Leaves the handler when it should stop. Raises Cancelled.
    def raise_if_set
      raise Cancelled, @reason if set?
    end

    # Waits at most `seconds` (nil: for ever); whether the signal is set.
    def wait(seconds = nil)
      until_s = seconds && (Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds)
      @lock.synchronize do
        until set?
          left_s = until_s && (until_s - Process.clock_gettime(Process::CLOCK_MONOTONIC))
          break if left_s && left_s <= 0

          @is_set.wait(@lock, left_s)
        end
      end
      set?
    end

    # Sets the signal; a second reason is ignored. For whoever runs handlers.
    def set(reason)
      @lock.synchronize do
        @reason = reason if @reason.empty?
        @is_set.broadcast
      end
    end
  end
end
