# frozen_string_literal: true

require 'support'

class TestSignals < MotiaTest
  def test_a_signal_is_set_once_and_wakes_all_who_wait
    signal = Motia::Signal.new
    waiting = Array.new(3) { Thread.new { signal.wait(10) } }

    signal.set('timeout')
    signal.set('cancel')

    assert_equal [true] * 3, waiting.map(&:value)
    assert_equal 'timeout', signal.reason
    assert_raises(Motia::Cancelled) { signal.raise_if_set }
  end

  def test_a_wait_ends_after_its_time
    refute Motia::Signal.new.wait(0.01)
  end
end
