# frozen_string_literal: true

require 'support'

class TestSpans < MotiaTest
  def test_a_span_is_timed_whatever_its_block_does
    port = RecordingPort.new
    inside(invocation(port: port)) do
      assert_equal 5, Motia.span('part', { n: 1 }) { 5 }
      assert_raises(KeyError) { Motia.span('broken') { raise KeyError } }
    end

    assert_equal [['part', { 'n' => 1 }], ['broken', nil]], port.spans.map { |span| span.values_at(0, 2) }
    assert(port.spans.all? { |span| span[1] >= 0 })
  end

  def test_outside_a_run_it_only_yields
    assert_equal 1, Motia.span('part') { 1 }
  end
end
