# frozen_string_literal: true

# `span`: a part of a run that the author wants to see in the trace.

require 'motia/authoring/encoding'
require 'motia/authoring/invocation'

module Motia
  # Times parts of handlers.
  module Spans
    # Times the block, which shows in the run's trace, and returns its value. Outside a run it only yields.
    def self.measure(name, fields)
      invocation = Invocation.current
      return yield unless invocation

      started_at = Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond)
      started_us = Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)
      begin
        yield
      ensure
        duration_us = Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond) - started_us
        details = fields.empty? ? nil : Json.lenient(fields)
        invocation.port.span(invocation, name.to_s, started_at, duration_us, details)
      end
    end
  end
end
