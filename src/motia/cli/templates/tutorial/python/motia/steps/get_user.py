"""GET /users/:id reads what POST /users kept."""

from motia import HttpError, api, state


@api(id="get-user", method="GET", path="/users/:id", flows=["users"])
async def get_user(id: str):
    user = await state.get("users", id)
    if user is None:
        raise HttpError(404, f"There is no user {id}")
    return user
