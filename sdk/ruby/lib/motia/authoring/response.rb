# frozen_string_literal: true

# What an api handler answers, and how it becomes status, headers and bytes.
#
# Header values that could smuggle a second header (CR, LF, NUL) are refused; `content-length` and
# `transfer-encoding` belong to the engine and are dropped.

require 'motia/authoring/encoding'

module Motia
  # One event of a server-sent stream with its fields; built by `sse`.
  ServerSentEvent = Struct.new(:data, :event, :id, :retry_ms, keyword_init: true)

  # An answer: built by `response`. Frozen.
  class Response
    NAME = /\A[!#$%&'*+.^_`|~0-9a-z-]+\z/.freeze
    ENGINE_HEADERS = %w[content-length transfer-encoding connection keep-alive upgrade].freeze
    SSE_HEADERS = [['content-type', 'text/event-stream; charset=utf-8'], %w[cache-control no-cache],
                   %w[x-accel-buffering no]].freeze
    PIECE_BYTES = 64 * 1024

    attr_reader :body, :status
    # Array of `[name, value]`, names in lower case.
    attr_reader :headers

    # The answer that a handler's value stands for.
    def self.of(value)
      case value
      when Response then value
      when nil then new(nil, status: 204)
      when Enumerator then new(value, headers: SSE_HEADERS, is_sse: true)
      else new(value)
      end
    end

    # See Motia::Steps::Dsl#response.
    def initialize(body, status: 200, headers: {}, is_sse: false)
      unless status.is_a?(Integer) && status.between?(200, 599)
        raise CallerError, "a response has a status from 200 to 599, not #{status.inspect}"
      end
      @body = body
      @status = status
      @headers = pairs_of(headers)
      @is_sse = is_sse
      freeze
    end

    # The first header of this name, or nil.
    def header(name)
      @headers.find { |key, _| key == name.downcase }&.last
    end

    # The same answer with one header more; for middleware.
    def with_header(name, value)
      Response.new(@body, status: @status, headers: @headers + [[name, value]], is_sse: @is_sse)
    end

    # Whether its pieces are server-sent events.
    def sse?
      @is_sse
    end

    # Whether the body is sent piece by piece.
    def stream?
      body = @body
      return false if body.nil? || body.is_a?(String) || body.is_a?(Hash) || body.is_a?(Array)

      body.is_a?(Enumerator) || body.is_a?(IO) || (body.respond_to?(:each) && !body.is_a?(Struct))
    end

    # Yields the pieces of a streamed body; a file in pieces of 64 KiB. Closes what can be closed.
    def each_piece(&block)
      if @body.respond_to?(:readpartial)
        while (piece = @body.read(PIECE_BYTES))
          block.call(piece)
        end
      else
        @body.each(&block)
      end
    ensure
      @body.close if @body.respond_to?(:close)
    end

    # `[headers, bytes]` of an answer that is not streamed, with `content-type`.
    #
    # Raises ValueNotJson when the body is neither text nor bytes nor JSON.
    def encode(what:)
      case @body
      when nil then [@headers, '']
      when String then encode_text
      else [typed('application/json'), Json.encode(@body, what: what)]
      end
    end

    # The headers, with `content-type` when there is none.
    def typed(media)
      header('content-type') ? @headers : [['content-type', media], *@headers]
    end

    # The bytes of one piece of a streamed body.
    #
    # Raises ValueNotJson, and CallerError when a plain stream yields neither text nor bytes.
    def encode_piece(item, what:)
      return encode_sse(item, what) if @is_sse
      return item.b if item.is_a?(String)

      raise CallerError, "#{what} yielded a value of class #{item.class}: a streamed body consists of text or bytes"
    end

    private

    def encode_text
      is_bytes = @body.encoding == Encoding::BINARY
      [typed(is_bytes ? 'application/octet-stream' : 'text/plain; charset=utf-8'), is_bytes ? @body : Json.clean(@body)]
    end

    def encode_sse(item, what)
      head = String.new(encoding: Encoding::BINARY)
      if item.is_a?(ServerSentEvent)
        head << "event: #{item.event}\n".b unless item.event.empty?
        head << "id: #{item.id}\n".b unless item.id.empty?
        head << "retry: #{item.retry_ms}\n" if item.retry_ms
        item = item.data
      end
      text = item.is_a?(String) ? Json.clean(item) : Json.encode(item, what: what)
      lines = text.split(/\r\n|\r|\n/, -1)
      lines = [''] if lines.empty?
      lines.each { |line| head << 'data: ' << line.b << "\n" }
      head << "\n"
    end

    def pairs_of(headers)
      pairs = headers.flat_map do |name, value|
        name = name_of(name)
        (value.is_a?(Array) ? value : [value]).map { |one| [name, value_of(name, one.to_s)] }
      end
      pairs.reject { |name, _| ENGINE_HEADERS.include?(name) }.freeze
    end

    def name_of(name)
      name = name.is_a?(Symbol) ? name.name.tr('_', '-').downcase : name.to_s.downcase
      NAME.match?(name) ? name : raise(CallerError, "#{name.inspect} is no name of a header")
    end

    def value_of(name, value)
      value = Json.clean(value)
      raise CallerError, "the header #{name.inspect} has a line break or NUL in its value" if value.match?(/[\0\r\n]/)

      value
    end
  end
end
