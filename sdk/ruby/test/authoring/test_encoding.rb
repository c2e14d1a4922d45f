# frozen_string_literal: true

require 'support'
require 'bigdecimal'
require 'date'
require 'set'

class TestEncoding < MotiaTest
  def encode(value)
    Motia::Json.encode(value, what: 'the value')
  end

  def refused(value)
    assert_raises(Motia::ValueNotJson) { encode(value) }.message
  end

  def test_plain_values_come_back_unchanged
    value = { 'a' => [1, -1, 2**200, 1.5, -0.0, 1e300, 5e-324, true, false, nil, '', 'ü€😀', {}, []], '' => { 'ü' => '"\\' } }

    assert_equal value, Motia::Json.decode(encode(value))
    assert_equal 'null', encode(nil)
  end

  def test_symbols_times_and_structs_become_what_json_has
    point = Struct.new(:x, :y)
    value = { a: :b, at: Time.utc(2026, 1, 2, 3, 4, 5), fine: Time.new(2026, 1, 2, 3, 4, 5.25r, '+01:00'),
              day: Date.new(2026, 1, 2), moment: DateTime.new(2026, 1, 2, 3, 4, 5), point: point.new(1, [:z]) }

    assert_equal({ 'a' => 'b', 'at' => '2026-01-02T03:04:05Z', 'fine' => '2026-01-02T03:04:05.250000+01:00',
                   'day' => '2026-01-02', 'moment' => '2026-01-02T03:04:05+00:00',
                   'point' => { 'x' => 1, 'y' => ['z'] } }, Motia::Json.decode(encode(value)))
  end

  def test_subclasses_and_other_encodings_are_written_as_what_they_are
    text = Class.new(String).new('sub')
    hash = Class.new(Hash).new.update('a' => text)

    assert_equal '{"a":"sub"}', encode(hash)
    assert_equal '"é"', encode('é'.encode('ISO-8859-1'))
    assert_equal '"abc"', encode('abc'.b)
  end

  def test_what_json_cannot_say_is_refused_with_its_place
    { Float::NAN => 'the number NaN', -Float::INFINITY => '-Infinity', Object.new => 'class Object',
      Set[1] => 'class Set', 1i => 'class Complex', 1r => 'class Rational', BigDecimal('1') => 'BigDecimal',
      (1..2) => 'class Range', -> {} => 'class Proc', "\xff" => 'not UTF-8', "\xED\xA0\x80" => 'not UTF-8',
      "\xff".b => 'not UTF-8', { 1 => 2 } => 'the key 1', { nil => 1 } => 'the key nil',
      { 'a' => 1, a: 2 } => 'twice' }.each do |value, reason|
      message = refused({ deep: [0, value] })

      assert_includes message, reason
      assert_includes message, '/deep/1'
    end
    assert_includes refused({ "\xff" => 1 }), 'not UTF-8'
  end

  def test_circular_and_too_deep_values_are_refused
    circle = []
    circle << { 'a' => circle }
    deep = (1..65).reduce(1) { |inner, _| [inner] }

    assert_includes refused(circle), '(it is circular) at /0/a'
    assert_includes refused(deep), "deeper than 64 levels at #{'/0' * 64}"
    assert_equal deep.first, Motia::Json.decode(encode(deep.first))
  end

  def test_nobodys_to_json_is_called
    odd = Class.new(String) { def to_json(*) = raise('called') }

    assert_equal '["a"]', encode([odd.new('a')])
  end

  def test_lenient_json_never_raises
    rude = Object.new
    def rude.inspect = raise('no')

    assert_equal '{"a":1,"b":"#<Object>"}', Motia::Json.lenient({ a: 1, b: rude })
    assert_equal "\"a\u{FFFD}\"", Motia::Json.lenient("a\xff")
    assert_kind_of String, Motia::Json.lenient(rude)
  end

  def test_random_values_come_back_unchanged
    random = Random.new(Integer(ENV.fetch('MOTIA_SEED', '1')))
    300.times do
      value = any_value(random, 4)

      assert value == Motia::Json.decode(encode(value)), "MOTIA_SEED=#{random.seed}"
    end
  end

  def any_value(random, depth)
    case random.rand(depth.positive? ? 9 : 7)
    when 0 then nil
    when 1 then random.rand(2).zero?
    when 2 then random.rand(-2**70..2**70)
    when 3 then random.rand(-1e9..1e9)
    when 4 then random.rand(1e-300..1e300)
    when 5, 6 then any_text(random)
    when 7 then Array.new(random.rand(5)) { any_value(random, depth - 1) }
    else Array.new(random.rand(5)) { [any_text(random), any_value(random, depth - 1)] }.to_h
    end
  end

  def any_text(random)
    points = Array.new(random.rand(8)) { random.rand(0x10000) }
    points.reject { |point| point.between?(0xD800, 0xDFFF) }.pack('U*')
  end
end
