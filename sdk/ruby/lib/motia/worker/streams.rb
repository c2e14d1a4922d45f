# frozen_string_literal: true

# A streamed response on its way out: the engine grants bytes, the handler waits for them.
#
# Invariants
# 1. Nothing is sent without credit; a piece larger than the credit left is sent whole when any is left.
# 2. The `result` that opens the stream leaves with the first piece, or after a short grace, so that an
#    early error still sets the status.

require 'motia/worker/answers'

module Motia
  module Worker
    # The body of one streamed response.
    class Outflow
      CREDIT_BYTES_FIRST = 256 * 1024
      FIRST_PIECE_GRACE_S = 0.05

      def initialize(running, answer, outbox)
        @running = running
        @answer = answer
        @outbox = outbox
        @lock = Mutex.new
        @has_credit = ConditionVariable.new
        @credit_bytes = CREDIT_BYTES_FIRST
        @has_begun = false
        @has_ended = false
      end

      # Whether the stream was opened.
      def begun?
        @has_begun
      end

      # Sends all pieces; returns when the last one has left. On the handler's thread.
      def send_all
        what = "the stream of step #{@running.step.inspect}"
        begin_after_grace
        @answer.each_piece do |item|
          piece = @answer.encode_piece(item, what: what)
          write(piece)
        end
        open
      ensure
        @lock.synchronize { @has_ended = true }
      end

      # The engine takes so many bytes more.
      def grant(bytes)
        @lock.synchronize do
          @credit_bytes += bytes
          @has_credit.signal if @credit_bytes.positive?
        end
      end

      private

      def write(piece)
        open
        return if piece.empty?

        @lock.synchronize do
          @has_credit.wait(@lock) until @credit_bytes.positive?
          @credit_bytes -= piece.bytesize
        end
        @outbox.put_message({ type: 'chunk', invocation: @running.number }, piece)
      end

      def open
        return if @has_begun

        Thread.handle_interrupt(NEVER) do
          @lock.synchronize do
            next if @has_begun || @has_ended

            @outbox.put(Answers.opening(@running, @answer))
            @has_begun = true
          end
        end
      end

      def begin_after_grace
        Thread.new do
          Thread.current.report_on_exception = false
          Invocation.current = nil
          sleep(FIRST_PIECE_GRACE_S)
          open
        end
      end
    end
  end
end
