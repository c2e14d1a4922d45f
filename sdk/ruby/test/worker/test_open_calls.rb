# frozen_string_literal: true

require 'support'

class TestOpenCalls < MotiaTest
  # Keeps what is sent.
  class Sent
    attr_reader :frames

    def initialize
      @frames = []
    end

    def put(frame)
      @frames << JSON.parse(frame.byteslice(8..))
    end
  end

  def setup
    @sent = Sent.new
    @calls = Motia::Worker::OpenCalls.new(@sent)
    @running = Motia::Worker::Running.new({ 'invocation' => 4, 'step' => 's', 'kind' => 'event' }, nil, nil, nil, 0)
  end

  def start
    Motia::Worker::Waiter.new.tap { |waiter| @calls.start(@running, 'state.get', '{"a":1}', waiter) }
  end

  def test_a_call_is_sent_and_its_reply_finds_it
    waiter = start

    entry = @calls.reply({ 'call' => 1, 'value' => 5 })

    assert_equal [{ 'type' => 'call', 'call' => 1, 'invocation' => 4, 'op' => 'state.get', 'args' => { 'a' => 1 } }], @sent.frames
    assert_same waiter, entry.waiter
    assert_equal [5, 0], [waiter.value, @running.pending]
    assert_nil @calls.reply({ 'call' => 1 })
  end

  def test_beyond_the_limit_calls_wait_for_a_reply
    @calls.calls_max = 2
    4.times { start }
    assert_equal [2, 4], [@sent.frames.size, @running.pending]

    @calls.reply({ 'call' => 1 })

    assert_equal [1, 2, 3], @sent.frames.map { |frame| frame['call'] }
  end

  def test_after_the_answer_only_background_threads_call
    @running.is_over = true
    assert_raises(Motia::InvocationOver) { start }
    @running.kept = 1

    start

    assert_equal 1, @sent.frames.size
  end

  def test_the_end_of_the_engine_is_an_error_of_each_call
    @calls.calls_max = 1
    waiters = [start, start]

    @calls.abandon

    assert(waiters.all? { |waiter| waiter.error.is_a?(Motia::WorkerUnavailable) })
  end
end
