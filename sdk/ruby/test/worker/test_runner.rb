# frozen_string_literal: true

require 'support'

class TestRunner < MotiaTest
  def setup
    @answers = []
    @left = 0
    @runner = Motia::Worker::Runner.new(outbox: nil, enter: ->(_) { true }, leave: ->(_) { @left += 1 },
                                        answer: ->(_, frame, is_held:) { @answers << [JSON.parse(frame.byteslice(8..)), is_held] })
  end

  def run_step(&block)
    step = declared { event(id: 'x', &block) }.steps.first
    running = Motia::Worker::Running.new({ 'invocation' => 4, 'step' => 'x', 'kind' => 'event', 'payload' => {} }, nil, step, nil, 0)
    thread = Thread.new { Thread.handle_interrupt(Motia::Worker::NEVER) { @runner.run(running) } }
    thread.report_on_exception = false
    thread.join(10)
    @answers.last[0]
  end

  def test_every_end_of_a_handler_is_one_answer
    assert_equal 5, run_step { 5 }['value']
    assert_equal 'KeyError', run_step { raise KeyError }['name']
    assert_equal 'UncaughtThrowError', run_step { throw :x }['name']
    assert_equal 'SystemExit', run_step { exit }['name']
    assert_equal 'ThreadEnded', run_step { Thread.exit }['name']
    assert_equal 'ResultNotJson', run_step { Object.new }['name']
    assert_equal [6, 6], [@answers.size, @left]
  end

  def test_a_step_that_took_little_is_expected_to_do_so_again
    run_step { 1 }
    quick = @answers.last[1]
    run_step { sleep 0.01 }

    assert_equal [true, false], [quick, @answers.last[1]]
  end
end
