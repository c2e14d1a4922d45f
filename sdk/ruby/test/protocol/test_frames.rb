# frozen_string_literal: true

require 'support'

class TestFrames < MotiaTest
  def decode(*pieces)
    decoder = Motia::Protocol::FrameDecoder.new
    found = []
    pieces.each { |piece| decoder.feed(piece) { |message, blob| found << [message, blob] } }
    found
  end

  def test_frames_come_out_as_they_went_in_however_they_are_cut
    bytes = Motia::Protocol.frame('{"type":"ping","text":"ü"}') + Motia::Protocol.frame('{"a":1}', "\x00\xff".b)
    expected = [[{ 'type' => 'ping', 'text' => 'ü' }, nil], [{ 'a' => 1 }, "\x00\xff".b]]

    assert_equal expected, decode(bytes)
    assert_equal expected, decode(*bytes.each_byte.map { |byte| byte.chr.b })
    assert_equal expected, decode(bytes[0, 13], bytes[13..])
  end

  def test_integers_of_any_size_stay_exact
    number = 2**80 + 1

    assert_equal [[{ 'n' => number }, nil]], decode(Motia::Protocol.frame(JSON.generate({ n: number })))
  end

  def test_what_is_no_frame_is_a_fault
    bodies = ['null', '{a:1}', "{\"a\":\"\xff\"}", '{"a":NaN}', '[1]', '{}{}', "#{'[' * 200}#{']' * 200}"]
    frames = bodies.map { |body| [body.bytesize, 0].pack('NN') + body.b }

    [*frames, [1 << 30, 0].pack('NN'), [2, 1 << 30].pack('NN'), [1, 0].pack('NN')].each do |bytes|
      assert_raises(Motia::Protocol::Fault, bytes) { decode(bytes) }
    end
  end

  def test_a_frame_over_its_bound_is_not_made
    assert_raises(Motia::Protocol::Fault) { Motia::Protocol.frame('x' * (16 * 1024 * 1024 + 1)) }
  end
end
