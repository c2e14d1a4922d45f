# frozen_string_literal: true

require 'support'

class TestProblems < MotiaTest
  Problems = Motia::Schemas::Problems

  def test_paths_are_json_pointers
    assert_equal '/a~1b~0c', Problems.missing('', 'a/b~c', 'body').path
    assert_equal ['/x/y', 'is not a known field', 'additionalProperties'], Problems.unknown('/x', 'y', 'body').to_h.values_at(:path, :message, :keyword)
  end

  def test_long_options_and_messages_are_cut
    assert_operator Problems.options(['x' * 1_000]).size, :<=, 220
    assert_operator Problems.unfit('', 'y' * 1_000, 'body', 'type').message.size, :<=, 301
  end
end
