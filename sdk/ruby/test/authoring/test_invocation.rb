# frozen_string_literal: true

require 'support'

class TestInvocation < MotiaTest
  def test_the_signal_of_an_invocation_that_was_cancelled_before_is_set
    one = invocation
    one.cancel('shutdown')

    assert one.signal.set?
  end

  def test_each_thread_has_its_own_and_its_fibers_share_it
    inside do
      assert_equal 'tested', Fiber.new { Motia::Invocation.current.step }.resume
      assert_nil Thread.new { Motia::Invocation.current }.value
    end
    assert_nil Motia::Invocation.current
  end

  def test_the_first_reason_of_a_cancel_stays
    one = invocation
    one.cancel('timeout')
    one.cancel('shutdown')

    assert_equal %w[timeout timeout], [one.cancel_reason, one.signal.reason]
  end
end
