# frozen_string_literal: true

require 'support'
require 'tmpdir'

class TestRequest < MotiaTest
  def request(**more)
    Motia::Request.new(method: 'GET', url: '/', path: '/', **more)
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
end
