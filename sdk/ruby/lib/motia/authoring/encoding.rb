# frozen_string_literal: true

# Ruby values to JSON and back, strictly: what JSON cannot say is refused, never changed in silence.
#
# Invariants
# 1. NaN, Infinity, BigDecimal, text that is not UTF-8, keys that are not text, one key as text and as
#    symbol, circular and deeper than 64 levels are refused with the place of the first one.
# 2. Integers stay exact at any size.
# 3. Nobody's `to_json` is called: a library that redefines it changes nothing here.

require 'json'
require 'motia/authoring/errors'

module Motia
  # JSON in and out.
  module Json
    DEPTH_MAX = 64
    HINT = 'JSON has objects with text keys, arrays, text, finite numbers, true, false and null'
    UTF_8 = Encoding::UTF_8
    # Made once: making it costs more than most values. Depth is looked at here, not there.
    WRITER = JSON::State.new(max_nesting: 0)
    private_constant :WRITER

    module_function

    # `value` as JSON text. Symbols become text; Time, Date and Struct are written the usual way.
    #
    # `what` names the value for the error: "the payload of trigger(\"x\")". Raises ValueNotJson.
    def encode(value, what:)
      WRITER.generate(plain?(value, 0) ? value : to_plain(value, '', [], what))
    rescue JSON::GeneratorError, EncodingError => error
      raise refusal(what, '', error.message[0, 200])
    end

    # A message of the protocol, made of plain values by this library, as JSON text.
    def write(message)
      WRITER.generate(message)
    end

    # The value of JSON text. Raises JSON::ParserError.
    def decode(text)
      JSON.parse(text)
    end

    # `value` as JSON for people: what is not JSON is written as its `inspect`. Never raises.
    def lenient(value)
      encode(value, what: '')
    rescue ValueNotJson
      return JSON.generate(printable(value)) unless value.is_a?(Hash)

      pairs = value.map { |key, one| "#{JSON.generate(printable(key))}:#{lenient_leaf(one)}" }
      "{#{pairs.join(',')}}"
    end

    # Text that UTF-8 can carry.
    def clean(text)
      return text if text.encoding == UTF_8 && text.valid_encoding?

      text = text.encoding == Encoding::BINARY ? text.dup.force_encoding(UTF_8) : text.encode(UTF_8, invalid: :replace, undef: :replace)
      text.scrub("\u{FFFD}")
    rescue EncodingError
      text.dup.force_encoding(UTF_8).scrub("\u{FFFD}")
    end

    # Whether `value` consists of exactly what JSON has; the quick way for nearly all values.
    def plain?(value, depth)
      kind = value.class
      if kind == String
        value.encoding == UTF_8 && value.valid_encoding?
      elsif kind == Hash
        depth < DEPTH_MAX && value.all? do |key, one|
          key.class == String && key.encoding == UTF_8 && key.valid_encoding? && plain?(one, depth + 1)
        end
      elsif kind == Array
        depth < DEPTH_MAX && value.all? { |one| plain?(one, depth + 1) }
      elsif kind == Float
        value.finite?
      else
        kind == Integer || kind == TrueClass || kind == FalseClass || kind == NilClass
      end
    end

    # `above`: the objects and arrays that the value is in.
    def to_plain(value, path, above, what)
      case value
      when nil, true, false, Integer then value
      when String then text_of(value, path, what)
      when Symbol then text_of(value.name, path, what)
      when Float
        value.finite? ? value : raise(refusal(what, path, "the number #{value}"))
      when Hash then object_of(value, path, within(value, path, above, what), what)
      when Array
        inner = within(value, path, above, what)
        value.each_with_index.map { |one, index| to_plain(one, "#{path}/#{index}", inner, what) }
      when Time then time_text(value)
      when Struct then object_of(value.to_h, path, within(value, path, above, what), what)
      else foreign(value, path, above, what)
      end
    end
    private_class_method :to_plain

    def within(value, path, above, what)
      raise refusal(what, path, 'a value that contains itself (it is circular)') if above.any? { |one| one.equal?(value) }
      raise refusal(what, path, "a value nested deeper than #{DEPTH_MAX} levels") if above.size >= DEPTH_MAX

      [*above, value]
    end
    private_class_method :within

    def object_of(hash, path, above, what)
      hash.each_with_object({}) do |(key, one), plain|
        unless key.is_a?(String) || key.is_a?(Symbol)
          raise refusal(what, path, "the key #{short(key)}, which is #{a(key)} and not text")
        end
        name = text_of(key.to_s, "#{path}/(key)", what)
        raise refusal(what, path, "the key #{name.inspect} twice, as text and as symbol") if plain.key?(name)

        plain[name] = to_plain(one, "#{path}/#{token(name)}", above, what)
      end
    end
    private_class_method :object_of

    def text_of(text, path, what)
      return String.new(text) if text.encoding == UTF_8 && text.valid_encoding?

      raise EncodingError if text.encoding == Encoding::BINARY && !text.ascii_only?

      text = text.encode(UTF_8)
      text.valid_encoding? ? text : raise(EncodingError)
    rescue EncodingError
      raise refusal(what, path, "text that is not UTF-8 (its encoding is #{text.encoding})")
    end
    private_class_method :text_of

    # One token of a JSON Pointer.
    def token(name)
      name.gsub('~', '~0').gsub('/', '~1')
    end
    private_class_method :token

    def foreign(value, path, above, what)
      if defined?(::Date) && value.is_a?(::Date)
        value.iso8601
      elsif defined?(::Data) && ::Data.respond_to?(:define) && value.is_a?(::Data)
        object_of(value.to_h, path, within(value, path, above, what), what)
      elsif defined?(::BigDecimal) && value.is_a?(::BigDecimal)
        raise refusal(what, path, 'a BigDecimal, which JSON cannot carry exactly: send to_s or to_f')
      else
        raise refusal(what, path, a(value))
      end
    end
    private_class_method :foreign

    def time_text(time)
      digits = time.nsec.zero? ? '' : (time.nsec % 1_000).zero? ? '.%6N' : '.%9N'
      time.strftime("%Y-%m-%dT%H:%M:%S#{digits}#{time.utc? ? 'Z' : '%:z'}")
    end
    private_class_method :time_text

    def lenient_leaf(value)
      encode(value, what: '')
    rescue ValueNotJson
      JSON.generate(printable(value))
    end
    private_class_method :lenient_leaf

    def printable(value)
      clean(value.is_a?(String) ? value : value.is_a?(Symbol) ? value.name : value.inspect)
    rescue StandardError # an author's inspect may do anything
      "#<#{value.class}>"
    end
    private_class_method :printable

    def a(value)
      "a value of class #{value.class}"
    end
    private_class_method :a

    def short(value)
      printable(value)[0, 80]
    end
    private_class_method :short

    def refusal(what, path, reason)
      place = path.empty? ? '' : " at #{path}"
      ValueNotJson.new("#{what} is not JSON: #{reason}#{place}", hint: HINT)
    end
    private_class_method :refusal
  end
end
