# frozen_string_literal: true

# What all tests share: minitest, warnings as errors, and an engine's end of a port.

# Registered first, so it runs last: threads of a crew take no interrupts, not even that of the exit.
at_exit do
  $stdout.flush
  Process.exit!($!.is_a?(SystemExit) ? $!.status : $!.nil?)
end

require 'minitest/autorun'
require 'motia'
require 'motia/worker/inheritance'
require 'motia/worker/worker'

# A warning of ours is an error.
module WarningsAreErrors
  def warn(message, **)
    raise message if message.include?('sdk/ruby')

    super
  end
end
Warning.extend(WarningsAreErrors)

# A port that carries out calls at once: `answers` is op to value or exception.
class RecordingPort
  attr_reader :calls, :lines, :spans
  attr_accessor :payload_bytes_max, :answers

  def initialize(answers = {})
    @answers = answers
    @calls = []
    @lines = []
    @spans = []
    @payload_bytes_max = 1_048_576
  end

  def call(_invocation, op, args)
    @calls << [op, JSON.parse(args)]
    answer = @answers.fetch(op, {})
    answer = answer.call if answer.is_a?(Proc)
    answer.is_a?(Exception) ? raise(answer) : answer
  end

  def log(_invocation, level, message, fields, source)
    @lines << [level, message, fields && JSON.parse(fields), source]
  end

  def span(_invocation, name, _started_at, duration_us, fields)
    @spans << [name, duration_us, fields && JSON.parse(fields)]
  end
end

# Every test has an invocation at hand.
class MotiaTest < Minitest::Test
  def invocation(port: RecordingPort.new, **more)
    Motia::Invocation.new(number: 1, step: 'tested', kind: 'event', trace: 'a' * 32, span: 'b' * 16, port: port,
                          run: 'c' * 16, **more)
  end

  # Runs the block as a handler would run.
  def inside(one = invocation)
    Motia::Invocation.current = one
    yield one.port
  ensure
    Motia::Invocation.current = nil
  end

  # The faults of declarations in the block, and the steps.
  def declared(&block)
    collector = Motia::Collector.new(__dir__)
    Motia::Registry.collect(collector) { Motia.instance_eval(&block) }
    collector
  end
end
