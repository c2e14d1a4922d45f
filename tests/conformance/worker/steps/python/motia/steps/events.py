"""Event steps of the conformance suite. Every language has the same ones, with the same ids."""

import asyncio
import time

from motia import Context, Fatal, HttpError, RetryAfter, call, event, logger, trigger


@event(id="echo")
async def echo(payload):
    return payload


@event(
    id="typed", schema={"userId": str, "actions": list, "metadata": dict}, topics=["user.changed"], retries=5
)
async def typed(userId, actions, metadata):
    return {"userId": userId, "actions": len(actions), "metadata": metadata}


@event(id="defaults", schema={"name": str, "size": {"type": "integer", "default": 3}})
async def defaults(name, size):
    return {"name": name, "size": size}


@event(id="plain")
def plain(payload):
    return payload


@event(id="fails")
async def fails():
    raise ValueError("on purpose")


@event(id="fatal")
async def fatal():
    raise Fatal("never again")


@event(id="retry-after")
async def retry_after():
    raise RetryAfter(1.5, "later")


@event(id="http-error")
async def http_error():
    raise HttpError(418, "teapot", {"hint": "tea"})


@event(id="waits")
async def waits():
    logger.info("entered")
    await asyncio.sleep(3600)


@event(id="waits-plain")
def waits_plain(ctx: Context):
    logger.info("entered")
    ctx.signal.wait_blocking(3600)
    ctx.signal.raise_if_set()


@event(id="stubborn")
async def stubborn():
    logger.info("entered")
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        return {"finished": True}


@event(id="stalls", schema={"ms": int})
async def stalls(ms):
    time.sleep(ms / 1000)  # noqa: ASYNC251  # it blocks on purpose
    return True


@event(id="loops")
async def loops():
    logger.info("entered")
    await asyncio.sleep(0)
    while True:
        pass


@event(id="triggers", schema={"target": str, "value": int})
async def triggers(target, value):
    receipt = await trigger(target, {"value": value}, key="k", delay=2)
    return {"runId": receipt.run_id}


@event(id="triggers-plain", schema={"target": str})
def triggers_plain(target):
    return {"runId": trigger(target, {"a": 1}).run_id}


@event(id="triggers-and-leaves", schema={"target": str})
async def triggers_and_leaves(target):
    trigger(target)
    return "left"


@event(id="triggers-many", schema={"count": int})
async def triggers_many(count):
    await asyncio.gather(*[_one(number) for number in range(count)])
    return count


async def _one(number):
    return await trigger("x", {"number": number})


@event(id="calls", schema={"target": str})
async def calls(target):
    return await call(target, {"a": 1}, timeout=7)


@event(id="logs")
async def logs():
    logger.debug("one", {"n": 1})
    logger.info("two", size=2)
    logger.warn("three")
    logger.error("four")
    print("printed")
    return


@event(id="context")
async def context(ctx: Context):
    return {
        "runId": ctx.run_id,
        "traceId": ctx.trace_id,
        "stepId": ctx.step_id,
        "attempt": ctx.attempt,
        "retryCount": ctx.retry_count,
        "kind": ctx.trigger.kind,
        "target": ctx.trigger.details.get("target"),
    }


@event(id="big", schema={"bytes": int})
async def big(bytes):
    return "x" * bytes


@event(id="loud", schema={"bytes": int})
async def loud(bytes):
    logger.info("y" * bytes)


@event(id="deep")
async def deep():
    return _sink(60)


def _sink(depth):
    if depth == 0:
        raise RuntimeError("z" * 3000)
    return _sink(depth - 1)
