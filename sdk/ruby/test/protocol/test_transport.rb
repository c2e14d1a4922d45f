# frozen_string_literal: true

require 'support'
require 'socket'
require 'timeout'

class TestTransport < MotiaTest
  def setup
    @engine, worker = UNIXSocket.pair
    @transport = Motia::Protocol::Transport.new(worker.fileno)
    worker.autoclose = false
    @outbox = Motia::Protocol::Outbox.new(@transport)
  end

  def teardown
    @engine.close
  end

  def test_what_the_socket_does_not_take_leaves_in_order_once_it_is_read
    pieces = Array.new(100) { |number| [number].pack('N') + ('x' * 65_532) }

    Timeout.timeout(10) { pieces.each { |piece| @transport.write(piece) } }
    assert_operator @transport.unsent_bytes, :positive?
    received = Timeout.timeout(10) { @engine.read(pieces.sum(&:bytesize)) }

    assert_equal Array(0...100), received.scan(/.{65536}/m).map { |piece| piece.unpack1('N') }
  end

  def test_the_end_of_the_engine_is_the_end_of_reading
    @engine.close_write

    assert_nil(@transport.read(&:wait_readable))
  end

  def test_close_sends_what_waits
    @transport.write('w' * 3_000_000)
    reader = Thread.new { @engine.read }

    @transport.close

    assert_equal 3_000_000, reader.value.bytesize
  end
end
