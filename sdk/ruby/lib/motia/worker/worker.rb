# frozen_string_literal: true

# Answers the engine's messages: a worker of one connection.
#
# Invariants
# 1. An invocation is answered once, after its handler is done, after its calls are answered, and after
#    its background threads have ended.
# 2. What changes of an invocation changes with `@lock`; nothing of the author's runs with it.

require 'motia/loading/loader'
require 'motia/protocol/outbox'
require 'motia/protocol/session'
require 'motia/protocol/transport'
require 'motia/worker/capture'
require 'motia/worker/open_calls'
require 'motia/worker/runner'
require 'motia/worker/running'
require 'motia/worker/watchdog'

module Motia
  module Worker
    # One worker. It is the port of the invocations that it runs.
    class Worker
      END_GRACE_S = 0.4

      attr_reader :payload_bytes_max

      # `on_close` is called once, when nothing more will be said; `end_soon` when the engine is gone.
      def initialize(transport, end_soon: Watchdog.method(:end_soon), &on_close)
        @transport = transport
        @end_soon = end_soon
        @on_close = on_close
        @session = Protocol::Session.new
        @decoder = Protocol::FrameDecoder.new
        @outbox = Protocol::Outbox.new(transport)
        @lock = Mutex.new
        @calls = OpenCalls.new(@outbox)
        @in_flight = {}
        @ignored = 0
        @limits = {}
        @payload_bytes_max = 1_048_576
        @runner = Runner.new(outbox: @outbox, enter: method(:enter), leave: method(:leave), answer: method(:answer))
        @crew = Crew.new(limit: 1, read: method(:receive), run: method(:work), flush: @outbox.method(:flush))
      end

      # Starts to read.
      def start
        @crew.start
      end

      # In a child process: nothing is said or read any more.
      def abandon
        @session.close
        @transport.abandon
        @capture&.abandon
      end

      # See Motia::Invocation: carries out a call and returns its value.
      def call(running, op, args)
        raise NotInHandler, "#{op} was used in a child process: only the worker itself speaks to the engine" if ForkGuard.child?

        Thread.handle_interrupt(NEVER) do
          waiter = Waiter.new
          @lock.synchronize { @calls.start(running, op, args, waiter) }
          @crew.wait_for(waiter, lends: op == 'call' || (op == 'trigger' && args.include?('"wait_ms"')))
          raise waiter.error if waiter.error

          waiter.value
        end
      end

      # See Motia::Invocation.
      def log(running, level, message, fields, source)
        return if @session.closed?

        line = { type: 'log', level: level, message: Stacks.cut(Json.clean(message), limit(:log_bytes_max, 16_384)),
                 invocation: running ? running.number : 0,
                 at: Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond), source: source }
        @outbox.put_log(line, fields && bounded(fields))
      end

      # See Motia::Invocation.
      def span(running, name, started_at, duration_us, fields)
        @outbox.put_message({ type: 'span', invocation: running.number, name: Json.clean(name),
                              span: Random.urandom(8).unpack1('H*'), parent: running.span, started_at: started_at,
                              duration_us: duration_us, fields: JSON.parse(bounded(fields || '{}')) })
      end

      # See Motia.background.
      def background(running, &block)
        @lock.synchronize do
          if running.is_over && running.kept.zero?
            raise InvocationOver, "background was used after the handler of #{running.step.inspect} had returned"
          end
          running.pending += 1
          running.kept += 1
        end
        Thread.handle_interrupt(NEVER) do
          thread = Background.new { in_background(running, block) }
          @lock.synchronize { running.add_background(thread) }
          thread
        end
      end

      private

      def limit(name, default)
        @limits[name] || default
      end

      # what the engine says

      # Reads once and returns what is to be run; nil at the end. One thread at a time.
      def receive(wait)
        data = @transport.read(&wait)
        return end_of_file if data.nil?

        jobs = []
        @decoder.feed(data) { |message, blob| take(message, blob, jobs) unless @session.closed? }
        @session.closed? ? finish : jobs
      rescue Protocol::Fault => fault
        log_own('error', "protocol fault: #{fault.message}; the worker ends")
        finish
      end

      def take(message, blob, jobs)
        case @session.accept(message)
        when 'invoke' then invoke(message, blob, jobs)
        when 'reply' then reply(message)
        when 'cancel' then cancel(message)
        when 'pull' then pull(message)
        when 'ping' then @outbox.put_message({ type: 'pong', token: message['token'] })
        when 'hello' then greet(message)
        when 'load' then jobs << Task.new { load(message) }
        when 'drain' then jobs << Task.new { stop } if drained?
        end
      end

      def greet(message)
        @limits = message.transform_keys(&:to_sym)
        @payload_bytes_max = @runner.payload_bytes_max = limit(:payload_bytes_max, 1_048_576)
        @runner.stack_bytes_max = limit(:stack_bytes_max, 65_536)
        @calls.calls_max = [limit(:calls_max, 256), 1].max
        @crew.limit = [limit(:threads, 40), 1].max
        @capture = Capture.new(method(:log))
        Watchdog.watch(stall_ms: limit(:stall_ms, 1_000), busy: -> { @in_flight.values }, report: method(:stalled))
        @outbox.put_message({ type: 'hello', protocol: Protocol::VERSION, language: 'ruby',
                              runtime: "#{RUBY_ENGINE == 'ruby' ? 'CRuby' : RUBY_ENGINE} #{RUBY_VERSION}",
                              pid: Process.pid, sdk: VERSION })
      end

      def load(message)
        @is_loading = true
        @loader = Loading::Loader.new(message['root'], message['files'])
        @runner.root = @loader.root
        tell = message['tells'] ? method(:tell_file) : ->(_file) {}
        manifest = @loader.load(tell: tell) { |hook| in_author { hook.block.call } }
        GC.start
        # Before the manifest leaves: another thread may read what the engine answers to it.
        @session.loaded
        @outbox.put_message({ type: 'manifest', **manifest })
        @is_loading = false
        stop if drained?
      rescue Protocol::Fault, JSON::GeneratorError, SystemCallError => error
        log_own('error', "the manifest cannot be sent: #{error.message}; the worker ends")
        finish
      end

      def tell_file(file)
        @outbox.put_message({ type: 'loading', file: file })
      end

      def invoke(message, blob, jobs)
        definition = @loader.steps[message['step']]
        return @outbox.put_message(Answers.not_loaded(message)) unless definition&.handler

        number = message['invocation']
        raise Protocol::Fault, "invocation #{number} is in flight already" if @in_flight.key?(number)

        running = Running.new(message, blob, definition, self, Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond))
        @in_flight[number] = running
        jobs << running
      end

      def cancel(message)
        running = @in_flight[message['invocation']]
        running ? cancel_running(running, message['reason']) : @ignored += 1
      end

      def cancel_running(running, reason)
        running.cancel(reason)
        is_early = @lock.synchronize do
          next true unless running.entered_ns

          unless running.is_interrupted
            running.is_interrupted = true
            [running.thread, *running.backgrounds].each { |thread| thread&.raise(Cancelled.new(reason)) }
          end
          false
        end
        answer(running, Answers.cancelled_early(running, reason)) if is_early
      end

      def pull(message)
        outflow = @in_flight[message['invocation']]&.outflow
        outflow ? outflow.grant(message['bytes']) : @ignored += 1
      end

      def reply(message)
        entry = @lock.synchronize { @calls.reply(message) }
        return @ignored += 1 unless entry

        error = entry.waiter.error
        # Its handler has returned, so nobody of it waits for this any more.
        if error && entry.running.held && !entry.waiter.thread.is_a?(Background)
          log(entry.running, 'error', "#{entry.op} was not waited for and failed: #{error.message}", nil, 'logger')
        end
        @crew.finish(entry.waiter)
        settle(entry.running)
      end

      def end_of_file
        @session.close
        @end_soon.call
        @lock.synchronize { @calls.abandon }.each { |entry| @crew.finish(entry.waiter) }
        @in_flight.each_value { |running| cancel_running(running, 'shutdown') }
        Thread.new do
          until_s = Process.clock_gettime(Process::CLOCK_MONOTONIC) + END_GRACE_S
          sleep(0.02) until @in_flight.empty? || Process.clock_gettime(Process::CLOCK_MONOTONIC) > until_s
          finish
        end
        nil
      end

      # Says what was said and closes the connection; returns nil. Safe twice.
      def finish
        @session.close
        @outbox.close
        on_close = @lock.synchronize { @on_close.tap { @on_close = nil } }
        on_close&.call
        nil
      end

      # what the worker runs

      def work(job)
        job.is_a?(Running) ? @runner.run(job) : job.run
      end

      # Whether a handler may be entered: not one that was cancelled before.
      def enter(running)
        @lock.synchronize do
          next false if running.is_over

          running.entered_ns = 0
          running.thread = Thread.current
          true
        end
      end

      # Its handler is left: nothing is raised into its thread any more.
      def leave(running)
        Process.exit!(0) if ForkGuard.child? # a handler that went on after `fork` ends with its child

        @lock.synchronize { running.thread = nil }
      end

      # The handler is done: answer once nothing of it is under way. `is_held`: this is a thread of the crew,
      # which flushes before it waits.
      def answer(running, frame, is_held: false)
        is_first = @lock.synchronize do
          next false if running.is_over

          running.is_over = true
          running.held = frame
          true
        end
        return unless is_first

        running.backgrounds&.each { |thread| report_unseen(running, thread) }
        settle(running, is_held: is_held)
      end

      # Sends the held answer when nothing is pending.
      def settle(running, is_held: false)
        frame = @lock.synchronize do
          next nil unless running.held && running.pending.zero?

          running.held.tap { running.held = nil }
        end
        return unless frame

        @capture&.flush(running)
        # Together: its number is free before the engine has the answer, and the worker is not drained before.
        @lock.synchronize do
          @in_flight.delete(running.number)
          is_held ? @outbox.hold(frame) : @outbox.put(frame)
        end
        @crew.add(Task.new { stop }) if @session.state == :draining && drained?
      end

      def in_background(running, block)
        thread = Thread.current
        thread.report_on_exception = false
        Invocation.current = running
        begin
          Thread.handle_interrupt(IMMEDIATE) { block.call }
        rescue Exception => error # rubocop:disable Lint/RescueException -- whoever asks for its value gets it
          thread.failure = error
          raise
        ensure
          @lock.synchronize { running.kept -= 1 }
          report_unseen(running, thread) if running.is_over
          @lock.synchronize { running.pending -= 1 }
          settle(running)
        end
      end

      # Logs what a background thread raised, once, when nobody asked for its value.
      def report_unseen(running, thread)
        error = thread.failure
        return if error.nil? || thread.is_awaited || error.is_a?(Cancelled)

        thread.failure = nil
        log(running, 'error', "a background block failed: #{Stacks.of(error, @runner.root, running.step)}", nil, 'logger')
      end

      def in_author(&block)
        Thread.handle_interrupt(IMMEDIATE, &block)
      end

      # Whether all that is left is to stop; true once.
      def drained?
        @lock.synchronize do
          next false if @session.state != :draining || @is_loading || !@in_flight.empty? || @is_stopping

          @is_stopping = true
        end
      end

      def stop
        run_hook = ->(hook) { in_author { hook.block.call } }
        on_error = lambda do |hook, error|
          log_own('error', "on_stop in #{hook.file}:#{hook.line} failed: #{Stacks.of(error, @runner.root)}")
        end
        @loader&.stop(run_hook, on_error)
        finish
      end

      def stalled(running, late_ms)
        stack = running.thread ? Stacks.of_thread(running.thread, @runner.root, running.step) : ''
        @outbox.put_message({ type: 'stalled', invocation: running.number, step: running.step, ms: late_ms,
                              stack: Stacks.cut(Json.clean(stack), limit(:stack_bytes_max, 65_536)) })
      end

      def bounded(fields)
        bytes_max = limit(:log_bytes_max, 16_384)
        fields.bytesize <= bytes_max ? fields : JSON.generate({ cut: Stacks.cut(fields, bytes_max) })
      end

      def log_own(level, message)
        if %i[connected closed].include?(@session.state)
          # Not greeted: only the process's own output reaches a reader.
          IO.for_fd(2, autoclose: false).syswrite("motia worker: #{message}\n")
        else
          log(nil, level, message, nil, 'stderr')
        end
      end
    end
  end
end
