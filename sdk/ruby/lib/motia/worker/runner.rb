# frozen_string_literal: true

# Runs one handler, from `invoke` to its answer, on the thread that is asked to.
#
# Invariants
# 1. Every invocation handed to `run` is answered exactly once, whatever its handler does: exit, throw,
#    and ending its thread are failures of the run like any other.
# 2. Interrupts reach the thread only while it is in the author's code; what came before that, the crew
#    has dropped.

require 'motia/authoring/request'
require 'motia/authoring/response'
require 'motia/worker/answers'
require 'motia/worker/crew'
require 'motia/worker/streams'

module Motia
  module Worker
    # The handler ended its thread.
    class ThreadEnded < StandardError
      def initialize
        super('the handler ended its thread (Thread.exit or Thread#kill)')
      end
    end

    # Runs handlers for one worker.
    class Runner
      # A handler that took less is expected to do so again.
      QUICK_NS = 500_000

      attr_accessor :root, :payload_bytes_max, :stack_bytes_max

      # `enter` says whether a running may begin, `leave` that its thread is out of the author's code,
      # `answer` ends it.
      def initialize(outbox:, enter:, leave:, answer:)
        @outbox = outbox
        @enter = enter
        @leave = leave
        @answer = answer
        @root = ''
        @payload_bytes_max = 1_048_576
        @stack_bytes_max = 65_536
      end

      # Runs the handler of an invocation. On a thread of the crew.
      def run(running)
        return unless @enter.call(running)

        Invocation.current = running
        running.entered_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
        begin
          frame = running.definition.kind == 'api' ? request(running) : event(running)
        rescue Exception => error # rubocop:disable Lint/RescueException -- a handler may raise anything
          frame = failed(running, error)
        ensure
          @leave.call(running)
          took_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - running.entered_ns
          is_quick = running.definition.is_quick = took_ns < QUICK_NS
          @answer.call(running, frame || failed(running, ThreadEnded.new), is_held: is_quick)
          Invocation.current = nil
        end
      end

      private

      def event(running)
        definition = running.definition
        arguments, keywords = definition.binding.bind(running.message['payload'], running)
        value = Thread.handle_interrupt(IMMEDIATE) { definition.handler.call(*arguments, **keywords) }
        Answers.result(running, value, bytes_max: @payload_bytes_max)
      end

      def request(running)
        request = request_of(running)
        answer = Thread.handle_interrupt(IMMEDIATE) { through(running, request, 0) }
        return Answers.response(running, answer) unless answer.stream?

        stream(running, answer)
      end

      # The answer of the middleware from `index` on, and of the handler behind it.
      def through(running, request, index)
        definition = running.definition
        middleware = definition.middleware[index]
        unless middleware
          arguments, keywords = definition.binding.bind(request, running)
          return Response.of(definition.handler.call(*arguments, **keywords))
        end
        passed = nil
        following = ->(changed = nil) { passed = through(running, changed || request, index + 1) }
        value = call_middleware(middleware, request, Context.of(running), following)
        # A middleware that forgets to return the answer it waited for means that answer.
        value.nil? && passed ? passed : Response.of(value)
      end

      # One that takes only `(request, ctx)` gets what follows as its block.
      def call_middleware(middleware, request, context, following)
        arity = middleware.respond_to?(:arity) ? middleware.arity : middleware.method(:call).arity
        return middleware.call(request, context, &following) if arity == 2

        middleware.call(request, context, following)
      end

      def stream(running, answer)
        outflow = running.outflow = Outflow.new(running, answer, @outbox)
        Thread.handle_interrupt(IMMEDIATE) { outflow.send_all }
        chunk(running, '')
      rescue Exception => error # rubocop:disable Lint/RescueException -- as in run
        outflow.begun? ? broken(running, error) : failed(running, error)
      end

      def broken(running, error)
        fields = Answers.failure_fields(running, error, @root, @stack_bytes_max)
        text = "#{fields[:name]}: #{fields[:message]}"
        if fields[:kind] != 'cancelled'
          running.port.log(running, 'error', "the stream ended broken: #{text}\n#{fields[:stack]}", nil, 'logger')
        end
        chunk(running, text)
      end

      def chunk(running, error)
        Protocol.frame(Json.write({ type: 'chunk', invocation: running.number, last: true, error: error }))
      end

      def failed(running, error)
        Answers.failure(running, error, root: @root, stack_bytes_max: @stack_bytes_max)
      rescue Exception => worse # rubocop:disable Lint/RescueException -- an error whose text cannot be made
        Protocol.frame(Json.write({ type: 'failure', invocation: running.number, name: error.class.name.to_s,
                                       message: "(its text cannot be read: #{worse.class})" }))
      end

      def request_of(running)
        raw = running.message['request']
        unless raw
          raise Fatal, "the api step #{running.step.inspect} runs for a request, and this #{running.kind} " \
                       'invocation has none'
        end
        body = running.blob || ''.b
        Request.new(method: raw['method'], url: raw['url'], path: raw['path'], params: raw['params'] || {},
                    query: raw['query'] || {}, headers: raw['headers'] || [], media: raw['media'] || 'none',
                    form: raw['form'], files: files_of(raw, body), client: raw['client'] || '', raw: body)
      end

      def files_of(raw, body)
        (raw['files'] || []).map do |part|
          UploadedFile.new(name: part['name'], filename: part['filename'], content_type: part['content_type'],
                           body: body, offset: part['offset'], length: part['length'])
        end
      end
    end
  end
end
