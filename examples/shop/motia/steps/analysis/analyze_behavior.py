"""Behaviour analysis: counts what users do."""

from motia import event, logger, state


@event(
    id="analyze-behavior",
    flows=["users"],
    topics=["order.placed"],
    schema={"userId": str, "actions": list, "metadata": dict},
)
async def analyze_behavior(userId: str, actions: list, metadata: dict) -> dict:
    for action in actions:
        await state.increment("actions", str(action), 1)
    score = min(100, 10 * len(actions))
    logger.info("behaviour analysed", {"userId": userId, "score": score})
    return {"userId": userId, "score": score, "fields": sorted(metadata)}
