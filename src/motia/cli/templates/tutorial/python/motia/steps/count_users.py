"""Runs every hour; try it at once with `motia cron run count-users`."""

from motia import cron, logger, state


@cron(id="count-users", schedule="0 * * * *", flows=["users"])
async def count_users():
    users = len(await state.list("users"))
    logger.info("users counted", {"users": users})
    return {"users": users}
