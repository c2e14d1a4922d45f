# frozen_string_literal: true

# The threads that run handlers, and who of them reads the socket.
#
# Reading is a role, not a thread: whoever has nothing to run takes it, and hands it over before it runs
# what it read. So an invocation that comes alone is run by the thread that read it, without a hand-off;
# and a thread that waits for the reply to its call reads that reply itself.
#
# Invariants
# 1. At most one thread reads.
# 2. While jobs wait or nobody reads, a thread is awake that will look after it, unless all of the limit
#    run handlers: then jobs wait, and a spare thread reads.
# 3. Answers that are held leave before a thread waits, and before it runs what may take long.
# 4. Threads of the crew are interrupted by nobody but inside a handler.
# 5. What was raised into a thread between two jobs, by a handler of another thread or too late for its own,
#    is dropped before the next job begins; a job whose thread that ends is run by another one.
# 6. A handler that waits for another run is not counted: the run it waits for may need a thread here.

module Motia
  module Worker
    NEVER = { Object => :never }.freeze
    WHEN_BLOCKING = { Object => :on_blocking }.freeze
    IMMEDIATE = { Object => :immediate }.freeze

    # A value that one thread waits for and another sets; see Crew#wait_for.
    class Waiter
      attr_reader :thread, :condition
      attr_accessor :done, :value, :error

      def initialize
        @thread = Thread.current
        @condition = ConditionVariable.new
        @done = false
      end
    end

    # A job that is no handler.
    class Task
      def initialize(&block)
        @block = block
      end

      def run
        @block.call
      end

      def quick?
        false
      end
    end

    # Runs jobs, at most `limit` at once, on threads that it starts when they are needed.
    class Crew
      SPARE_THREADS = 2

      # `read` is called by one thread at a time with a block that waits for the socket; it returns jobs, or
      # nil at the end. `run` runs one job. `flush` sends what answers were held. A job that answers true to
      # `quick?` is expected to be over soon.
      def initialize(limit:, read:, run:, flush:)
        @limit = limit
        @read = read
        @run = run
        @flush = flush
        @lock = Mutex.new
        @jobs = []
        @idle = []
        @size = 0
        @busy = 0
        @lent = 0
        @is_reading = false
        @is_waking = false
        @has_ended = false
      end

      # Starts reading.
      def start
        @lock.synchronize { summon }
      end

      # More threads run handlers from now on.
      attr_writer :limit

      # Has a thread run `job`.
      def add(job)
        @lock.synchronize do
          @jobs << job
          summon
        end
      end

      # Waits until `waiter` is done, reading meanwhile when nobody else does. The caller has masked
      # interrupts; while it waits they are let through. Only what is read may finish a waiter: one that reads
      # looks at nothing else. `lends`: another handler may run meanwhile.
      def wait_for(waiter, lends: false)
        @lock.lock
        lends &&= Thread.current.thread_variable_get(:motia_works)
        lend if lends
        until waiter.done
          if @is_reading || @has_ended
            Thread.handle_interrupt(WHEN_BLOCKING) { waiter.condition.wait(@lock) }
          else
            read_on { |io| Thread.handle_interrupt(WHEN_BLOCKING) { io.wait_readable } }
            summon unless @jobs.empty?
          end
        end
      ensure
        @lock.lock unless @lock.owned?
        take_back if lends
        summon if !@is_reading || !@jobs.empty?
        @lock.unlock
      end

      # `waiter` is done.
      def finish(waiter)
        return waiter.done = true if waiter.thread.equal?(Thread.current)

        @lock.synchronize do
          waiter.done = true
          waiter.condition.signal
        end
      end

      private

      # With the lock: this thread is not counted until it takes its place back, even if that is then one
      # too many for a while.
      def lend
        @busy -= 1
        @lent += 1
        summon unless @jobs.empty?
      end

      def take_back
        @lent -= 1
        @busy += 1
      end

      def work
        while (job = take)
          has_begun = false
          begin
            Thread.current.thread_variable_set(:motia_works, true)
            forget_interrupts
            has_begun = true
            @run.call(job)
          ensure
            Thread.current.thread_variable_set(:motia_works, false)
            @lock.synchronize do
              @busy -= 1
              @jobs.unshift(job) unless has_begun
            end
          end
        end
      ensure
        # Only a thread that a handler ended gets here while there is more to read.
        @lock.synchronize do
          @size -= 1
          summon
        end
      end

      def forget_interrupts
        while Thread.pending_interrupt?
          begin
            Thread.handle_interrupt(IMMEDIATE) { Thread.pass }
          rescue Exception # rubocop:disable Lint/RescueException, Lint/SuppressedException -- it concerns nobody
          end
        end
      end

      def take
        @lock.lock
        loop do
          if @busy < @limit && (job = @jobs.shift)
            @busy += 1
            summon if !@is_reading || !@jobs.empty?
            # A thread that wakes flushes as soon as this one waits for anything.
            @flush.call unless @is_waking && job.quick?
            return job
          end

          @flush.call
          if @is_reading || @has_ended
            park
          else
            read_on(&:wait_readable)
          end
        end
      ensure
        @lock.unlock if @lock.owned?
      end

      # With the lock: reads once, without it.
      def read_on(&wait)
        @is_reading = true
        @lock.unlock
        jobs = @read.call(wait)
        has_returned = true
      ensure
        @lock.lock
        @is_reading = false
        @has_ended = true if has_returned && jobs.nil?
        @jobs.concat(jobs) if jobs
      end

      # With the lock: sleeps until it is summoned.
      def park
        seat = Waiter.new
        @idle.push(seat)
        seat.condition.wait(@lock) until seat.done
        @is_waking = false
        @flush.call
      end

      # With the lock: wakes one thread, unless one is waking already; it will wake the next one.
      def summon
        return if @is_waking || @has_ended

        if (seat = @idle.pop)
          @is_waking = true
          seat.done = true
          seat.condition.signal
        elsif @size < @limit + @lent + SPARE_THREADS
          @is_waking = true
          @size += 1
          hire
        end
      end

      def hire
        Thread.handle_interrupt(NEVER) do
          Thread.new do
            Thread.current.name = 'motia-step'
            Thread.current.report_on_exception = false
            Invocation.current = nil
            @lock.synchronize { @is_waking = false }
            @flush.call
            work
          end
        end
      rescue ThreadError
        @is_waking = false
        @size -= 1
      end
    end
  end
end
