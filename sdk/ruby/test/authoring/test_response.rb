# frozen_string_literal: true

require 'support'
require 'stringio'

class TestResponse < MotiaTest
  def encoded(body, **more)
    Motia.response(body, **more).encode(what: 'it')
  end

  def test_a_body_says_what_it_is
    assert_equal [[%w[content-type application/json]], '{"a":1}'], encoded({ a: 1 })
    assert_equal [[['content-type', 'text/plain; charset=utf-8']], 'hi'], encoded('hi')
    assert_equal [[%w[content-type application/octet-stream]], "\xff".b], encoded("\xff".b)
    assert_equal [[%w[content-type text/html]], '<p>'], encoded('<p>', headers: { 'Content-Type' => 'text/html' })
    assert_equal [[], ''], encoded(nil)
    assert_raises(Motia::ValueNotJson) { encoded(Object.new) }
  end

  def test_headers_that_could_smuggle_are_refused_and_the_engines_are_dropped
    assert_raises(Motia::CallerError) { Motia.response(1, headers: { 'x' => "a\r\nb: 1" }) }
    assert_raises(Motia::CallerError) { Motia.response(1, headers: { 'x y' => '1' }) }
    assert_raises(Motia::CallerError) { Motia.response(1, status: 99) }
    answer = Motia.response(1, headers: { 'Content-Length' => 5, set_cookie: %w[a b], 'set-cookie': 'c' })
    assert_equal [%w[set-cookie a], %w[set-cookie b], %w[set-cookie c]], answer.headers.sort
    assert_equal 'v', answer.with_header('X-New', 'v').header('x-new')
  end

  def test_values_of_handlers_become_answers
    assert_equal 204, Motia::Response.of(nil).status
    assert_equal false, Motia::Response.of(false).body
    assert Motia::Response.of([1].each).sse?
    assert Motia::Response.of([1].lazy).stream?
  end

  def test_streams_are_told_from_values
    assert Motia.response([1].each).stream?
    assert Motia.response(StringIO.new('x')).stream?
    [nil, 'x', [1], { a: 1 }, Struct.new(:a).new(1), 5].each { |body| refute Motia.response(body).stream? }
  end

  def test_a_file_is_streamed_in_pieces_and_closed
    io = StringIO.new('x' * 150_000)
    sizes = []
    Motia.response(io).each_piece { |piece| sizes << piece.bytesize }

    assert_equal [65_536, 65_536, 18_928], sizes
    assert io.closed?
  end

  def test_server_sent_events_are_written_line_by_line
    answer = Motia::Response.of([].each)
    piece = ->(item) { answer.encode_piece(item, what: 'it') }

    assert_equal "data: a\ndata: \ndata: b\n\n", piece.call("a\r\n\rb")
    assert_equal "data: \n\n", piece.call('')
    assert_equal "data: {\"a\":1}\n\n", piece.call({ a: 1 })
    assert_equal "event: e\nid: 1\nretry: 5\ndata: x\n\n", piece.call(Motia.sse('x', event: 'e', id: '1', retry_ms: 5))
    assert_raises(Motia::CallerError) { Motia.sse('x', event: "a\nb") }
    assert_raises(Motia::CallerError) { Motia.response([1].each).encode_piece(5, what: 'it') }
  end
end
