# frozen_string_literal: true

require 'support'

class TestState < MotiaTest
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
end
