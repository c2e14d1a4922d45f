# frozen_string_literal: true

# What handlers print, as log lines of their runs.
#
# `puts`, `p`, `print`, `pp`, `$stdout`, `STDOUT`, `warn`, `$stderr`, `STDERR` and loggers on them all end in
# `write` of one of the two streams, which is replaced. A line without an end is kept with its invocation
# until the end comes or the invocation is answered, at most `LINE_BYTES_MAX` of it. What is printed outside
# a run is the worker's own.

require 'monitor'
require 'motia/authoring/invocation'
require 'motia/authoring/encoding'

module Motia
  module Worker
    # Replaces the process's output streams.
    class Capture
      LINE_BYTES_MAX = 65_536
      STREAMS = { 'print' => 'info', 'stderr' => 'warn' }.freeze

      # `log` takes `(invocation or nil, level, message, fields, source)`.
      def initialize(log)
        @log = log
        @lock = Monitor.new
        @own = {}
        @pid = Process.pid
        # A stream of its own: for the original one Ruby's warnings go around `write`.
        $stderr = $stderr.dup
        $stderr.sync = true
        tap_into($stdout, 'print')
        tap_into(STDOUT, 'print') unless $stdout.equal?(STDOUT)
        tap_into($stderr, 'stderr')
        tap_into(STDERR, 'stderr')
      end

      # In a child process: what it prints goes where its streams go.
      def abandon
        @is_abandoned = true
      end

      # Whether the streams are the process's own again.
      def abandoned?
        @is_abandoned
      end

      # Takes text that a thread prints; each finished line is logged at once.
      def take(source, texts)
        running = Invocation.current
        lines = @lock.synchronize do
          held = running ? running.printed ||= {} : @own
          whole = "#{held[source]}#{texts.map { |text| Json.clean(text.to_s) }.join}"
          *finished, rest = whole.split("\n", -1)
          if rest.nil? || rest.bytesize > LINE_BYTES_MAX
            finished << rest if rest
            rest = nil
          end
          held[source] = rest
          finished
        end
        alive = running unless running&.is_over
        lines.each { |line| @log.call(alive, STREAMS.fetch(source), line, nil, source) unless line.empty? }
      end

      # Logs what an invocation printed without a line end.
      def flush(running)
        return unless running.printed

        held = @lock.synchronize { running.printed.tap { running.printed = nil } }
        held.each do |source, rest|
          @log.call(running, STREAMS.fetch(source), rest, nil, source) unless rest.nil? || rest.empty?
        end
      end

      private

      def tap_into(stream, source)
        stream.sync = true
        capture = self
        stream.define_singleton_method(:write) do |*texts|
          next super(*texts) if capture.abandoned?

          capture.take(source, texts)
          texts.sum { |text| text.to_s.bytesize }
        end
      end
    end
  end
end
