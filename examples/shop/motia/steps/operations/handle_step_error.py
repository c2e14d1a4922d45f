"""Final failures of every step come here: try again later, three times, then write it down."""

from typing import Any

from motia import event, logger, state, trigger

TRIES = 3


@event(
    id="handle-step-error",
    flows=["operations"],
    schema={"stepId": str, "error": dict, "context": Any, "retryCount": int, "traceId": str, "runId": str},
)
async def handle_step_error(
    stepId: str, error: dict, context: Any, retryCount: int, traceId: str, runId: str
):
    if retryCount < TRIES and isinstance(context, dict):
        delay_s = 2 ** (retryCount + 1)
        logger.warn("trying the step again", {"step": stepId, "delayS": delay_s})
        await trigger(stepId, {**context, "__retry": retryCount + 1}, delay=delay_s)
        return {"action": "retried"}
    await state.set("incidents", runId, {"step": stepId, "error": error.get("message"), "trace": traceId})
    logger.error("gave up", {"step": stepId, "runId": runId})
    return {"action": "recorded"}
