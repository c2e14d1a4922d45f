# frozen_string_literal: true

require 'support'
require 'stringio'
require 'tmpdir'

class TestRequestAndResponse < MotiaTest
  def request(**more)
    Motia::Request.new(method: 'GET', url: '/', path: '/', **more)
  end

  def encoded(body, **more)
    Motia.response(body, **more).encode(what: 'it')
  end

  def test_headers_are_found_whatever_their_case
    headers = request(headers: [%w[x-a 1], %w[x-a 2], %w[content-type t]]).headers

    assert_equal ['1, 2', 't', nil, true], [headers['X-A'], headers[:content_type], headers['x-b'], headers.key?('X-a')]
    assert_equal %w[1 2], headers.values_of('X-A')
    assert_raises(FrozenError) { headers['x'] = 1 }
  end

  def test_cookies_come_by_name
    assert_equal({ 'a' => '1', 'b' => 'x=y' }, request(headers: [['cookie', 'a=1; b="x=y"; c']]).cookies)
  end

  def test_the_body_is_what_it_is
    assert_equal [1], request(media: 'json', raw: '[1]').body
    assert_nil request(media: 'json').body
    assert_nil request.body
    assert_equal 'ü', request(media: 'text', raw: 'ü'.b).body
    assert_equal "\xff".b, request(media: 'bytes', raw: "\xff".b).body
    assert_equal "\u{FFFD}", request(raw: "\xff".b).text
    error = assert_raises(Motia::InputInvalid) { request(media: 'json', raw: '{').body }
    assert_equal 'json', error.problems.first.keyword
    assert_raises(Motia::InputInvalid) { request(media: 'json', raw: "\"\xff\"".b).body }
  end

  def test_a_file_is_a_slice_of_the_body
    file = Motia::UploadedFile.new(name: 'd', filename: '../x', content_type: 't', body: 'ab€cd'.b, offset: 2, length: 3)

    assert_equal ['€', 3, Encoding::BINARY], [file.text, file.size_bytes, file.read.encoding]
    Dir.mktmpdir { |folder| assert_equal '€'.b, File.binread(File.join(folder, 'f').tap { |path| file.save(path) }) }
  end

  def test_several_files_of_one_field_are_an_array
    files = Array.new(2) { |n| Motia::UploadedFile.new(name: 'd', filename: n.to_s, content_type: 't', body: '', offset: 0, length: 0) }

    assert_equal %w[0 1], request(files: files).files['d'].map(&:filename)
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

  def test_outcomes_check_what_they_are_given
    assert_raises(ArgumentError) { Motia::HttpError.new(200) }
    assert_raises(ArgumentError) { Motia::RetryAfter.new(-1) }
    assert_equal ['HTTP 404', 1_500], [Motia::HttpError.new(404).message, Motia::RetryAfter.new(1.5).retry_after_ms]
    refute_operator Motia::Cancelled, :<, StandardError
  end
end
