# frozen_string_literal: true

require 'support'
require 'timeout'

class TestStreams < MotiaTest
  # Keeps what is sent: `result` or the bytes of a chunk.
  class Sent
    attr_reader :pieces

    def initialize
      @pieces = Queue.new
    end

    def put(_frame)
      @pieces << :result
    end

    def put_message(_message, blob)
      @pieces << blob.bytesize
    end
  end

  def outflow(body)
    @sent = Sent.new
    running = Motia::Worker::Running.new({ 'invocation' => 4, 'step' => 's', 'kind' => 'api' }, nil, nil, nil, 0)
    Motia::Worker::Outflow.new(running, Motia.response(body), @sent)
  end

  def next_piece
    Timeout.timeout(10) { @sent.pieces.pop }
  end

  def test_no_more_is_sent_than_there_is_credit_for
    flow = outflow(Array.new(6) { 'x' * 100_000 }.each)
    thread = Thread.new { flow.send_all }

    assert_equal [:result, 100_000, 100_000, 100_000], Array.new(4) { next_piece }
    Timeout.timeout(10) { Thread.pass until thread.stop? }
    assert_empty @sent.pieces
    flow.grant(50_000)
    assert_equal 100_000, next_piece
    flow.grant(1_000_000)
    assert_equal [100_000, 100_000], Array.new(2) { next_piece }
    thread.join(10)
  end

  def test_the_head_leaves_after_a_grace_when_no_piece_comes
    gate = Queue.new
    flow = outflow(Enumerator.new { |out| out << gate.pop })
    thread = Thread.new { flow.send_all }

    assert_equal :result, next_piece
    gate << 'late'
    assert_equal 4, next_piece
    thread.join(10)
  end

  def test_an_early_error_leaves_the_head_unsent
    flow = outflow(Enumerator.new { raise 'early' })

    assert_raises(RuntimeError) { flow.send_all }
    sleep(Motia::Worker::Outflow::FIRST_PIECE_GRACE_S * 2)

    refute flow.begun?
    assert_empty @sent.pieces
  end
end
