# frozen_string_literal: true

# The line to a test's engine: `motia serve-test` in a child process, one JSON object a line.
#
# Invariants
# 1. Every order is answered or raises: the end of the engine ends the wait.
# 2. An engine that nobody stops does not outlive the tests: it ends with its input.
# 3. At most LINES_MAX log lines are kept.

require "json"
require_relative "engine"

module Motia
  module Testing
    # A running engine.
    class Line
      LINES_MAX = 500
      LINES_IN_ERROR = 20
      STOP_LIMIT_S = 10

      # @return [String] where the API is
      attr_reader :api

      # Start an engine; returns when its API answers.
      #
      # @raise [EngineError] there is none, or the project cannot be started: all its faults are in the message
      def initialize(root:, arguments:, env:, start_timeout:)
        @answers = Queue.new
        @orders = Mutex.new
        @logs = []
        @writing = Mutex.new
        @last = 0
        spawn_engine(root, arguments, env)
        @readers = [reader(@output) { |line| hear(JSON.parse(line)) }, reader(@errors) { |line| keep(line) }]
        closing = Thread.new { [*@readers.map(&:join), @answers.close] }
        closing.report_on_exception = false
        limit = Thread.new { sleep(start_timeout) && kill }
        @api = take(0)["api"]
      ensure
        limit&.kill
      end

      # Have the engine do something.
      #
      # @return [Object] its answer, decoded
      # @raise [EngineError] it refused, or is gone
      def order(operation, arguments = {})
        @orders.synchronize do
          @last += 1
          begin
            @input.puts(JSON.generate({ id: @last, op: operation, args: arguments }))
            @input.flush
          rescue IOError, SystemCallError
            raise gone("it was stopped before this")
          end
          take(@last)
        end
      end

      # @return [Array<String>] the last log lines
      def logs
        @writing.synchronize { @logs.dup }
      end

      # Stop the engine; returns when its process is gone. Safe twice.
      def stop
        return if @input.closed?

        @input.close
        limit = Thread.new { sleep(STOP_LIMIT_S) && kill }
        @process.join
        @readers.each(&:join)
        [@output, @errors].each(&:close)
      ensure
        limit&.kill
      end

      private

      def spawn_engine(root, arguments, env)
        command = [*Engine.find(root, ENV.to_h.merge(env)), "serve-test", "--project", root, *arguments]
        input, @input = IO.pipe
        @output, output = IO.pipe
        @errors, errors = IO.pipe
        [input, @input, @output, output, @errors, errors].each { |io| io.set_encoding("UTF-8") }
        @pid = Process.spawn(env, *command, in: input, out: output, err: errors, chdir: root)
        @process = Process.detach(@pid)
      ensure
        [input, output, errors].each { |io| io&.close }
      end

      def reader(stream)
        Thread.new do
          stream.each_line { |line| yield line.chomp }
        rescue IOError
          nil # closed by stop
        end
      end

      def hear(told)
        if told["log"] then keep(told["log"]["text"])
        elsif told["ready"] then @answers << { "id" => 0, "value" => told["ready"] }
        elsif told["failed"] then @answers << { "id" => 0, "error" => told["failed"] }
        else @answers << told
        end
      end

      def take(id)
        told = @answers.pop
        raise gone("it ended with #{@process.value}") if told.nil?
        return take(id) if told["id"] != id

        error = told["error"]
        raise EngineError.new([error["message"], error["hint"]].reject { |text| text.to_s.empty? }.join("\n"),
                              code: error["code"], details: error["details"]) if error

        told["value"]
      end

      def keep(text)
        @writing.synchronize do
          @logs << text
          @logs.shift if @logs.size > LINES_MAX
        end
        warn(text) if ENV["MOTIA_TEST_LOGS"]
      end

      def gone(why)
        last = logs.last(LINES_IN_ERROR).map { |line| "\n  #{line}" }.join
        EngineError.new("the engine of this test does not run: #{why}#{last}", code: "engine-gone")
      end

      def kill
        Process.kill(:KILL, @pid)
      rescue Errno::ESRCH
        nil
      end
    end
  end
end
