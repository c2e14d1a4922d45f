# frozen_string_literal: true

require 'support'

class TestMotia < MotiaTest
  def test_the_words_are_on_main_and_nowhere_else
    assert TOPLEVEL_BINDING.receiver.respond_to?(:event)
    refute Object.new.respond_to?(:event, true)
    refute Object.new.respond_to?(:trigger, true)
    refute Object.const_defined?(:HttpError)
  end

  def test_outcomes_are_found_where_nothing_else_has_their_name
    found = TOPLEVEL_BINDING.eval('[HttpError, Fatal, RetryAfter]')

    assert_equal [Motia::HttpError, Motia::Fatal, Motia::RetryAfter], found
    assert_raises(NameError) { TOPLEVEL_BINDING.eval('HttpErrors') }
  end
end
