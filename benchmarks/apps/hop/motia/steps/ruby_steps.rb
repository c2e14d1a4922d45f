# frozen_string_literal: true

# A caller and a callee in Ruby.
require "motia"

def clock_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

event(id: "echo-ruby") { { startedNs: clock_ns.to_s } }

api id: "from-ruby", method: "POST", path: "/from-ruby", timeout: 300 do |request|
  target, count, gap_ms = request.body.values_at("target", "count", "gap_ms")
  Array.new(count) do
    sleep(gap_ms / 1000.0)
    sent = clock_ns
    answer = Motia.call(target, {})
    [answer["startedNs"].to_i - sent, clock_ns - sent]
  end
end
