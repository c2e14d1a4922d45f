# frozen_string_literal: true

# The test's hands on a running engine.

require "net/http"
require "time"
require "uri"
require_relative "line"

module Motia
  module Testing
    # What the API answered. Header names are in lower case; repeated ones are joined by `, `.
    Answer = Struct.new(:status, :headers, :body, keyword_init: true) do
      # The body as UTF-8 text.
      def text
        body.dup.force_encoding("UTF-8")
      end

      # The body as JSON; raises when it is none.
      def json
        JSON.parse(text)
      end

      # The data of each server-sent event, decoded where it is JSON.
      def events
        blocks = text.split("\n\n").map { |block| block.lines(chomp: true).select { |line| line.start_with?("data:") } }
        blocks.reject(&:empty?).map do |lines|
          data = lines.map { |line| line.delete_prefix("data:").delete_prefix(" ") }.join("\n")
          begin
            JSON.parse(data)
          rescue JSON::ParserError
            data
          end
        end
      end
    end

    # A run as a test sees it; values are decoded. `error` is the message of the last failure.
    TestRun = Struct.new(:id, :step, :state, :attempt, :payload, :result, :error, :reason, :trace, :trigger,
                         :parent, :key, keyword_init: true)

    # A run that `call` waited for is not completed.
    class RunFailed < StandardError
      # @return [TestRun]
      attr_reader :run

      def initialize(run)
        @run = run
        why = run.error ? " (#{run.error})" : ""
        super(
          if run.state == "dead" then "#{run.step} failed after #{run.attempt} attempts: #{run.error}"
          else "the run of #{run.step} is #{run.state}#{why}: advance turns the clock to what is due later"
          end
        )
      end
    end

    # Made by `Motia::Testing.app`.
    class Client
      UNITS = { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3_600, "d" => 86_400 }.freeze
      private_constant :UNITS

      def initialize(line)
        @line = line
      end

      # @return [String] where the API is, such as `http://127.0.0.1:49152`
      def api
        @line.api
      end

      # @return [Array<String>] the last 500 log lines of the engine and the steps
      def log
        @line.logs
      end

      # Send a request to the API; redirects are not followed.
      #
      # @param json [Object] a body to be sent as JSON
      # @param body [String] a body as it stands; give its content type in `headers`
      # @param query [Hash] query parameters; arrays repeat their name
      # @return [Answer]
      def request(method, path, json: nil, body: nil, query: nil, headers: {})
        path += (path.include?("?") ? "&" : "?") + URI.encode_www_form(query) if query
        sent = { "connection" => "close" }
        sent["content-type"] = "application/json" unless json.nil?
        content = json.nil? ? body : JSON.generate(json)
        sent.merge!(headers.to_h { |name, value| [name.to_s.downcase, value] })
        address = URI(api)
        answer = Net::HTTP.start(address.host, address.port, nil) do |http|
          http.send_request(method.to_s, path, content, sent)
        end
        Answer.new(status: answer.code.to_i, headers: answer.each_header.to_h, body: answer.body.to_s)
      end

      # Send an event, as from outside; returns when it is accepted, raises when the payload does not fit.
      #
      # @param delay [Numeric, String] seconds, or text such as "5m"
      # @return [Hash{String => String}] `runId` and `traceId`
      def trigger(target, payload = {}, delay: nil, key: nil, idempotency_key: nil, priority: 0)
        @line.order("trigger", { target: target, payload: payload, delay: delay && to_seconds(delay), key: key,
                                 idempotency_key: idempotency_key, priority: priority })
      end

      # Send an event, wait until nothing runs, and return the run's result.
      #
      # @raise [RunFailed] the run is dead, or waits for a retry or a delay
      def call(target, payload = {}, **options)
        accepted = trigger(target, payload, **options)
        wait_idle
        found = run(accepted["runId"])
        raise RunFailed.new(found) unless found.state == "completed"

        found.result
      end

      # Fire a cron step by hand.
      def fire(step)
        @line.order("fire", { step: step })
      end

      # Return when nothing is running or ready; what is due later stays for `advance`.
      #
      # @param timeout [Numeric, String, nil] most time to wait; 10 s unless said
      def wait_idle(timeout: nil)
        @line.order("wait_idle", timeout ? { timeout: to_seconds(timeout) } : {})
        nil
      end

      # Turn the clock: delays, retries and schedules on the way happen, in order.
      #
      #   client.advance("90s")
      #   client.advance(hours: 1)
      def advance(span = 0, seconds: 0, minutes: 0, hours: 0, days: 0)
        total = to_seconds(span) + seconds + (minutes * 60) + (hours * 3_600) + (days * 86_400)
        @line.order("advance", { seconds: total })
        nil
      end

      # @return [Time] the engine's frozen time
      def now
        Time.iso8601(@line.order("now"))
      end

      # @return [TestRun] one run
      def run(id)
        TestRun.new(**@line.order("run", { run: id }).transform_keys(&:to_sym))
      end

      # @return [Array<TestRun>] runs, oldest first
      def runs(step: nil, state: nil)
        @line.order("runs", { step: step, state: state }).map { |run| TestRun.new(**run.transform_keys(&:to_sym)) }
      end

      # @return [Hash{String => Object}] a group of the state store
      def state(group)
        @line.order("state", { group: group })
      end

      # @return [Array<String>] messages that were logged, of one step or all, oldest first
      def logs(step: nil)
        @line.order("logs", { step: step })
      end

      # Write the log to standard error. Done by itself when a block given to `app` raises.
      def show_log
        lines = log
        warn("\n--- log of the engine ---\n#{lines.join("\n")}\n---") unless lines.empty? || @is_shown
        @is_shown = true
      end

      # Stop the engine; safe twice.
      def stop
        @line.stop
      end

      private

      def to_seconds(span)
        return span if span.is_a?(Numeric)

        found = /\A(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\z/.match(span.to_s.strip)
        raise ArgumentError, "#{span.inspect} is no duration: write seconds, or '500ms', '30s', '5m', '1h', '1d'" unless found

        found[1].to_f * UNITS.fetch(found[2])
      end
    end
  end
end
