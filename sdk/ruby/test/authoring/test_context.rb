# frozen_string_literal: true

require 'support'

class TestContext < MotiaTest
  def test_the_context_tells_the_run_and_is_one_object
    one = invocation(attempt: 3, retry_count: 2, trigger: { 'target' => 'topic' })
    inside(one) do
      context = Motia.ctx

      assert_same context, Motia::Context.of(one)
      assert_equal ['c' * 16, 'a' * 32, 'tested', 3, 2], [context.run_id, context.trace_id, context.step_id, context.attempt, context.retry_count]
      assert_equal ['event', 'topic', 'topic'], [context.trigger.kind, context.trigger.target, context.trigger.details['target']]
      assert_raises(NoMethodError) { context.trigger.nobody }
      assert_equal "tested:#{'c' * 16}", context.idempotency_key
    end
  end

  def test_it_triggers_when_a_target_is_given
    one = invocation
    inside(one) { Motia.ctx.trigger('other', a: 1) }

    assert_equal [['trigger', { 'target' => 'other', 'payload' => { 'a' => 1 } }]], one.port.calls
  end
end
