# frozen_string_literal: true

# The same jobs on Sidekiq. Loaded by the server with -r; run as a script, the producer.
require "sidekiq"

URL = ENV.fetch("BENCH_REDIS")
IN_FLIGHT = Integer(ENV.fetch("BENCH_IN_FLIGHT"))
Sidekiq.configure_server { |config| config.redis = { url: URL } }
Sidekiq.configure_client { |config| config.redis = { url: URL, size: IN_FLIGHT } }
Sidekiq.logger.level = Logger::ERROR

def clock_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

# Does nothing.
class Noop
  include Sidekiq::Worker
  sidekiq_options retry: 3

  def perform(_number); end
end

# Notes how long it waited for its start.
class Stamped
  include Sidekiq::Worker

  def perform(sent_ns)
    waited_ns = clock_ns - sent_ns
    File.open(ENV.fetch("BENCH_LATENCIES"), "a") { |file| file.puts(waited_ns) }
  end
end

# `ruby sidekiq_app.rb bulk|steady COUNT PER_S`: prints seconds to done, and the CPU seconds it used.
def produce(mode, count, per_s)
  started_ns = clock_ns
  used_s = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
  if mode == "bulk"
    numbers = Queue.new
    count.times { |number| numbers << number }
    numbers.close
    Array.new(IN_FLIGHT) { Thread.new { while (number = numbers.pop) do Noop.perform_async(number) end } }.each(&:join)
    sleep(0.01) until Sidekiq::Queue.new.size.zero? # its own count of what is done comes seconds later
  else
    count.times do |number|
      wait_s = (started_ns + (number * 1e9 / per_s) - clock_ns) / 1e9
      sleep(wait_s) if wait_s.positive?
      Stamped.perform_async(clock_ns)
    end
    sleep(0.3)
  end
  used_s = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - used_s
  puts "#{(clock_ns - started_ns) / 1e9} #{used_s}"
end

if $PROGRAM_NAME == __FILE__
  require "sidekiq/api"
  produce(ARGV[0], Integer(ARGV[1]), Float(ARGV[2]))
end
