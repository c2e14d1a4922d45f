"""Event, cron and noop steps in every form of the contract."""

from dataclasses import dataclass
from typing import TypedDict

from msgspec import Struct
from pydantic import BaseModel

from motia import (
    Context,
    Fatal,
    RetryAfter,
    call,
    cron,
    event,
    logger,
    motia,
    noop,
    on_start,
    on_stop,
    state,
    trigger,
)

started = []


@on_start
def open_pool():
    started.append("pool")


@on_stop
async def close_pool():
    started.clear()


@event(id="resize-image", schema={"imageId": str, "sizes": list}, concurrency=4)
async def resize_image(imageId: str, sizes: list) -> dict:
    return {"resized": len(sizes)}


@cron(id="nightly", schedule="0 3 * * *", timezone="Europe/Berlin")
async def nightly(ctx: Context):
    return {"kind": ctx.trigger.kind}


@event(id="send-sms", schema={"phone": str, "text": str})
async def send_sms(phone, text):
    logger.info("sending", phone=phone)
    await trigger("sms-sent", {"phone": phone})
    return {"sent": True}


@event(id="on-sms", topics=["sms-sent"])
async def on_sms(payload):
    return await state.increment("sms", payload["phone"], 1)


noop(id="approval", triggers=["send-sms"], triggered_by=["resize-image"], description="a person says yes")


@event(id="whole")
async def whole(anything):
    return anything


@event(id="fatal")
async def fatal():
    raise Fatal("never again")


@event(id="later")
async def later(ctx: Context):
    if ctx.attempt == 1:
        raise RetryAfter(5, "not yet")
    return ctx.attempt


@event(id="fails", retries=1, backoff={"initial": 1, "factor": 2, "cap": 60, "jitter": False})
async def fails():
    raise ValueError("on purpose")


@event(id="fails-elsewhere", retries=0, on_error="own-error-step")
async def fails_elsewhere():
    raise ValueError("elsewhere")


@event(id="handle-step-error")
async def handle_step_error(stepId, error, context, retryCount):
    logger.error("gave up", {"step": stepId})
    await state.set("errors", stepId, {"message": error["message"], "context": context, "count": retryCount})
    if retryCount < 2:
        await trigger(stepId, {**context, "__retry": retryCount + 1}, delay=10)


@event(id="own-error-step")
async def own_error_step(stepId, error):
    await state.set("errors", stepId, {"name": error["name"]})


@event(id="asks")
async def asks():
    answer = await call("resize-image", {"imageId": "i", "sizes": [1, 2]}, timeout=5)
    try:
        await motia.call("fatal")
    except Exception as error:
        return {"answer": answer, "refused": type(error).__name__}


@event(id="uses-state")
async def uses_state(ctx: Context):
    await state.set("g", "k", {"n": 1})
    await ctx.state.update("g", "k", lambda old: {**old, "n": old["n"] + 1})
    await state.update("g", "k", [{"op": "append", "path": "list", "value": "x"}])
    await state.increment("g", "count", 2)
    one, version = await state.get_versioned("g", "k")
    first = await state.compare_and_set("g", "k", {"n": 9}, version=version)
    second = await state.compare_and_set("g", "k", {"n": 8}, version=version)
    listed = await state.list("g")
    gone = await state.delete("g", "count")
    cleared = await state.clear("g")
    return {
        "read": one,
        "done": [first["done"], second["done"]],
        "listed": listed,
        "gone": gone,
        "cleared": cleared,
        "missing": await state.get("g", "k"),
    }


@event(id="context")
def context(ctx: Context):
    """A plain function: `trigger` and `state` need no await here."""
    receipt = ctx.motia.trigger("nobody-yet")
    print("printed", ctx.step_id)
    ctx.logger.warn("careful", {"n": 1})
    return {
        "ids": [len(ctx.run_id), len(ctx.trace_id)],
        "same": receipt["traceId"] == ctx.trace_id,
        "step": ctx.step_id,
        "attempt": ctx.attempt,
        "kind": ctx.trigger.kind,
        "stopped": ctx.signal.is_set(),
        "started": started,
    }


@event(id="options")
async def options():
    first = await trigger("whole", {"n": 1}, delay=30, key="k", idempotency_key="once", priority=5)
    second = await trigger("whole", {"n": 1}, idempotency_key="once")
    waited = await trigger("resize-image", {"imageId": "i", "sizes": []}, wait=10)
    try:
        await trigger("resize-image", {"imageId": 5})
    except Exception as error:
        refused = sorted(problem.path for problem in error.problems)
    return {
        "same": first["runId"] == second["runId"],
        "deduplicated": second["deduplicated"],
        "state": waited["state"],
        "result": waited["result"],
        "refused": refused,
    }


# The forms of a schema.


class Point(TypedDict):
    x: int
    y: int


class Order(BaseModel):
    id: str
    quantity: int = 1


class Letter(Struct):
    to: str
    copies: int = 2


@dataclass
class Parcel:
    weight: float
    fragile: bool = False


@event(id="by-json-schema", schema={"type": "object", "properties": {"n": {"type": "integer", "default": 3}}})
async def by_json_schema(n):
    return n


@event(id="by-library", schema=Order)
async def by_library(order: Order):
    return {"id": order.id, "quantity": order.quantity}


@event(id="by-struct", schema=Letter)
async def by_struct(to, copies):
    return {"to": to, "copies": copies}


@event(id="by-typed-dict", schema=Point)
async def by_typed_dict(x, y):
    return x + y


@event(id="by-dataclass")
async def by_dataclass(parcel: Parcel):
    return parcel.fragile


@event(id="by-hints")
async def by_hints(name: str, size: int = 3):
    return {"name": name, "size": size}
