"""A caller and a callee in Python."""

import asyncio
import time

from motia import api, call, event


@event(id="echo-python", schema={})
async def echo():
    return {"startedNs": str(time.monotonic_ns())}


@api(
    id="from-python",
    method="POST",
    path="/from-python",
    timeout=300,
    schema={"body": {"target": str, "count": int, "gap_ms": int}},
)
async def from_python(target: str, count: int, gap_ms: int):
    rows = []
    for _ in range(count):
        await asyncio.sleep(gap_ms / 1000)
        sent = time.monotonic_ns()
        answer = await call(target, {})
        rows.append([int(answer["startedNs"]) - sent, time.monotonic_ns() - sent])
    return rows
