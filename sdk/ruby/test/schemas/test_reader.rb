# frozen_string_literal: true

require 'support'

class TestReader < MotiaTest
  def json(form)
    Motia::Schemas.read(form, 'schema').json
  end

  def test_a_default_makes_a_name_optional
    schema = json({ a: { type: :integer, default: 3 }, b: nil })

    assert_equal({ 'type' => 'integer', 'default' => 3 }, schema['properties']['a'])
    refute schema.key?('required')
  end

  def test_defaults_are_filled_in_and_never_shared
    schema = Motia::Schemas.read({ a: { type: 'array', default: [] }, b: { c: { type: 'integer', default: 1 } } }, 'schema')
    first = schema.read({ 'b' => {} }, 'payload')
    first['a'] << 1

    assert_equal({ 'b' => { 'c' => 1 }, 'a' => [] }, schema.read({ 'b' => {} }, 'payload'))
  end
end
