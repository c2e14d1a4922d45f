"""A background step: retried when it fails, never in the way of the request that triggered it."""

from motia import Context, event, logger, state


@event(
    id="send-welcome-email",
    flows=["users"],
    schema={"userId": str, "name": str, "email": str},
    retries=2,
    backoff={"initial": 0.2, "cap": 2},
)
async def send_welcome_email(userId: str, name: str, email: str, ctx: Context):
    if email.endswith("@example.invalid"):
        raise RuntimeError(f"the mail server refuses {email}")
    # Stands in for a mail server. The key is the same on every attempt of this run, so a repeated
    # attempt overwrites its own letter instead of sending a second one.
    await state.set("outbox", ctx.idempotency_key, {"to": email, "subject": f"Welcome, {name}!"})
    logger.info("welcome e-mail sent", {"userId": userId})
    return {"sent": True}
