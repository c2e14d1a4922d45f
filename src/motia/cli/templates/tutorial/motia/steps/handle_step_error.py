"""Gets every run whose attempts are used up: the id makes it the project's error step."""

from typing import Any

from motia import event, logger, state


@event(
    id="handle-step-error",
    flows=["operations"],
    schema={"stepId": str, "error": dict, "context": Any, "retryCount": int, "traceId": str, "runId": str},
)
async def handle_step_error(
    stepId: str, error: dict, context: Any, retryCount: int, traceId: str, runId: str
):
    await state.set("incidents", runId, {"step": stepId, "error": error["message"], "payload": context})
    logger.error("a run is dead", {"step": stepId, "run": runId})
