# frozen_string_literal: true

require 'support'

class TestOptions < MotiaTest
  Options = Motia::Options

  def wrong(&block)
    assert_raises(Options::Wrong, &block)
  end

  def test_durations_are_seconds_or_text
    assert_equal [1_500, 500, 30_000, 300_000, 3_600_000, 86_400_000],
                 [1.5, '500ms', '30s', '5m', '1 h', '1d'].map { |value| Options.duration_ms(value, 'timeout') }
    [0, -1, '5', '5x', nil, true, Float::NAN, Float::INFINITY, 1i, '400d', :s].each do |value|
      assert_match(/timeout is/, wrong { Options.duration_ms(value, 'timeout') }.message)
    end
    assert_equal 0, Options.duration_ms(0, 'delay', is_zero_allowed: true)
  end

  def test_an_unknown_name_gets_the_closest_one
    assert_equal 'did you mean "retries"?', Options.closest('retrys', %w[retries backoff key])
    assert_match(/known are backoff, key/, Options.closest('zzzzzzz', %w[key backoff]))
  end

  def test_ids_are_text_without_control_characters
    assert_equal %w[a b], Options.ids(['a', :b], 'topics')
    assert_equal ['a'], Options.ids('a', 'topics')
    ['', ' ', nil, 5, "a\nb", 'x' * 256, "\xff", [['a']]].each { |value| wrong { Options.step_id(value) } }
    wrong { Options.ids({ a: 1 }, 'flows') }
  end

  def test_paths_have_plain_parts_and_each_parameter_once
    assert_equal '/users/:id', Options.path('/users/:id')
    ['users', '/a b', '/:id/:id', '/:1', '/a?b', '/a:b', nil].each { |value| wrong { Options.path(value) } }
  end

  def test_concurrency_is_a_limit_or_a_limit_by_key
    assert_equal({ limit: 4 }, Options.concurrency(4))
    assert_equal({ limit: 4, key: 'user' }, Options.concurrency({ 'limit' => 4, key: :user }))
    [0, '4', {}, { limit: 0 }, { limit: 1, other: 2 }].each { |value| wrong { Options.concurrency(value) } }
  end

  def test_backoff_has_defaults_for_what_is_left_out
    assert_equal({ initial_ms: 5_000, factor: 2.0, cap_ms: 60_000, jitter: true }, Options.backoff(5))
    assert_equal({ initial_ms: 90_000, factor: 2.0, cap_ms: 90_000, jitter: true }, Options.backoff('90s'))
    assert_equal({ initial_ms: 100, factor: 3.0, cap_ms: 1_000, jitter: false },
                 Options.backoff({ initial: '100ms', factor: 3, cap: 1, jitter: false }))
    [{ initial: 9, cap: 1 }, { factor: 0 }, { jitter: 1 }, { first: 1 }].each { |value| wrong { Options.backoff(value) } }
  end

  def test_zones_are_looked_up
    assert_equal 'UTC', Options.timezone('UTC')
    ['Mars/Base', '../etc/passwd', '', 5].each { |value| wrong { Options.timezone(value) } }
  end

  def test_the_rest_says_what_it_takes
    wrong { Options.http_method('BREW') }
    wrong { Options.one_of('skipp', 'overlap', %w[skip queue]) }
    wrong { Options.whole_number(1.5, 'retries', least: 0) }
    wrong { Options.middleware(5) }
    assert_equal 'POST', Options.http_method(:post)
    assert_equal 'skip', Options.one_of(:skip, 'overlap', %w[skip queue])
  end
end
