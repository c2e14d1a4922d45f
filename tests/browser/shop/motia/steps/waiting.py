"""Runs that wait, last, or take several tries: what a screen can only be tried with when it is there."""

import asyncio

from motia import Context, event, logger, noop

FOREVER_S = 600


@event(id="hold", concurrency=2, timeout=FOREVER_S, schema={"name": str})
async def hold(name: str):
    logger.info("holding", {"name": name})
    await asyncio.sleep(FOREVER_S)


@event(id="in-order", timeout=FOREVER_S, key="customer")
async def in_order(customer: str):
    await asyncio.sleep(FOREVER_S)


@event(id="third-time-lucky", retries=3, backoff={"initial": 0.05, "cap": 0.1})
async def third_time_lucky(ctx: Context):
    if ctx.attempt < 3:
        raise ConnectionError(f"refused at attempt {ctx.attempt}")
    return {"attempts": ctx.attempt}


@event(id="echo", schema={"text": str, "times": int})
async def echo(text: str, times: int):
    return {"said": text * times}


noop(id="approve", flows=["orders"], description="A person says yes")
