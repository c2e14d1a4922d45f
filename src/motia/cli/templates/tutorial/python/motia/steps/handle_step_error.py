"""Gets every run whose attempts are used up: the id makes it the project's error step.

It triggers the step again after 1, 2 and 4 seconds, then gives up.
"""

from typing import Any

from motia import event, logger, state, trigger

ROUNDS_MAX = 3


@event(
    id="handle-step-error",
    flows=["operations"],
    schema={"stepId": str, "error": dict, "context": Any, "retryCount": int, "traceId": str, "runId": str},
)
async def handle_step_error(
    stepId: str, error: dict, context: Any, retryCount: int, traceId: str, runId: str
):
    await state.set("incidents", runId, {"step": stepId, "error": error["message"], "payload": context})
    if retryCount >= ROUNDS_MAX or not isinstance(context, dict):
        logger.error("given up", {"step": stepId, "run": runId})
        return {"again": False}
    delay_s = 2**retryCount
    # The step never sees `__retry`; when the new run fails too, it comes back here as `retryCount`.
    await trigger(stepId, {**context, "__retry": retryCount + 1}, delay=delay_s)
    logger.warn("failed for good: triggered again", {"step": stepId, "run": runId, "delay": delay_s})
    return {"again": True}
