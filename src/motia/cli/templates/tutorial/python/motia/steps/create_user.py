"""POST /users: checks the body, keeps the user, and leaves the slow work to two background steps."""

import uuid

from motia import Context, api, response, state, trigger


@api(
    id="create-user",
    method="POST",
    path="/users",
    description="Sign a user up",
    flows=["users"],
    triggers=["send-welcome-email", "analyze-user"],
    schema={
        "body": {
            "name": {"type": "string", "minLength": 1, "maxLength": 100},
            "email": {"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$", "maxLength": 254},
        }
    },
)
async def create_user(name: str, email: str, ctx: Context):
    user = {"id": uuid.uuid4().hex[:12], "name": name, "email": email}
    await state.set("users", user["id"], user)
    # Each trigger returns when the event is on disk; the steps run after the answer is sent.
    await trigger("send-welcome-email", {"userId": user["id"], "name": name, "email": email})
    await trigger("analyze-user", {"userId": user["id"], "email": email})
    ctx.logger.info("user signed up", {"userId": user["id"]})
    return response(user, status=201)
