# frozen_string_literal: true

# A worker as a process of its own: takes the socket from MOTIA_WORKER_FD and runs until the engine drains
# it or goes away.

$LOAD_PATH.unshift(File.expand_path('../..', __dir__)) unless $LOAD_PATH.include?(File.expand_path('../..', __dir__))

require 'motia/worker/inheritance'
require 'motia/worker/worker'

module Motia
  # The process that runs an author's steps.
  module Worker
    # Runs the worker on the main thread until its end, and never returns.
    def self.main
      descriptor = ENV.delete('MOTIA_WORKER_FD').to_s
      unless descriptor.match?(/\A\d+\z/)
        warn 'MOTIA_WORKER_FD names no file descriptor: this process is started by the Motia engine'
        Process.exit!(2)
      end
      # Where the environment names no locale, as in containers, text that is read is UTF-8 all the same.
      Encoding.default_external = Encoding::UTF_8 if Encoding.default_external == Encoding::US_ASCII
      Watchdog.die_with_parent
      Watchdog.ignore_signals
      # Registered first, so it runs last: threads of handlers may never end.
      at_exit { end_process }
      serve(descriptor.to_i)
      exit(0)
    end

    # Speaks the protocol over a descriptor until the end.
    #
    # The main thread only waits: what others raise into it (`exit` in a thread, Thread.main.raise,
    # abort_on_exception) ends no worker.
    def self.serve(descriptor)
      Thread.handle_interrupt(NEVER) do
        ended = Queue.new
        worker = Worker.new(Protocol::Transport.new(descriptor)) { ended << true }
        ForkGuard.on_child { worker.abandon }
        ForkGuard.install
        ExitGuard.install
        Thread.singleton_class.prepend(ThreadInheritance)
        worker.start
        ended.pop
      end
    end

    # Ends the process whatever its threads do, after its output has left.
    def self.end_process
      return if ForkGuard.child?

      [STDOUT, STDERR].each(&:flush)
      Process.exit!(0)
    rescue IOError, SystemCallError
      Process.exit!(0)
    end
  end
end

Motia::Worker.main
