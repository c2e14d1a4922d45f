# frozen_string_literal: true

# Events that do nothing, their producers, and one that notes how long it waited for its start.
require "motia"

LATENCIES = ENV.fetch("BENCH_LATENCIES", "")

def clock_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

api id: "hello", method: "GET", path: "/hello/:name" do |request|
  { hello: request.params["name"] }
end

event(id: "noop", schema: { n: Integer }) { |n:| nil }

event id: "stamped", schema: { sent_ns: Integer } do |sent_ns:|
  waited_ns = clock_ns - sent_ns
  File.open(LATENCIES, "a") { |file| file.puts(waited_ns) } unless LATENCIES.empty?
end

api id: "bulk", method: "POST", path: "/bulk", timeout: 300,
    schema: { body: { count: Integer, in_flight: Integer } } do |request|
  count, in_flight = request.body.values_at("count", "in_flight")
  numbers = Queue.new
  count.times { |number| numbers << number }
  numbers.close
  lanes = Array.new(in_flight) do
    Motia.background { while (number = numbers.pop) do trigger("noop", n: number) end }
  end
  lanes.each(&:join)
  { triggered: count }
end

api id: "steady", method: "POST", path: "/steady", timeout: 300,
    schema: { body: { count: Integer, per_s: Float } } do |request|
  count, per_s = request.body.values_at("count", "per_s")
  started_ns = clock_ns
  count.times do |number|
    wait_s = (started_ns + (number * 1e9 / per_s) - clock_ns) / 1e9
    sleep(wait_s) if wait_s.positive?
    trigger("stamped", sent_ns: clock_ns)
  end
  { triggered: count }
end
