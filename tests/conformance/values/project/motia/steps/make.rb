# frozen_string_literal: true

# Makes values that are hard to say in JSON.

require "date"
require "motia"

MIB = 1024 * 1024
DAY = Time.utc(2026, 1, 31, 12, 30, Rational(61, 4))

def nested(depth)
  (1..depth).reduce(1) { |inner, _| [inner] }
end

def circle
  value = {}
  value["a"] = { "b" => value }
  value
end

MAKE = {
  "surrogate" => -> { { a: ["\xED\xA0\x80"] } },
  "surrogate-key" => -> { { a: { "\xED\xBF\xBF" => 1 } } },
  "bytes" => -> { { a: ["\xff\xfe"] } },
  "nan" => -> { { a: [Float::NAN] } },
  "infinity" => -> { { a: [-Float::INFINITY] } },
  "time" => -> { { at: DAY } },
  "date" => -> { { at: DAY.to_date } },
  "missing" => -> { { a: nil } },
  "big" => -> { { a: [2**53 + 1] } },
  "deep-64" => -> { nested(64) },
  "deep-65" => -> { nested(65) },
  "large" => -> { { a: "x" * (MIB - 8) } },
  "too-large" => -> { { a: "x" * (MIB - 7) } },
  "circular" => -> { circle },
  "function" => -> { { a: [method(:puts)] } }
}.freeze

event(id: "make-ruby", retries: 0) { |payload| MAKE.fetch(payload).call }

event(id: "send-ruby", retries: 0) { |name:, target:| trigger(target, MAKE.fetch(name).call) && nil }
