# frozen_string_literal: true

require 'support'

class TestBinding < MotiaTest
  # What the handler's block returns for a payload; the block is declared with `schema`.
  def run_event(payload, schema: nil, &block)
    step = declared { event(id: 'x', schema: schema, &block) }.steps.first
    arguments, keywords = step.binding.bind(payload, invocation)
    step.handler.call(*arguments, **keywords)
  end

  def problems(payload, schema: nil, &block)
    assert_raises(Motia::InputInvalid) { run_event(payload, schema: schema, &block) }
      .problems.to_h { |problem| [problem.path, problem.message] }
  end

  def faults(schema: nil, &block)
    declared { event(id: 'x', schema: schema, &block) }.faults.map { |fault| fault[:code] }
  end

  def test_keywords_take_the_keys_of_their_names
    assert_equal [1, 2], run_event({ 'a' => 1, 'b' => 2, 'c' => 3 }) { |a:, b:| [a, b] }
    assert_equal [1, 9], run_event({ 'a' => 1 }) { |a:, b: 9| [a, b] }
    assert_equal [1, nil], run_event({ 'a' => 1, 'b' => nil }) { |a:, b: 9| [a, b] }
  end

  def test_a_positional_parameter_takes_the_whole_payload_unless_the_schema_names_it
    assert_equal({ 'a' => 1 }, run_event({ 'a' => 1 }) { |payload| payload })
    assert_equal [[1, 2], 'tested'], run_event([1, 2]) { |payload, context| [payload, context.step_id] }
    assert_equal [1, 'c' * 16], run_event({ 'a' => 1 }, schema: { a: Integer }) { |a, ctx| [a, ctx.run_id] }
    assert_equal [{ 'a' => 1 }, 1], run_event({ 'a' => 1 }) { |all, a:| [all, a] }
  end

  def test_a_destructuring_parameter_takes_the_whole_payload
    assert_equal [1, 2], run_event([1, 2]) { |(first, second)| [first, second] }
  end

  def test_the_rest_takes_what_nobody_named
    assert_equal [1, { b: 2, c: 3 }], run_event({ 'a' => 1, 'b' => 2, 'c' => 3, 'ctx' => 0 }) { |a:, **rest| [a, rest] }
  end

  def test_the_context_comes_by_name
    assert_equal 'tested', run_event({}) { |ctx:| ctx.step_id }
  end

  def test_no_parameters_take_anything
    assert_equal 5, run_event([1]) { 5 }
  end

  def test_a_block_may_return
    assert_equal 1, run_event({ 'a' => true }) { |a:| return 1 if a }
  end

  def test_names_of_the_block_are_the_schema_when_there_is_none
    step = declared { event(id: 'x') { |a:, b: 1, ctx:| [a, b, ctx] } }.steps.first

    assert_equal({ 'type' => 'object', 'properties' => { 'a' => {}, 'b' => {} }, 'required' => ['a'] }, step.spec[:schema])
    assert_nil declared { event(id: 'x') { |payload| payload } }.steps.first.spec[:schema]
  end

  def test_a_default_of_the_block_makes_a_name_optional
    step = declared { event(id: 'x', schema: { a: Integer, b: Integer }) { |a:, b: 7| [a, b] } }.steps.first

    assert_equal ['a'], step.spec[:schema]['required']
    assert_equal [1, 7], run_event({ 'a' => 1 }, schema: { a: Integer, b: Integer }) { |a:, b: 7| [a, b] }
  end

  def test_problems_name_every_place
    assert_equal({ '/a' => 'is required', '/b' => 'must be text' },
                 problems({ 'b' => 5 }, schema: { a: Integer, b: String }) { |a:, b:| [a, b] })
    assert_equal({ '/a' => 'is required' }, problems({}) { |a:| a })
    assert_equal({ '' => 'must be an object' }, problems([]) { |a:| a })
  end

  def test_a_mismatch_between_block_and_schema_is_a_fault_at_load
    assert_equal %w[signature-mismatch payload-key-unused], faults(schema: { a: String }) { |b:| b }
    assert_equal [], faults(schema: { a: String }) { |a:, b: 1| [a, b] }
    assert_equal ['payload-key-unused'], faults(schema: { a: String, c: String }) { |a:| a }
    assert_equal [], faults(schema: { a: String, c: String }) { |a:, **rest| [a, rest] }
    assert_equal [], faults(schema: { a: String, c: String }) { |payload| payload }
    assert_equal ['signature-mismatch'], faults { |*all| all }
    assert_equal ['signature-mismatch'], declared { cron(id: 'c', schedule: '@daily') { |payload:| payload } }.faults.map { |f| f[:code] }
  end
end
