# frozen_string_literal: true

# The worker's end of the socket: bytes in, bytes out.
#
# Invariants
# 1. Bytes leave in the order of `write`, whole, whichever threads write.
# 2. `write` never waits for the engine: what the socket does not take is sent by a thread of its own.
# 3. A child of this process (`fork`) says nothing and reads nothing here.

require 'io/wait'

module Motia
  module Protocol
    # A stream socket that the engine handed over as a file descriptor.
    class Transport
      READ_BYTES = 256 * 1024
      UNSENT_BYTES_MAX = 16 * 1024 * 1024
      CLOSE_S = 1.0

      # Takes over the descriptor: it is closed in processes that the author starts.
      def initialize(descriptor)
        @io = IO.for_fd(descriptor, 'r+b')
        @io.close_on_exec = true
        @io.sync = true
        @lock = Mutex.new
        @unsent = []
        @unsent_bytes = 0
        @sent = ConditionVariable.new
        @has_unsent = ConditionVariable.new
        @sender = nil
        @is_closed = false
        @input = String.new(capacity: READ_BYTES, encoding: Encoding::BINARY)
      end

      # What was written and has not left yet.
      attr_reader :unsent_bytes

      # The bytes that came; waits for some. nil: the engine is gone. One thread at a time; the text is
      # overwritten by the next read. Interrupts of the thread are let through only while it waits.
      #
      # While much waits to leave nothing is read: an engine that does not read gives no further work.
      def read
        wait_for_room if @unsent_bytes > UNSENT_BYTES_MAX
        loop do
          data = @io.read_nonblock(READ_BYTES, @input, exception: false)
          return data unless data == :wait_readable

          yield @io
        end
      rescue SystemCallError, IOError
        nil
      end

      # Sends bytes, now or when the socket takes them. After the end they are dropped.
      #
      # The caller has masked interrupts: one that cuts this short would break a frame.
      def write(bytes)
        @lock.synchronize do
          return if @is_closed

          if @unsent_bytes.zero?
            sent = send_some(bytes)
            return if sent == bytes.bytesize

            bytes = bytes.byteslice(sent, bytes.bytesize - sent)
          end
          @unsent << bytes
          @unsent_bytes += bytes.bytesize
          @sender ||= start_sender
          @has_unsent.signal
        end
      end

      # Sends what waits, for at most a second, and closes.
      def close
        @lock.synchronize do
          until_s = now_s + CLOSE_S
          while @unsent_bytes.positive? && (left_s = until_s - now_s).positive?
            @sent.wait(@lock, left_s)
          end
          @is_closed = true
          @has_unsent.signal
        end
        # Only our direction: `close` would wait for the thread that reads.
        @io.close_write
      rescue IOError, SystemCallError
        nil
      end

      # In a child process: forget the socket without a word to the engine.
      def abandon
        @is_closed = true
        @io.close
      rescue IOError
        nil
      end

      private

      def send_some(bytes)
        sent = @io.write_nonblock(bytes, exception: false)
        sent == :wait_writable ? 0 : sent
      rescue SystemCallError, IOError
        bytes.bytesize # the peer is gone; the reader finds the end of file and ends the worker
      end

      def start_sender
        Thread.new do
          Thread.current.name = 'motia-send'
          send_unsent
        end
      end

      def send_unsent
        loop do
          @lock.synchronize do
            until @unsent.empty?
              bytes = @unsent.first
              sent = send_some(bytes)
              break if sent.zero?

              sent == bytes.bytesize ? @unsent.shift : @unsent[0] = bytes.byteslice(sent, bytes.bytesize - sent)
              @unsent_bytes -= sent
            end
            @sent.broadcast
            @has_unsent.wait(@lock) while @unsent.empty? && !@is_closed
            return if @is_closed
          end
          @io.wait_writable
        end
      rescue IOError
        nil
      end

      def wait_for_room
        @lock.synchronize { @sent.wait(@lock) while @unsent_bytes > UNSENT_BYTES_MAX && !@is_closed }
      end

      def now_s
        Process.clock_gettime(Process::CLOCK_MONOTONIC)
      end
    end
  end
end
