# frozen_string_literal: true

# What keeps a worker honest although an author's code may do anything: it ends when the engine is gone,
# and it says when something kept all threads from running.
#
# A handler that waits, or computes in Ruby, keeps nobody from running: Ruby changes threads ten times a
# second. What can stall a worker is one call into C that does not let go of the interpreter (a regular
# expression, a large number, an extension); that is seen when it is over.

module Motia
  module Worker
    # Looks at the worker from beside its threads.
    module Watchdog
      END_AFTER_EOF_S = 0.6
      IDLE_LOOK_S = 0.25
      PR_SET_PDEATHSIG = 1
      SIGKILL = 9
      PRCTL = { 'x86_64-linux' => 157, 'aarch64-linux' => 167 }.freeze

      module_function

      # Linux: be killed when the engine's process ends, even in a call that lets no thread run. Elsewhere
      # the end of the socket does it.
      def die_with_parent
        number = PRCTL.find { |platform, _| RUBY_PLATFORM.start_with?(platform) }&.last
        return unless number

        parent = Process.ppid
        verbose, $VERBOSE = $VERBOSE, nil
        Kernel.syscall(number, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        Process.exit!(1) if Process.ppid != parent # it ended before the call
      rescue SystemCallError, NotImplementedError
        nil
      ensure
        $VERBOSE = verbose
      end

      # The engine drains by message: a Ctrl-C or SIGTERM to the whole group is for it alone.
      #
      # A handler instead of IGNORE, because processes that an author starts would inherit the latter.
      def ignore_signals
        %w[INT TERM].each { |name| Kernel.trap(name) {} }
      end

      # Ends the process soon, whatever its threads do.
      def end_soon
        Thread.new do
          sleep(END_AFTER_EOF_S)
          Process.exit!(0)
        end
      end

      # Starts the thread that reports stalls: `busy` is a list of Running, `report` takes one and ms.
      def watch(stall_ms:, busy:, report:)
        Thread.new do
          Thread.current.name = 'motia-stall'
          limit_s = stall_ms / 1_000.0
          loop do
            pause_s = [IDLE_LOOK_S, limit_s / 2].min
            before_s = Process.clock_gettime(Process::CLOCK_MONOTONIC)
            suspects = busy.call
            sleep(pause_s)
            late_s = Process.clock_gettime(Process::CLOCK_MONOTONIC) - before_s - pause_s
            next if late_s < limit_s || suspects.empty?

            running = suspects.min_by { |one| [one.thread&.status == 'run' ? 0 : 1, one.entered_ns || 0] }
            report.call(running, (late_s * 1_000).round)
          end
        end
      end
    end
  end
end
