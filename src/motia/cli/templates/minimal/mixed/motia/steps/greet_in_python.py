"""Answers the api step `hello`, which is written in TypeScript."""

from motia import event


@event(id="greet-in-python", schema={"name": str})
async def greet_in_python(name: str):
    return f"Hallo, {name}!"
