# frozen_string_literal: true

# Calls to the engine that are under way, and those that wait for a place among `calls_max`.
#
# Invariants
# 1. Every waiter is finished exactly once: by its reply, or when the connection ends.
# 2. At most `calls_max` calls are without a reply; at most `WAITING_MAX` wait.

require 'motia/authoring/errors'
require 'motia/worker/crew'

module Motia
  module Worker
    # The calls of one worker. Every method is called with the worker's lock.
    class OpenCalls
      WAITING_MAX = 65_536

      Entry = Struct.new(:running, :op, :args, :waiter)

      attr_writer :calls_max

      def initialize(outbox)
        @outbox = outbox
        @number = 0
        @open = {}
        @waiting = []
        @calls_max = 256
      end

      # Sends a call, now or when there is a place. Raises InvocationOver and QueueFull: nothing was sent.
      def start(running, op, args, waiter)
        if running.is_over && running.kept.zero?
          raise InvocationOver.new("#{op} was used after the handler of #{running.step.inspect} had returned",
                                   hint: 'wait for what the handler starts (join, value), or start it with background { … }')
        end
        entry = Entry.new(running, op, args, waiter)
        if @open.size >= @calls_max
          raise QueueFull, "#{WAITING_MAX} calls of this worker wait already" if @waiting.size >= WAITING_MAX

          @waiting.push(entry)
        else
          send_call(entry)
        end
        running.pending += 1
      end

      # Takes an answer; the call that it is for, or nil.
      def reply(message)
        entry = @open.delete(message['call'])
        return nil unless entry

        send_call(@waiting.shift) unless @waiting.empty?
        entry.running.pending -= 1
        if message['error']
          entry.waiter.error = RemoteErrors.read(message['error'])
        else
          entry.waiter.value = message['value']
        end
        entry
      end

      # The engine is gone: all calls, with their errors set.
      def abandon
        entries = @open.values + @waiting
        @open.clear
        @waiting.clear
        entries.each do |entry|
          entry.waiter.error = WorkerUnavailable.new('the engine is gone; whether it was done is unknown')
        end
      end

      private

      def send_call(entry)
        @number += 1
        @open[@number] = entry
        @outbox.put(Protocol.frame("{\"type\":\"call\",\"call\":#{@number},\"invocation\":#{entry.running.number}," \
                                   "\"op\":\"#{entry.op}\",\"args\":#{entry.args}}"))
      end
    end
  end
end
