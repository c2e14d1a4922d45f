"""The welcome e-mail: writes to an outbox instead of a mail server."""

from lib.chance import may_fail

from motia import Context, event, logger, state


@event(
    id="send-welcome-email",
    flows=["users"],
    schema={"userId": str, "email": str, "name": str},
    backoff={"initial": 0.2, "cap": 2},
)
async def send_welcome_email(userId: str, email: str, name: str, ctx: Context) -> dict:
    may_fail("the mail server")
    # The key makes a repeated attempt overwrite its own letter instead of sending a second one.
    await state.set("outbox", ctx.idempotency_key, {"to": email, "subject": f"Welcome, {name}!"})
    logger.info("welcome e-mail sent", {"userId": userId})
    return {"sent": True}
