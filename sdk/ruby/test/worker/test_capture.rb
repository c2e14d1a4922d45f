# frozen_string_literal: true

require 'support'

class TestCapture < MotiaTest
  # In a process of its own: capture replaces the streams. Returns the lines that were logged.
  def captured(script)
    head = "require 'motia'; require 'monitor'; require 'motia/worker/running'; require 'motia/worker/capture'\n" \
           "lines = []\nraw = IO.for_fd(IO.sysopen('/dev/stdout', 'w'))\n" \
           "capture = Motia::Worker::Capture.new(->(run, level, text, _, source) { lines << [run && run.number, level, text, source] })\n"
    ending = "\nraw.syswrite(JSON.generate(lines))\n"
    JSON.parse(IO.popen(['ruby', "-I#{File.expand_path('../../lib', __dir__)}", '-e', head + script + ending], &:read))
  end

  RUN = "run = Motia::Worker::Running.new({ 'invocation' => 4, 'step' => 's', 'kind' => 'event' }, nil, nil, nil, 0)\n" \
        "Motia::Invocation.current = run\n"

  def test_lines_are_logged_as_they_end_and_the_rest_with_the_answer
    found = captured("#{RUN}print 'a'; puts 'b', 'c'; $stderr.print 'd'; print 'e'; capture.flush(run); capture.flush(run)")

    assert_equal [[4, 'info', 'ab', 'print'], [4, 'info', 'c', 'print'], [4, 'warn', 'd', 'stderr'], [4, 'info', 'e', 'print']],
                 found.sort_by { |line| line[2] }
  end

  def test_what_is_printed_outside_a_run_is_the_workers_own
    assert_equal [[nil, 'info', 'a', 'print'], [nil, 'warn', 'b', 'stderr']], captured("puts 'a'; warn 'b'")
  end

  def test_a_line_without_an_end_is_bounded_and_bytes_are_made_text
    found = captured("print 'x' * 70_000; puts \"\\xff\"")

    assert_equal [70_000, "\u{FFFD}"], [found[0][2].size, found[1][2]]
  end
end
