# frozen_string_literal: true

require 'support'

class TestReader < MotiaTest
  def json(form)
    Motia::Schemas.read(form, 'schema').json
  end

  def unreadable(form)
    assert_raises(Motia::Schemas::Unreadable) { json(form) }
  end

  def problems(form, value)
    Motia::Schemas.read(form, 'schema').read(value, 'payload')
    []
  rescue Motia::InputInvalid => error
    error.problems.map { |problem| [problem.path, problem.message, problem.keyword] }
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

  def test_a_default_makes_a_name_optional
    schema = json({ a: { type: :integer, default: 3 }, b: nil })

    assert_equal({ 'type' => 'integer', 'default' => 3 }, schema['properties']['a'])
    refute schema.key?('required')
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

  def test_problems_are_found_in_all_places
    assert_equal [['/a', '"x" is not of type "integer"', 'type'], ['/b/1', '2 is not of type "string"', 'type'],
                  ['/c/d', 'is required', 'required']],
                 problems({ a: Integer, b: [String], c: { d: String } }, { 'a' => 'x', 'b' => ['y', 2], 'c' => {} })
    assert_equal [['/x~1y', 'is not a known field', 'additionalProperties']],
                 problems({ type: 'object', properties: { a: {} }, additionalProperties: false }, { 'x/y' => 1 })
  end

  def test_whole_floats_are_integers_as_json_schema_has_it
    assert_empty problems({ a: Integer }, { 'a' => 1.0 })
    refute_empty problems({ a: Integer }, { 'a' => 1.5 })
    refute_empty problems({ a: Integer }, { 'a' => true })
    assert_empty problems({ a: Integer }, { 'a' => 2**100 })
  end

  def test_a_word_that_is_not_known_here_refuses_nothing
    assert_empty problems({ a: { type: 'string', pattern: '^x$', format: 'email' } }, { 'a' => 'y' })
    assert_empty problems({ a: { oneOf: [{ type: 'string' }] } }, { 'a' => 5 })
  end

  def test_definitions_may_refer_to_themselves
    tree = { '$defs' => { node: { type: 'object', required: ['v'], properties: { next: { '$ref': '#/$defs/node' } } } },
             '$ref' => '#/$defs/node' }

    assert_equal [['/next/v', 'is required', 'required']], problems(tree, { 'v' => 1, 'next' => {} })
  end

  def test_defaults_are_filled_in_and_never_shared
    schema = Motia::Schemas.read({ a: { type: 'array', default: [] }, b: { c: { type: 'integer', default: 1 } } }, 'schema')
    first = schema.read({ 'b' => {} }, 'payload')
    first['a'] << 1

    assert_equal({ 'b' => { 'c' => 1 }, 'a' => [] }, schema.read({ 'b' => {} }, 'payload'))
  end
end
