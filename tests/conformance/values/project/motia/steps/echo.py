"""Gives back what it gets, and hands on what it gets to another step."""

from motia import call, event


@event(id="echo-python", retries=0)
async def echo(payload):
    return payload


@event(id="relay-python", retries=0)
async def relay(target, value):
    return {"value": await call(target, value)}
