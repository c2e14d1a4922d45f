# frozen_string_literal: true

require 'support'
require 'tmpdir'

class TestSteps < MotiaTest
  def test_an_event_step_says_all_that_the_manifest_has
    # Resizes an image.
    #
    # Slowly.
    step = declared do
      event(id: 'a', topics: 't', retries: 5, backoff: 2, concurrency: { limit: 2, key: 'k' }, timeout: '5m', key: 'u',
            on_dead: :block, queue_depth: 9, flows: ['f'], triggers: ['b'], on_error: 'e', description: 'D') { 1 }
    end.steps.first

    assert_equal({ id: 'a', kind: 'event', language: 'ruby', topics: ['t'], retries: 5, concurrency: { limit: 2, key: 'k' },
                   backoff: { initial_ms: 2_000, factor: 2.0, cap_ms: 60_000, jitter: true }, timeout_ms: 300_000,
                   key: 'u', on_dead: 'block', queue_depth: 9, flows: ['f'], triggers: ['b'], on_error: 'e',
                   description: 'D' }, step.spec.reject { |name, _| name == :source })
    assert_equal ['authoring/test_steps.rb', ''], step.spec[:source].values_at(:file, :function)
  end

  def test_cron_api_and_noop_say_theirs
    steps = declared do
      cron(id: 'c', schedule: '@daily', timezone: 'UTC', catch_up: 'all', overlap: 'queue') { 1 }
      api(id: 'p', path: '/p') { 1 }
      noop(id: 'n', triggered_by: 'c', schema: { a: String })
    end.steps.to_h { |step| [step.id, step.spec] }

    assert_equal %w[@daily all queue], steps['c'].values_at(:schedule, :catch_up, :overlap)
    assert_equal %w[GET /p], steps['p'].values_at(:method, :path)
    assert_equal [['c'], ['a']], [steps['n'][:triggered_by], steps['n'][:schema]['required']]
  end

  def test_the_comment_above_a_step_is_its_description
    Dir.mktmpdir do |folder|
      file = File.join(folder, 'steps.rb')
      File.write(file, "# frozen_string_literal: true\n\n# First line,\n# second line.\n#\n# More.\nevent(id: 'a') { 1 }\n\nevent(id: 'b') { 1 }\n")
      collector = Motia::Collector.new(folder)
      Motia::Registry.collect(collector) { load(file) }

      assert_equal ['First line, second line.', nil], collector.steps.map { |step| step.spec[:description] }
    end
  end

  def test_everything_wrong_with_a_declaration_is_said_at_once
    faults = declared { event(id: '', retrys: 1, timeout: 'long', topics: 5) { 1 } }.faults

    assert_equal %w[invalid-option unknown-option invalid-option invalid-option], faults.map { |fault| fault[:code] }
    assert(faults.all? { |fault| fault[:line].positive? })
    assert_includes faults[1][:hint], 'retries'
  end

  def test_hooks_take_no_arguments
    collector = declared do
      on_start { 1 }
      on_stop { 2 }
      on_start { |x| x }
      on_stop
    end

    assert_equal %w[start stop], collector.hooks.map(&:moment)
    assert_equal 2, collector.faults.size
  end
end
