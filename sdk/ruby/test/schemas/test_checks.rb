# frozen_string_literal: true

require 'support'

class TestChecks < MotiaTest
  def problems(form, value)
    Motia::Schemas.read(form, 'schema').read(value, 'payload')
    []
  rescue Motia::InputInvalid => error
    error.problems.map { |problem| [problem.path, problem.message, problem.keyword] }
  end

  def test_problems_are_found_in_all_places
    assert_equal [['/a', 'must be a whole number', 'type'], ['/b/1', 'must be text', 'type'],
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
end
