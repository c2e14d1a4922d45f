# frozen_string_literal: true

# The request as a handler sees it. Parts are decoded when they are first asked for.

require 'json'
require 'motia/authoring/errors'

module Motia
  # Headers by name, whatever its case; a Symbol may stand for a name (`:content_type`).
  # Repeated ones are joined by `, `.
  class Headers < Hash
    def initialize(pairs)
      super()
      @pairs = pairs
      pairs.each { |name, value| store(name, key?(name) ? "#{fetch(name)}, #{value}" : value) }
      freeze
    end

    def [](name)
      super(spelled(name))
    end

    def fetch(name, *rest, &block)
      super(spelled(name), *rest, &block)
    end

    def key?(name)
      super(spelled(name))
    end
    alias include? key?
    alias has_key? key?

    # Every value of a repeated header, in order of arrival.
    def values_of(name)
      @pairs.filter_map { |key, value| value if key == spelled(name) }
    end

    private

    def spelled(name)
      name.is_a?(Symbol) ? name.name.tr('_', '-').downcase : name.downcase
    end
  end

  # A file of a multipart body.
  class UploadedFile
    # The form field's name.
    attr_reader :name
    # As the client named it: never use it as a path.
    attr_reader :filename
    attr_reader :content_type
    # Length of the content.
    attr_reader :size_bytes

    def initialize(name:, filename:, content_type:, body:, offset:, length:)
      @name = name
      @filename = filename
      @content_type = content_type
      @body = body
      @offset = offset
      @size_bytes = length
    end

    # The content as bytes; a copy each time.
    def read
      @body.byteslice(@offset, @size_bytes).force_encoding(Encoding::BINARY)
    end

    # The content as text.
    def text(encoding = Encoding::UTF_8)
      read.force_encoding(encoding)
    end

    # Writes the content to `path`, replacing what is there.
    def save(path)
      File.binwrite(path, read)
    end

    def inspect
      "#<Motia::UploadedFile name=#{@name.inspect} filename=#{@filename.inspect} size_bytes=#{@size_bytes}>"
    end
  end

  # One HTTP request.
  class Request
    # In upper case.
    attr_reader :method
    # Path and query as received.
    attr_reader :url
    attr_reader :path
    # What the body is: none, json, form, multipart, text, bytes.
    attr_reader :media
    # Address of the client.
    attr_reader :client
    # The body as received, for signatures.
    attr_reader :raw
    # Path parameters by name, converted by their schema.
    attr_reader :params
    # Query fields by name, converted by their schema; repeated ones are arrays.
    attr_reader :query

    def initialize(method:, url:, path:, params: {}, query: {}, headers: [], media: 'none', form: nil, files: [],
                   client: '', raw: '')
      @method = method
      @url = url
      @path = path
      @params = params
      @query = query
      @header_pairs = headers
      @media = media
      @form = form
      @file_list = files
      @client = client
      @raw = raw
      @has_body = false
    end

    # Headers by name, whatever its case.
    def headers
      @headers ||= Headers.new(@header_pairs)
    end

    # Cookies by name.
    def cookies
      headers.fetch('cookie', '').split(';').filter_map do |part|
        name, value = part.split('=', 2)
        [name.strip, value.strip.delete_prefix('"').delete_suffix('"')] if value
      end.to_h
    end

    # Fields of a form or multipart body, without its files.
    def form
      @form || {}
    end

    # Files of a multipart body by field; several in one field are an array.
    def files
      @files ||= @file_list.group_by(&:name).transform_values { |found| found.size == 1 ? found.first : found }
    end

    # The body as UTF-8 text; what is not UTF-8 is replaced.
    def text
      @raw.dup.force_encoding(Encoding::UTF_8).scrub("\u{FFFD}")
    end

    # The body as what it is: JSON value, form fields with files, text, bytes, or nil.
    #
    # Raises InputInvalid when it says that it is JSON and is not.
    def body
      unless @has_body
        @body = decode_body
        @has_body = true
      end
      @body
    end

    # The body as JSON, whatever its content type says. Raises InputInvalid when it is not.
    def json
      text = @raw.dup.force_encoding(Encoding::UTF_8)
      raise JSON::ParserError, 'it is not UTF-8' unless text.valid_encoding?

      JSON.parse(text)
    rescue JSON::ParserError, EncodingError => error
      message = "malformed JSON: #{error.message[0, 200]}"
      raise InputInvalid, [Problem.new(path: '', message: message, where: 'body', keyword: 'json')]
    end

    def inspect
      "#<Motia::Request #{@method} #{@path}>"
    end

    private

    def decode_body
      case @media
      when 'json' then @raw.empty? ? nil : json
      when 'form', 'multipart' then form.merge(files)
      when 'text' then text
      else @raw.empty? && @media != 'bytes' ? nil : @raw
      end
    end
  end
end
