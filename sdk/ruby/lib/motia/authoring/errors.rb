# frozen_string_literal: true

# What the library raises at an author's code, and what an author raises to say how a run goes on.
#
# StandardError
# ├── Motia::Error
# │   ├── AuthorError
# │   │   └── StepFault          a step is declared wrongly; inside a worker it becomes a fault instead
# │   ├── CallerError            the same call will fail again
# │   │   ├── ValueNotJson, InputInvalid, NotInHandler, InvocationOver, CallFailed
# │   │   ├── PayloadInvalid, PayloadTooLarge, UnknownTarget, IdempotencyConflict, RunNotFound, RunConflict
# │   └── WorldError             the same call may succeed later
# │       ├── LedgerUnavailable, QueueFull, WorkerUnavailable, Draining, CallTimeout
# └── Motia::Outcome
#     ├── HttpError, Fatal, RetryAfter
# Exception
# └── Motia::Cancelled           raised into a handler that is cancelled; `rescue => e` does not take it

module Motia
  # One offending place of a value. `path` is a JSON Pointer below `where`: body, query, params, headers
  # or payload. `keyword` is the word of JSON Schema that does not hold.
  Problem = Struct.new(:path, :message, :where, :keyword, keyword_init: true)

  # Root of the errors that the library raises. `code` is stable; `hint` says what to do.
  class Error < StandardError
    # A stable name of the kind of error, such as `payload-invalid`.
    attr_reader :code
    # What to do about it; empty when there is nothing to say.
    attr_reader :hint

    def initialize(message = nil, hint: '', code: nil)
      super(message)
      @hint = hint
      @code = code || self.class::CODE
    end

    CODE = 'motia-error'
  end

  # A mistake in the project.
  class AuthorError < Error
    CODE = 'author-error'
  end

  # The call is at fault; the same call will fail again.
  class CallerError < Error
    CODE = 'bad-request'
  end

  # The world is at fault; the same call may succeed later.
  class WorldError < Error
    CODE = 'unavailable'
    RETRY_AFTER_S = 1.0
  end

  # A step is declared wrongly; `faults` lists everything that is wrong with it.
  class StepFault < AuthorError
    CODE = 'step-fault'

    attr_reader :faults

    def initialize(faults)
      super(faults.map { |fault| "#{fault[:file]}:#{fault[:line]}: #{fault[:message]}" }.join('; '),
            hint: faults.first[:hint].to_s)
      @faults = faults
    end
  end

  # A value cannot be written as JSON; the message names the place and the reason. Nothing was sent.
  class ValueNotJson < CallerError
    CODE = 'value-not-json'
  end

  # The input of a handler does not fit its schema; the handler was not entered.
  class InputInvalid < CallerError
    CODE = 'input-invalid'

    # Every Problem.
    attr_reader :problems

    def initialize(problems)
      places = problems.first(5).map { |problem| "#{problem.where}#{problem.path}: #{problem.message}" }
      more = problems.size > 5 ? " (and #{problems.size - 5} more)" : ''
      super("the input does not fit the schema: #{places.join('; ')}#{more}")
      @problems = problems
    end
  end

  # There is no run here: nothing was sent.
  class NotInHandler < CallerError
    CODE = 'not-in-handler'
  end

  # The handler that this code belongs to was answered already: nothing was sent.
  class InvocationOver < CallerError
    CODE = 'invocation-over'
  end

  # The step that `call` ran failed for good. `error` is its final error: name, message, stack, kind.
  class CallFailed < CallerError
    CODE = 'call-failed'

    attr_reader :error

    def initialize(message = nil, error: {}, hint: '')
      super(message, hint: hint)
      @error = error
    end
  end

  # A payload does not fit its schema; `problems` lists every place. Nothing was queued.
  class PayloadInvalid < CallerError
    CODE = 'payload-invalid'

    attr_reader :problems

    def initialize(message = nil, problems: [], hint: '')
      super(message, hint: hint)
      @problems = problems
    end
  end

  # A payload or value is over its limit. Nothing was sent.
  class PayloadTooLarge < CallerError
    CODE = 'payload-too-large'
  end

  # No step has this id and none subscribes to it, where that is an error (`call`, strict).
  class UnknownTarget < CallerError
    CODE = 'unknown-target'
  end

  # The idempotency key was used for this target with another payload. Nothing was queued.
  class IdempotencyConflict < CallerError
    CODE = 'idempotency-conflict'
  end

  # No run has this id.
  class RunNotFound < CallerError
    CODE = 'run-not-found'
  end

  # The run's state does not allow what was asked.
  class RunConflict < CallerError
    CODE = 'run-conflict'
  end

  # The ledger could not commit. Nothing was accepted.
  class LedgerUnavailable < WorldError
    CODE = 'ledger-unavailable'
  end

  # The step has as many open runs as it may have. Nothing was accepted.
  class QueueFull < WorldError
    CODE = 'queue-full'
  end

  # No live worker has loaded the step.
  class WorkerUnavailable < WorldError
    CODE = 'worker-unavailable'
  end

  # The engine is stopping and takes no new work.
  class Draining < WorldError
    CODE = 'draining'
  end

  # A called run was not finished in time; it goes on.
  class CallTimeout < WorldError
    CODE = 'call-timeout'
  end

  # The handler should stop: `reason` is timeout, cancel, shutdown or disconnect.
  class Cancelled < Exception # rubocop:disable Lint/InheritException -- `rescue => e` must not take it
    attr_reader :reason

    def initialize(reason = 'cancel')
      super("cancelled: #{reason}")
      @reason = reason
    end
  end

  # What an engine's error becomes in the handler that made the call.
  module RemoteErrors
    BY_CODE = [PayloadTooLarge, UnknownTarget, IdempotencyConflict, RunNotFound, RunConflict, LedgerUnavailable,
               QueueFull, WorkerUnavailable, Draining, InvocationOver, CallTimeout]
              .to_h { |kind| [kind::CODE, kind] }.freeze

    # The exception for the `error` of a reply. A code that this version does not know becomes a
    # CallerError or WorldError that carries it.
    def self.read(error)
      code, message, hint = error.values_at('code', 'message', 'hint').map(&:to_s)
      return CallFailed.new(message, error: error['error'] || {}, hint: hint) if error['kind'] == 'run'

      problems = Array(error['problems'])
      if problems.any? || code == PayloadInvalid::CODE
        return PayloadInvalid.new(message, hint: hint, problems: problems.map { |one| problem(one) })
      end
      known = BY_CODE[code]
      return known.new(message, hint: hint) if known

      (error['kind'] == 'world' ? WorldError : CallerError).new(message, hint: hint, code: code)
    end

    def self.problem(fields)
      Problem.new(path: fields['path'].to_s, message: fields['message'].to_s,
                  where: fields.fetch('where', 'payload'), keyword: fields['keyword'].to_s)
    end
    private_class_method :problem
  end
end
