# frozen_string_literal: true

# What a handler raises to say how its run goes on: values that cross the protocol alike in all languages.

module Motia
  # Root of the outcomes.
  class Outcome < StandardError; end

  # Answers a request with `status` and an error body of `message` and `details`.
  #
  # In an event or cron handler it is an error like any other and is retried by policy.
  class HttpError < Outcome
    attr_reader :status, :details, :headers

    # `status`: 400 to 599. `details`: any JSON value for the client. `headers`: further ones of the answer.
    #
    # Raises ArgumentError when `status` is not an error status.
    def initialize(status, message = nil, details = nil, headers: {})
      unless status.is_a?(Integer) && status.between?(400, 599)
        raise ArgumentError, "HttpError takes a status from 400 to 599, not #{status.inspect}: " \
                             'use response for others'
      end
      super(message.nil? || message.to_s.empty? ? "HTTP #{status}" : message)
      @status = status
      @details = details
      @headers = headers
    end
  end

  # The run must not be tried again: it is dead at once.
  class Fatal < Outcome; end

  # Try the run again after `seconds`, instead of the delay that its backoff says. It costs a retry.
  class RetryAfter < Outcome
    SECONDS_MAX = 10 * 366 * 86_400

    attr_reader :retry_after_ms

    # Raises ArgumentError when the delay is negative, not a number, or over ten years.
    def initialize(seconds, message = nil)
      unless seconds.is_a?(Numeric) && seconds.real? && seconds >= 0 && seconds <= SECONDS_MAX
        raise ArgumentError, "RetryAfter takes a delay from 0 seconds to ten years, not #{seconds.inspect}"
      end
      super(message || "try again in #{seconds} s")
      @retry_after_ms = (seconds * 1_000).round
    end
  end
end
