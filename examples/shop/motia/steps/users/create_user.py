"""Sign-up: the user is stored, and two background steps are triggered."""

import uuid
from typing import Annotated

from msgspec import Meta

from motia import Context, api, response, state, trigger

Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


@api(
    id="create-user",
    method="POST",
    path="/users",
    description="Sign a user up",
    flows=["users"],
    triggers=["send-welcome-email", "analyze-behavior"],
    schema={"body": {"name": Annotated[str, Meta(min_length=1, max_length=100)], "email": Email}},
)
async def create_user(name: str, email: str, ctx: Context):
    user = {"id": uuid.uuid4().hex[:12], "name": name, "email": email}
    await state.set("users", user["id"], user)
    await trigger("send-welcome-email", {"userId": user["id"], "email": email, "name": name})
    await trigger(
        "analyze-behavior",
        {"userId": user["id"], "actions": ["sign-up"], "metadata": {"traceId": ctx.trace_id}},
    )
    ctx.logger.info("user signed up", {"userId": user["id"]})
    return response(user, status=201)


@api(id="get-user", method="GET", path="/users/:id", flows=["users"])
async def get_user(id: str):
    user = await state.get("users", id)
    if user is None:
        return response({"error": f"no user {id}"}, status=404)
    return user
