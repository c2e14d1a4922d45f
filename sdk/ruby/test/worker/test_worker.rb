# frozen_string_literal: true

require 'support'
require 'socket'
require 'timeout'

# What a worker says to an engine is in tests/conformance/worker; this is what only its inside shows.
class TestWorker < MotiaTest
  def setup
    @engine, socket = UNIXSocket.pair
    socket.autoclose = false
    @closed = Queue.new
    @worker = Motia::Worker::Worker.new(Motia::Protocol::Transport.new(socket.fileno), end_soon: -> {}) { @closed << true }
    @worker.start
    @decoder = Motia::Protocol::FrameDecoder.new
    @found = []
  end

  def teardown
    @engine.close
  end

  def say(message)
    @engine.write(Motia::Protocol.frame(JSON.generate(message)))
  end

  def test_a_message_before_hello_closes_the_connection_once
    _, error = capture_subprocess_io do
      say({ type: 'ping', token: 1 })
      Timeout.timeout(10) { @closed.pop }
    end

    assert_includes error, 'ping is not allowed in the state connected'
    assert_empty @closed
    assert_equal '', Timeout.timeout(10) { @engine.read }
  end

  def test_an_abandoned_worker_says_nothing
    @worker.abandon
    @worker.log(nil, 'info', 'hello', nil, 'logger')

    assert_nil @engine.wait_readable(0.05)&.then { |io| io.read_nonblock(10, exception: false) }
  end
end
