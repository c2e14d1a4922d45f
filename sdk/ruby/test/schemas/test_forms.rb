# frozen_string_literal: true

require 'support'

class TestForms < MotiaTest
  def json(form)
    Motia::Schemas.read(form, 'schema').json
  end

  def unreadable(form)
    assert_raises(Motia::Schemas::Unreadable) { json(form) }
  end

  def test_classes_symbols_and_arrays_are_types
    fields = json({ a: String, b: Integer, c: Float, d: Numeric, e: Hash, f: Array, g: [String], h: :boolean, i: TrueClass,
                    j: Object, k: { l: [{ m: Integer }] }, n: :any, o: Time })

    expected = { 'a' => { 'type' => 'string' }, 'b' => { 'type' => 'integer' }, 'c' => { 'type' => 'number' },
                 'd' => { 'type' => 'number' }, 'e' => { 'type' => 'object' }, 'f' => { 'type' => 'array' },
                 'g' => { 'type' => 'array', 'items' => { 'type' => 'string' } }, 'h' => { 'type' => 'boolean' },
                 'i' => { 'type' => 'boolean' }, 'j' => {}, 'n' => {}, 'o' => { 'type' => 'string', 'format' => 'date-time' },
                 'k' => { 'type' => 'object', 'required' => ['l'], 'properties' => {
                   'l' => { 'type' => 'array', 'items' => { 'type' => 'object', 'required' => ['m'],
                                                            'properties' => { 'm' => { 'type' => 'integer' } } } }
                 } } }
    assert_equal expected, fields['properties']
    assert_equal expected.keys.sort, fields['required'].sort
  end

  def test_json_schema_is_told_from_names
    assert_equal({ 'type' => 'string' }, json({ type: 'string' }))
    assert_equal({ 'type' => 'object', 'properties' => { 'a' => { 'type' => 'string' } } },
                 json({ 'type' => :object, properties: { a: { type: :string } } }))
    assert_equal({ 'anyOf' => [{ 'type' => 'string' }] }, json({ anyOf: [{ type: 'string' }] }))
    assert_equal ['items'], json({ items: Array })['properties'].keys
    assert_equal %w[type size], json({ type: String, size: Integer })['properties'].keys
    assert_equal({ 'type' => 'object', 'properties' => {} }, json({}))
    assert_equal({ 'type' => 'integer' }, json(Integer))
  end

  def test_what_has_no_json_form_is_said_with_what_to_write
    assert_includes unreadable({ a: 5 }).hint, 'Integer'
    assert_includes unreadable({ a: 'String' }).hint, 'String'
    assert_includes unreadable({ a: Thread }).message, 'schema["a"]'
    assert_includes unreadable({ a: { b: [String, Integer] } }).hint, '[String]'
    unreadable({ a: { type: 'text' } })
    unreadable({ a: :text })
    unreadable({ 5 => String })
    unreadable({ a: { type: 'string', default: Object.new } })
    unreadable(nil.method(:to_s))
  end
end
