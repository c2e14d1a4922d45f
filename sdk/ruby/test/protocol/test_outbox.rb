# frozen_string_literal: true

require 'support'
require 'socket'
require 'timeout'

class TestOutbox < MotiaTest
  def setup
    @engine, worker = UNIXSocket.pair
    @transport = Motia::Protocol::Transport.new(worker.fileno)
    worker.autoclose = false
    @outbox = Motia::Protocol::Outbox.new(@transport)
  end

  def teardown
    @engine.close
  end

  def test_frames_of_many_threads_stay_whole
    frame = ->(number) { Motia::Protocol.frame(JSON.generate({ number: number, text: 'y' * 5_000 })) }
    threads = Array.new(8) { |one| Thread.new { 50.times { |two| @outbox.put(frame.call(one * 50 + two)) } } }
    decoder = Motia::Protocol::FrameDecoder.new
    found = []

    Timeout.timeout(20) { decoder.feed(@engine.readpartial(65_536)) { |message, _| found << message['number'] } until found.size == 400 }

    threads.each(&:join)
    assert_equal Array(0...400), found.sort
  end

  def test_held_frames_leave_with_the_next_one_and_in_order
    frames = Array.new(3) { |number| Motia::Protocol.frame("{\"n\":#{number}}") }
    @outbox.hold(frames[0])
    @outbox.hold(frames[1])
    assert_nil @engine.wait_readable(0.05)

    @outbox.put(frames[2])

    assert_equal frames.join, @engine.readpartial(1_000)
  end

  def test_log_lines_are_dropped_and_counted_while_nobody_reads
    line = { type: 'log', level: 'info', message: 'z' * 60_000, at: 1 }
    300.times { @outbox.put_log(line) }
    decoder = Motia::Protocol::FrameDecoder.new
    found = []
    reader = Thread.new { loop { decoder.feed(@engine.readpartial(1 << 20)) { |message, _| found << message['message'] } } }
    Timeout.timeout(10) { Thread.pass until @transport.unsent_bytes.zero? }

    @outbox.put_log(line)

    Timeout.timeout(10) { Thread.pass until found.any? { |message| message.include?('were dropped') } }
    reader.kill
    assert_operator found.size, :<, 300
  end
end
