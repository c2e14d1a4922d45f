# frozen_string_literal: true

# What a process that hosts handlers changes of Ruby itself: threads belong to the run that starts them,
# and children of the process are no workers.

require 'motia/authoring/invocation'

module Motia
  module Worker
    # Threads that a handler starts work for its invocation: what they print and call is its own.
    module ThreadInheritance
      def new(*arguments, &block)
        super(*arguments, &ThreadInheritance.carry(block))
      end
      ruby2_keywords(:new)

      def start(*arguments, &block)
        super(*arguments, &ThreadInheritance.carry(block))
      end
      ruby2_keywords(:start)

      def fork(*arguments, &block)
        super(*arguments, &ThreadInheritance.carry(block))
      end
      ruby2_keywords(:fork)

      # `block` as the work of the current invocation.
      def self.carry(block)
        invocation = Invocation.current
        return block unless invocation && block

        carried = lambda do |*arguments|
          Invocation.current = invocation
          # The same exception goes on: it ends the thread, and whoever joins it gets it.
          block.call(*arguments)
        end
        carried.ruby2_keywords if carried.respond_to?(:ruby2_keywords)
        carried
      end
    end

    # A handler tried to end the process: its run fails instead.
    class ProcessEnded < Exception # rubocop:disable Lint/InheritException -- a bare rescue must not keep it
    end

    # `exit!` would take the runs of everybody else along.
    module ExitGuard
      def exit!(status = false)
        return super if ForkGuard.child? || Invocation.current.nil?

        raise ProcessEnded, "exit!(#{status}) in a handler: a worker runs many steps and is ended by the engine only; " \
                            'return or raise instead'
      end

      # Guards every way to say it from now on.
      def self.install
        [Process.singleton_class, Kernel.singleton_class, Object].each { |place| place.prepend(self) }
      end
    end

    # A child of the process says nothing to the engine and runs nobody's handler after its own.
    module ForkGuard
      @abandon = []

      class << self
        # What a child does first.
        def on_child(&block)
          @abandon << block
        end

        # In a child: let go of the worker.
        def enter_child
          @is_child = true
          Invocation.current = nil
          @abandon.each(&:call)
        end

        # Whether this process is a child of the worker's.
        def child?
          @is_child
        end
      end

      # Ruby 3.1 and later: all kinds of fork pass here.
      module Primitive
        def _fork
          super.tap { |pid| ForkGuard.enter_child if pid.zero? }
        end
      end

      # Ruby 3.0.
      module Words
        def fork(&block)
          return super(&nil).tap { |pid| ForkGuard.enter_child if pid.nil? } unless block

          super() do
            ForkGuard.enter_child
            block.call
          end
        end
      end

      # Guards every fork from now on.
      def self.install
        if Process.respond_to?(:_fork)
          Process.singleton_class.prepend(Primitive)
        else
          [Process.singleton_class, Kernel.singleton_class, Object].each { |place| place.prepend(Words) }
        end
      end
    end
  end
end
