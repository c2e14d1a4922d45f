# frozen_string_literal: true

require 'support'

class TestInheritance < MotiaTest
  # In a process of its own: Thread is changed.
  def ruby(script)
    head = "require 'motia'; require 'motia/worker/inheritance'\nThread.singleton_class.prepend(Motia::Worker::ThreadInheritance)\n" \
           "Motia::Worker::ForkGuard.install\nMotia::Invocation.current = :mine\n"
    IO.popen(['ruby', "-I#{File.expand_path('../../lib', __dir__)}", '-e', head + script], &:read)
  end

  def test_threads_inherit_however_they_are_started_and_keep_their_arguments
    script = "print [Thread.new(1) { |n, k: 2| [n, k, Motia::Invocation.current] }.value,\n" \
             "Thread.start(1, k: 3) { |n, k:| [n, k, Motia::Invocation.current] }.value,\n" \
             "Class.new(Thread).fork { Thread.new { Motia::Invocation.current }.value }.value].inspect"

    assert_equal '[[1, 2, :mine], [1, 3, :mine], :mine]', ruby(script)
  end

  def test_a_child_lets_go_before_it_does_anything
    script = "$stdout.sync = true\nMotia::Worker::ForkGuard.on_child { print 'gone ' }\n" \
             "fork { print Motia::Invocation.current.inspect, Motia::Worker::ForkGuard.child? }; Process.wait\n" \
             "print ' ', Motia::Invocation.current.inspect, Motia::Worker::ForkGuard.child?.inspect"

    assert_equal 'gone niltrue :minenil', ruby(script)
  end
end
