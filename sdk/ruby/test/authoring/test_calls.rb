# frozen_string_literal: true

require 'support'

class TestCalls < MotiaTest
  def asked(answer = {}, &block)
    port = RecordingPort.new('trigger' => answer, 'call' => answer)
    inside(invocation(port: port), &block)
    port.calls
  end

  def test_keywords_are_the_payload
    assert_equal [['trigger', { 'target' => 'a', 'payload' => { 'phone' => '1' } }]], asked { Motia.trigger('a', phone: '1') }
    assert_equal [['trigger', { 'target' => 'a', 'payload' => { 'delay' => 2 } }]], asked { Motia.trigger(:a, delay: 2) }
    assert_equal [['trigger', { 'target' => 'a', 'payload' => {} }]], asked { Motia.trigger('a') }
  end

  def test_with_a_positional_payload_keywords_are_options
    given = asked { Motia.trigger('a', [1], delay: '2s', at: Time.at(1.5), key: 'k', idempotency_key: 'i', priority: 3, unique: false, wait: true) }

    assert_equal({ 'target' => 'a', 'payload' => [1], 'delay_ms' => 2_000, 'at' => 1_500, 'key' => 'k',
                   'idempotency_key' => 'i', 'priority' => 3, 'unique' => false, 'wait_ms' => 60_000 }, given[0][1])
    assert_equal({ 'target' => 'a', 'payload' => nil, 'timeout_ms' => 7_000 }, asked { Motia.call('a', nil, timeout: 7) }[0][1])
  end

  def test_a_receipt_tells_the_run
    inside(invocation(port: RecordingPort.new('trigger' => { 'runId' => 'r', 'traceId' => 't', 'deduplicated' => true }))) do
      receipt = Motia.trigger('a')

      assert_equal ['r', 't', true], [receipt.run_id, receipt.trace_id, receipt.deduplicated?]
    end
  end

  def test_what_cannot_be_sent_is_refused_before_anything_is
    [-> { Motia.trigger('a', Object.new) }, -> { Motia.trigger('') }, -> { Motia.trigger(nil) },
     -> { Motia.trigger('a', {}, dely: 1) }, -> { Motia.trigger('a', {}, delay: -1) }, -> { Motia.trigger('a', {}, at: 'now') },
     -> { Motia.trigger('a', 'x' * 2_000_000) }, -> { Motia.call('a', {}, delay: 1) }].each do |act|
      assert_empty(asked { assert_raises(Motia::CallerError, &act) })
    end
  end

  def test_outside_a_handler_nothing_is_sent
    assert_raises(Motia::NotInHandler) { Motia.trigger('a') }
    assert_raises(Motia::NotInHandler) { Motia.state.get('g', 'k') }
    assert_raises(Motia::NotInHandler) { Motia.ctx }
  end
end
