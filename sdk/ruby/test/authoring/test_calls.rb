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
    assert_equal({ 'target' => 'a', 'payload' => {}, 'timeout_ms' => 7_000 }, asked { Motia.call('a', nil, timeout: 7) }[0][1])
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

  def test_errors_of_the_engine_have_classes
    read = ->(fields) { Motia::RemoteErrors.read({ 'code' => '', 'message' => 'm' }.merge(fields)) }

    assert_instance_of Motia::QueueFull, read.call({ 'code' => 'queue-full', 'kind' => 'world' })
    assert_instance_of Motia::PayloadInvalid, read.call({ 'code' => 'payload-invalid', 'problems' => [{ 'path' => '/a', 'message' => 'x' }] })
    assert_equal 'inner', read.call({ 'kind' => 'run', 'error' => { 'name' => 'inner' } }).error['name']
    unknown = read.call({ 'code' => 'new-thing', 'kind' => 'world' })
    assert_equal [Motia::WorldError, 'new-thing'], [unknown.class, unknown.code]
  end

  def test_state_calls_say_what_they_do
    port = RecordingPort.new('state.get' => { 'value' => 1, 'version' => 4 }, 'state.compare_and_set' => { 'done' => true },
                             'state.list' => [{ 'key' => 'a', 'value' => 1 }])
    inside(invocation(port: port)) do
      assert_equal 2, Motia.state.update('g', 'k') { |old| old + 1 }
      assert_equal({ 'a' => 1 }, Motia.state.list('g', limit: 5))
      assert_raises(Motia::CallerError) { Motia.state.get('', 'k') }
      assert_raises(Motia::CallerError) { Motia.state.update('g', 'k', [{ op: 'explode' }]) }
      assert_raises(Motia::ValueNotJson) { Motia.state.set('g', 'k', Object.new) }
    end

    assert_equal [['state.get', { 'group' => 'g', 'key' => 'k' }],
                  ['state.compare_and_set', { 'group' => 'g', 'key' => 'k', 'version' => 4, 'value' => 2 }],
                  ['state.list', { 'group' => 'g', 'limit' => 5 }]], port.calls
  end

  def test_an_update_that_is_always_late_gives_up
    port = RecordingPort.new('state.get' => nil, 'state.compare_and_set' => { 'done' => false })
    inside(invocation(port: port)) { assert_raises(Motia::CallerError) { Motia.state.update('g', 'k') { 1 } } }

    assert_equal 200, port.calls.size
  end

  def test_log_lines_and_spans_go_to_the_run
    port = RecordingPort.new
    inside(invocation(port: port)) do
      Motia.logger.info('sent', phone: '1')
      Motia.logger.warn('odd', { 'a' => Object })
      Motia.logger.error(RuntimeError.new('broken'))
      Motia.span('part', { n: 1 }) { 5 }
    end

    assert_equal ['info', 'sent', { 'phone' => '1' }, 'logger'], port.lines[0]
    assert_equal({ 'a' => 'Object' }, port.lines[1][2])
    assert_includes port.lines[2][1], 'RuntimeError: broken'
    assert_equal ['part', { 'n' => 1 }], port.spans[0].values_at(0, 2)
  end
end
