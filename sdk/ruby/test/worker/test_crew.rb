# frozen_string_literal: true

require 'support'
require 'timeout'

class TestCrew < MotiaTest
  # A crew that reads jobs from a queue.
  class Source
    attr_reader :reads, :flushes

    def initialize
      @queue = Queue.new
      @reads = 0
      @flushes = 0
    end

    def give(*jobs)
      @queue << jobs
    end

    def read(_wait)
      @reads += 1
      @queue.pop
    end

    def flush
      @flushes += 1
    end
  end

  def crew(limit:)
    @source = Source.new
    Motia::Worker::Crew.new(limit: limit, read: @source.method(:read), run: ->(job) { job.run }, flush: @source.method(:flush))
                       .tap do |one|
      one.start
      # Its own thread reads: only who reads sets what a waiter waits for.
      within { Thread.pass until @source.reads.positive? }
    end
  end

  def task(&block)
    Motia::Worker::Task.new(&block)
  end

  def within(seconds = 10, &block)
    Timeout.timeout(seconds, &block)
  end

  def test_a_job_that_blocks_keeps_no_other_from_running
    done = Queue.new
    gate = Queue.new
    crew(limit: 4)

    @source.give(task { gate.pop }, task { done << 1 })
    @source.give(task { done << 2 })

    assert_equal [1, 2], within { [done.pop, done.pop].sort }
    gate << nil
  end

  def test_no_more_than_the_limit_run_at_once_and_all_of_them_run
    running = 0
    most = 0
    lock = Mutex.new
    done = Queue.new
    crew(limit: 3)
    jobs = Array.new(30) do
      task do
        lock.synchronize { most = [most, running += 1].max }
        sleep 0.002
        lock.synchronize { running -= 1 }
        done << 1
      end
    end

    jobs.each_slice(7) { |some| @source.give(*some) }

    within { 30.times { done.pop } }
    assert_operator most, :<=, 3
    assert_operator most, :>=, 2
  end

  def test_with_all_of_the_limit_busy_there_is_still_a_reader
    gate = Queue.new
    one = crew(limit: 2)
    @source.give(task { gate.pop }, task { gate.pop })
    waiter = nil
    @source.give(task { flunk })

    within { Thread.pass until @source.reads >= 3 }
    assert_nil waiter
    2.times { gate << nil }
    assert one
  end

  def test_a_job_that_waits_for_another_run_gives_its_place_to_it
    done = Queue.new
    one = crew(limit: 1)
    @source.give(task do
      waiter = Motia::Worker::Waiter.new
      @source.give(task do
        one.finish(waiter)
        @source.give
      end)
      Thread.handle_interrupt(Motia::Worker::NEVER) { one.wait_for(waiter, lends: true) }
      done << :answered
    end)

    assert_equal :answered, within { done.pop }
  end

  def test_a_thread_that_is_ended_by_its_job_is_replaced
    done = Queue.new
    crew(limit: 1)

    5.times { @source.give(task { Thread.handle_interrupt(Motia::Worker::IMMEDIATE) { Thread.exit } }) }
    @source.give(task { done << :alive })

    assert_equal :alive, within { done.pop }
  end

  def test_what_was_raised_into_a_thread_between_two_jobs_reaches_neither
    pending = Queue.new
    crew(limit: 1)

    @source.give(task { Thread.current.raise(Motia::Cancelled.new('late')) })
    @source.give(task { pending << Thread.pending_interrupt? })

    assert_equal false, within { pending.pop }
  end

  def test_the_job_of_a_thread_that_was_ended_between_two_jobs_is_run_by_another
    done = Queue.new
    crew(limit: 1)

    @source.give(task { Thread.current.kill })
    @source.give(task { done << :alive })

    assert_equal :alive, within { done.pop }
  end

  def test_a_waiter_is_woken_from_another_thread_and_may_be_interrupted
    one = crew(limit: 2)
    results = Queue.new
    first = Motia::Worker::Waiter.new
    thread = Thread.new do
      waiter = Motia::Worker::Waiter.new
      results << waiter
      Thread.handle_interrupt(Motia::Worker::NEVER) { one.wait_for(waiter) }
      results << :woken
    end
    one.finish(within { results.pop })
    assert_equal :woken, within { results.pop }
    thread.join
    refute first.done

    interrupted = Thread.new do
      Thread.handle_interrupt(Motia::Worker::NEVER) { one.wait_for(Motia::Worker::Waiter.new) }
    rescue Motia::Cancelled => error
      error.reason
    end
    within { Thread.pass until interrupted.stop? }
    interrupted.raise(Motia::Cancelled.new('timeout'))
    assert_equal 'timeout', within { interrupted.value }
  end
end
