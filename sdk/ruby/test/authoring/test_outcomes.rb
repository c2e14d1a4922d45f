# frozen_string_literal: true

require 'support'

class TestOutcomes < MotiaTest
  def test_outcomes_check_what_they_are_given
    assert_raises(ArgumentError) { Motia::HttpError.new(200) }
    assert_raises(ArgumentError) { Motia::RetryAfter.new(-1) }
    assert_equal ['HTTP 404', 1_500], [Motia::HttpError.new(404).message, Motia::RetryAfter.new(1.5).retry_after_ms]
    refute_operator Motia::Cancelled, :<, StandardError
  end
end
