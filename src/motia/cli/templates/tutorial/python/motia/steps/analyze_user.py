"""A second background step of the same event: it runs beside the first one."""

from motia import event, logger, state


@event(id="analyze-user", flows=["users"], schema={"userId": str, "email": str})
async def analyze_user(userId: str, email: str):
    domain = email.rpartition("@")[2]
    users = await state.increment("users-by-domain", domain, 1)
    logger.info("user analyzed", {"userId": userId, "domain": domain})
    return {"domain": domain, "users": users}
