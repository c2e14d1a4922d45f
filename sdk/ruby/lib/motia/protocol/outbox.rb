# frozen_string_literal: true

# What the worker has to say: messages out, as frames.
#
# Invariants
# 1. Frames leave in the order in which they were put in.
# 2. Log lines are dropped, and counted, while more than `LOG_BACKLOG_BYTES` wait; nothing else is.
# 3. Answers of handlers that run one after another on one thread leave in one write (`hold`); whoever
#    holds one sees to it that a `flush` follows.

require 'motia/authoring/encoding'
require 'motia/protocol/frames'

module Motia
  module Protocol
    # Frames of this worker on their way out. Safe from any thread.
    class Outbox
      LOG_BACKLOG_BYTES = 8 * 1024 * 1024
      HELD_MAX = 20
      NEVER = { Object => :never }.freeze

      def initialize(transport)
        @transport = transport
        @lock = Mutex.new
        @held = []
        @dropped_logs = 0
      end

      # Sends a message, a Hash of plain JSON.
      def put_message(message, blob = nil)
        put(Protocol.frame(Json.write(message), blob))
      end

      # Sends a frame, behind those that are held.
      def put(frame)
        Thread.handle_interrupt(NEVER) { @lock.synchronize { send_with_held(frame) } }
      end

      # Keeps a frame until `flush`, the next `put`, or until HELD_MAX wait. The caller has masked interrupts.
      def hold(frame)
        @lock.synchronize do
          next send_with_held(frame) if @held.size >= HELD_MAX

          @held << frame
        end
      end

      # Sends what is held. The caller has masked interrupts.
      def flush
        @lock.synchronize { send_with_held(nil) } unless @held.empty?
      end

      # Sends a log line with its fields (JSON text or nil), or counts it as dropped.
      def put_log(message, fields = nil)
        if @transport.unsent_bytes > LOG_BACKLOG_BYTES
          @dropped_logs += 1
          return
        end
        if @dropped_logs.positive?
          count = @dropped_logs
          @dropped_logs = 0
          put_message({ type: 'log', level: 'warn', at: message[:at],
                        message: "#{count} log lines were dropped: too many at once" })
        end
        json = Json.write(message)
        json = "#{json.chop},\"fields\":#{fields}}" if fields
        put(Protocol.frame(json))
      end

      # Sends what waits and closes.
      def close
        flush
        @transport.close
      end

      private

      def send_with_held(frame)
        return @transport.write(frame) if @held.empty?

        @held << frame if frame
        bytes = @held.join
        @held.clear
        @transport.write(bytes)
      end
    end
  end
end
