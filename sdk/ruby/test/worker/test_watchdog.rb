# frozen_string_literal: true

require 'support'
require 'timeout'

class TestWatchdog < MotiaTest
  def test_a_call_that_kept_all_threads_from_running_is_reported_with_its_run
    reports = Queue.new
    running = Motia::Worker::Running.new({ 'invocation' => 4, 'step' => 's', 'kind' => 'event' }, nil, nil, nil, 0)
    watch = Motia::Worker::Watchdog.watch(stall_ms: 100, busy: -> { [running] }, report: ->(*report) { reports << report })
    sleep(0.02)

    # Multiplying large numbers lets no other thread run.
    number = 7**2_000_000
    Timeout.timeout(20) { number * number while reports.empty? }

    found, late_ms = reports.pop
    assert_same running, found
    assert_operator late_ms, :>=, 100
  ensure
    watch&.kill
  end

  def test_signals_are_ignored_here_and_not_in_children
    script = "require 'motia'; require 'motia/worker/running'; require 'motia/worker/watchdog'\n" \
             "Motia::Worker::Watchdog.ignore_signals\nProcess.kill(:TERM, Process.pid); Process.kill(:INT, Process.pid)\nsleep 0.05\n" \
             "child = spawn('sleep 60'); sleep 0.2; Process.kill(:TERM, child); print Process.wait2(child)[1].termsig"

    assert_equal '15', IO.popen(['ruby', "-I#{File.expand_path('../../lib', __dir__)}", '-e', script], &:read)
  end
end
