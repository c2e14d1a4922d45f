# frozen_string_literal: true

# Frames: how messages are laid on a byte stream. Bytes in, messages out; no input or output here.
#
# A frame is `json_length:u32 | blob_length:u32 | json | blob`, both lengths big endian.
#
# Invariants
# 1. Between two feeds a decoder holds less than one frame, and a frame is bounded.
# 2. The work is linear in the bytes fed, however small the pieces are that they come in.

require 'json'

module Motia
  module Protocol
    # The peer broke the protocol; the connection is of no further use.
    class Fault < StandardError; end

    HEADER_BYTES = 8
    JSON_BYTES_MIN = 2
    JSON_BYTES_MAX = 16 * 1024 * 1024
    BLOB_BYTES_MAX = 64 * 1024 * 1024

    # One frame of JSON text and a blob.
    #
    # Raises Fault when one is over its bound; nothing was encoded.
    def self.frame(json, blob = nil)
      blob_bytes = blob ? blob.bytesize : 0
      if json.bytesize > JSON_BYTES_MAX || blob_bytes > BLOB_BYTES_MAX
        raise Fault, "a frame holds at most #{JSON_BYTES_MAX} bytes of JSON and #{BLOB_BYTES_MAX} of blob, " \
                     "not #{json.bytesize} and #{blob_bytes}"
      end
      bytes = [json.bytesize, blob_bytes].pack('NN')
      bytes << (json.ascii_only? ? json : json.b)
      bytes << (blob.encoding == Encoding::BINARY ? blob : blob.b) if blob
      bytes
    end

    # Cuts a byte stream into messages and blobs.
    class FrameDecoder
      def initialize
        @rest = String.new(encoding: Encoding::BINARY)
        @need = HEADER_BYTES
      end

      # Takes bytes and yields `(message, blob)` for each frame that is complete now, in order.
      #
      # Raises Fault on a length over its bound and on what is no JSON object in UTF-8.
      def feed(data)
        unless @rest.empty?
          # Only gathered until the frame is whole: parsing at every piece would be quadratic.
          @rest << data
          return if @rest.bytesize < @need

          data = @rest
          @rest = String.new(encoding: Encoding::BINARY)
        end
        start = 0
        while (stop = frame_end(data, start))
          json_bytes = data.byteslice(start, 4).unpack1('N')
          body = start + HEADER_BYTES
          blob = body + json_bytes
          yield read(data.byteslice(body, json_bytes)), (data.byteslice(blob, stop - blob) if stop > blob)
          start = stop
        end
        @rest << data.byteslice(start, data.bytesize - start) if start < data.bytesize
      end

      private

      def frame_end(data, start)
        if data.bytesize - start < HEADER_BYTES
          @need = HEADER_BYTES
          return nil
        end
        json_bytes, blob_bytes = data.byteslice(start, HEADER_BYTES).unpack('NN')
        unless json_bytes.between?(JSON_BYTES_MIN, JSON_BYTES_MAX) && blob_bytes <= BLOB_BYTES_MAX
          raise Fault, "frame lengths #{json_bytes} and #{blob_bytes} are out of bounds"
        end
        stop = start + HEADER_BYTES + json_bytes + blob_bytes
        return stop if stop <= data.bytesize

        @need = stop - start
        nil
      end

      def read(text)
        text.force_encoding(Encoding::UTF_8)
        raise Fault, 'a frame is not UTF-8' unless text.valid_encoding?

        message = JSON::Parser.new(text).parse # at most 100 levels
        raise Fault, 'a frame does not hold an object' unless message.is_a?(Hash)

        message
      rescue JSON::ParserError, EncodingError => error
        raise Fault, "a frame does not hold JSON: #{error.message[0, 200]}"
      end
    end
  end
end
