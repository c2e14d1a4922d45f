# frozen_string_literal: true

require 'support'

class TestRunning < MotiaTest
  def test_fields_that_are_left_out_have_their_defaults
    one = Motia::Worker::Running.new({ 'invocation' => 4, 'step' => 's', 'kind' => 'event' }, nil, nil, nil, 0)

    assert_equal ['', 1, 0, {}, 0, 0], [one.run, one.attempt, one.retry_count, one.trigger, one.pending, one.kept]
  end

  def test_a_background_thread_knows_whether_it_was_asked_for
    asked = Motia::Worker::Background.new { 5 }
    other = Motia::Worker::Background.new { 6 }

    assert_equal 5, asked.value
    assert_equal [true, nil], [asked.is_awaited, other.is_awaited]
    assert_same other, other.join
  end
end
