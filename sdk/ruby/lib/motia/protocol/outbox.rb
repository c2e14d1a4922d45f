# frozen_string_literal: true

# What the worker has to say: messages out, as frames.
#
# Invariants
# 1. Frames leave in the order in which they were put in.
# 2. Log lines are dropped, and counted, while more than `LOG_BACKLOG_BYTES` wait; nothing else is.

require 'json'
require 'motia/protocol/frames'

module Motia
  module Protocol
    # Frames of this worker on their way out. Safe from any thread.
    class Outbox
      LOG_BACKLOG_BYTES = 8 * 1024 * 1024
      NEVER = { Object => :never }.freeze

      def initialize(transport)
        @transport = transport
        @dropped_logs = 0
      end

      # Sends a message, a Hash of plain JSON.
      def put_message(message, blob = nil)
        put(Protocol.frame(JSON.generate(message), blob))
      end

      # Sends a frame.
      def put(frame)
        Thread.handle_interrupt(NEVER) { @transport.write(frame) }
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
        json = JSON.generate(message)
        json = "#{json.chop},\"fields\":#{fields}}" if fields
        put(Protocol.frame(json))
      end

      # Sends what waits and closes.
      def close
        @transport.close
      end
    end
  end
end
