# frozen_string_literal: true

require 'support'

class TestSession < MotiaTest
  HELLO = { 'type' => 'hello', 'protocol' => 1, 'engine' => 'e', 'worker' => 'w' }.freeze
  LOAD = { 'type' => 'load', 'root' => '/', 'files' => [] }.freeze
  INVOKE = { 'type' => 'invoke', 'invocation' => 1, 'step' => 's', 'kind' => 'event', 'trace' => 't',
             'span' => 'p', 'run' => 'r' }.freeze
  MESSAGES = [HELLO, LOAD, INVOKE, { 'type' => 'cancel', 'invocation' => 1, 'reason' => 'cancel' },
              { 'type' => 'reply', 'call' => 1 }, { 'type' => 'pull', 'invocation' => 1, 'bytes' => 1 },
              { 'type' => 'ping', 'token' => 1 }, { 'type' => 'drain' }].freeze

  def session_in(state)
    session = Motia::Protocol::Session.new
    return session if state == :connected

    session.accept(HELLO)
    session.accept(LOAD) unless state == :greeted
    session.loaded unless %i[greeted loading].include?(state)
    session.accept({ 'type' => 'drain' }) if state == :draining
    session.close if state == :closed
    session
  end

  def test_each_state_takes_its_messages_and_refuses_the_others
    Motia::Protocol::Session::ALLOWED.each do |state, allowed|
      MESSAGES.each do |message|
        session = session_in(state)
        assert_equal state, session.state
        if allowed.include?(message['type'])
          assert_equal message['type'], session.accept(message)
        else
          assert_raises(Motia::Protocol::Fault) { session.accept(message) }
          assert_equal state, session.state
        end
      end
    end
  end

  def test_a_drain_while_loading_is_kept_until_the_manifest_is_sent
    session = session_in(:loading)

    session.accept({ 'type' => 'drain' })
    session.loaded

    assert_equal :draining, session.state
  end

  def test_fields_that_are_missing_or_of_a_wrong_type_are_faults
    wrong = [INVOKE.reject { |name, _| name == 'step' }, INVOKE.merge('attempt' => 'one'), INVOKE.merge('invocation' => '1'),
             { 'type' => 'ping' }, { 'type' => 'nobody' }, {}, { 'type' => 5 }]

    wrong.each { |message| assert_raises(Motia::Protocol::Fault) { session_in(:ready).accept(message) } }
  end

  def test_another_version_is_refused
    error = assert_raises(Motia::Protocol::Fault) { Motia::Protocol::Session.new.accept(HELLO.merge('protocol' => 9)) }

    assert_includes error.message, '9'
  end
end
