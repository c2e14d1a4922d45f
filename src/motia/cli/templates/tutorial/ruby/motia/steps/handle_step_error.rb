# frozen_string_literal: true

# Gets every run whose attempts are used up: the id makes it the project's error step.
# It triggers the step again after 1, 2 and 4 seconds, then gives up.

require "motia"

rounds_max = 3

event id: "handle-step-error", flows: ["operations"],
      schema: { stepId: String, error: Hash, context: {}, retryCount: Integer, traceId: String, runId: String } do
      |stepId:, error:, context:, retryCount:, runId:, **|
  state.set("incidents", runId, { step: stepId, error: error["message"], payload: context })
  if retryCount >= rounds_max || !context.is_a?(Hash)
    logger.error("given up", step: stepId, run: runId)
    next { again: false }
  end
  delay = 2**retryCount
  # The step never sees `__retry`; when the new run fails too, it comes back here as `retryCount`.
  trigger(stepId, context.merge("__retry" => retryCount + 1), delay: delay)
  logger.warn("failed for good: triggered again", step: stepId, run: runId, delay: delay)
  { again: true }
end
