# frozen_string_literal: true

# What a handler returned or raised, as the frame that answers its invocation.

require 'motia/authoring/encoding'
require 'motia/authoring/errors'
require 'motia/protocol/frames'
require 'motia/worker/stacks'

module Motia
  module Worker
    # The handler's result cannot be sent; trying again would not help.
    class ResultRefused < StandardError
      attr_reader :name

      def initialize(name, message)
        super(message)
        @name = name
      end
    end

    # Makes frames of answers.
    module Answers
      MESSAGE_BYTES_MAX = 16_384

      module_function

      # The frame for the result of an event or cron handler. Raises ResultRefused.
      def result(running, value, bytes_max:)
        what = "the result of step #{running.step.inspect}"
        # Text that is too long is not written first to be measured.
        too_large(what, value.bytesize + 2, bytes_max) if value.is_a?(String) && value.bytesize + 2 > bytes_max
        body = value.nil? ? 'null' : encoded { Json.encode(value, what: what) }
        too_large(what, body.bytesize, bytes_max) if body.bytesize > bytes_max
        handler_us, wait_us = times(running)
        Protocol.frame("{\"type\":\"result\",\"invocation\":#{running.number},\"value\":#{body}," \
                       "\"handler_us\":#{handler_us},\"wait_us\":#{wait_us}}")
      end

      # The frame for the answer of an api handler, whole. Raises ResultRefused.
      def response(running, answer)
        what = "the response of step #{running.step.inspect}"
        headers, body = encoded { answer.encode(what: what) }
        if body.bytesize > Protocol::BLOB_BYTES_MAX
          raise ResultRefused.new('PayloadTooLarge',
                                  "#{what} is #{body.bytesize} bytes; stream what is over #{Protocol::BLOB_BYTES_MAX}")
        end
        head(running, answer.status, headers, {}, body)
      end

      # The frame that opens a streamed response.
      def opening(running, answer)
        head(running, answer.status, answer.typed('application/octet-stream'), { stream: true }, nil)
      end

      # The frame for what a handler raised.
      def failure(running, error, root:, stack_bytes_max:)
        handler_us, wait_us = times(running)
        fields = failure_fields(running, error, root, stack_bytes_max)
        Protocol.frame(Json.write({ type: 'failure', invocation: running.number, **fields,
                                       handler_us: handler_us, wait_us: wait_us }))
      end

      # The fields of the failure that an error stands for, `name` and `message` among them.
      def failure_fields(running, error, root, stack_bytes_max)
        fields = { name: Stacks.name_of(error), message: Stacks.cut(text_of(error), MESSAGE_BYTES_MAX) }
        case error
        when InputInvalid
          problems = error.problems.map { |one| one.to_h.transform_values { |text| Json.clean(text) } }
          return fields.merge(name: 'ValidationError', kind: 'validation', problems: problems)
        when ResultRefused then return fields.merge(name: error.name, kind: 'fatal')
        when Cancelled
          unless running.cancel_reason.empty?
            return { name: 'Cancelled', message: "cancelled: #{running.cancel_reason}", kind: 'cancelled' }
          end
        end
        fields[:stack] = Stacks.cut(Json.clean(Stacks.of(error, root, running.step)), stack_bytes_max)
        fields.merge(outcome_fields(running, error))
      end

      # The answer to an invocation of a step that is not here.
      def not_loaded(message)
        { type: 'failure', invocation: message['invocation'], name: 'NotLoaded', kind: 'not_loaded',
          message: "this worker has not loaded a step #{message['step'].inspect}" }
      end

      # The answer to an invocation that was cancelled before its handler was entered.
      def cancelled_early(running, reason)
        Protocol.frame(Json.write({ type: 'failure', invocation: running.number, name: 'Cancelled',
                                       message: "cancelled: #{reason}", kind: 'cancelled' }))
      end

      def outcome_fields(running, error)
        case error
        when HttpError
          headers = error.headers.map { |name, value| [name.to_s.downcase, Json.clean(value.to_s)] }
          { kind: 'http', status: error.status, headers: headers }
            .merge(error.details.nil? ? {} : { details: JSON.parse(Json.lenient(error.details)) })
        when RetryAfter then { kind: 'retry_after', retry_after_ms: error.retry_after_ms }
        when Fatal then { kind: 'fatal' }
        when WorldError
          # Of a request it is nobody's fault and soon over: the client hears 503 with Retry-After.
          return { kind: 'error' } unless running.run.empty? && !error.is_a?(CallTimeout)

          { kind: 'retry_after', retry_after_ms: (WorldError::RETRY_AFTER_S * 1_000).round }
        else { kind: 'error' }
        end
      end
      private_class_method :outcome_fields

      def text_of(error)
        case error
        when SystemExit then "exit(#{error.status}) in a handler: it ends the process nowhere but in a program of its own"
        when Motia::Error
          error.hint.empty? ? Stacks.message_of(error) : "#{Stacks.message_of(error)} (#{Json.clean(error.hint)})"
        else Stacks.message_of(error)
        end
      end
      private_class_method :text_of

      def too_large(what, bytes, bytes_max)
        raise ResultRefused.new('PayloadTooLarge', "#{what} is #{bytes} bytes of JSON; the limit is #{bytes_max}")
      end
      private_class_method :too_large

      def encoded
        yield
      rescue ValueNotJson => error
        raise ResultRefused.new('ResultNotJson', "#{error.message} (#{error.hint})")
      end
      private_class_method :encoded

      def head(running, status, headers, more, body)
        handler_us, wait_us = times(running)
        Protocol.frame(Json.write({ type: 'result', invocation: running.number, status: status, headers: headers,
                                       **more, handler_us: handler_us, wait_us: wait_us }), body)
      end
      private_class_method :head

      def times(running)
        now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
        entered = running.entered_ns || now
        [(now - entered) / 1_000, (entered - running.read_ns) / 1_000]
      end
      private_class_method :times
    end
  end
end
