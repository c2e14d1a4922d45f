"""The steps that the benchmarks exercise."""

import asyncio
import os
import time

from motia import api, event, trigger

LATENCIES = os.environ.get("BENCH_LATENCIES", "")


@api(id="hello", method="GET", path="/hello/:name")
async def hello(name: str):
    return {"hello": name}


@api(
    id="create",
    method="POST",
    path="/items",
    schema={"body": {"name": str, "price": float, "tags": list[str], "stock": int}},
)
async def create(name: str, price: float, tags: list[str], stock: int):
    return {"name": name, "total": price * stock, "tags": tags}


@event(id="noop", schema={"n": int})
async def noop(n: int):
    return None


@api(id="bulk", method="POST", path="/bulk", timeout=300, schema={"body": {"count": int, "in_flight": int}})
async def bulk(count: int, in_flight: int):
    """Trigger `count` events, `in_flight` at a time."""
    numbers = iter(range(count))

    async def produce():
        for n in numbers:
            await trigger("noop", {"n": n})

    await asyncio.gather(*(produce() for _ in range(in_flight)))
    return {"triggered": count}


@event(id="stamped", schema={"sent_ns": int})
async def stamped(sent_ns: int):
    if LATENCIES:
        with open(LATENCIES, "a") as file:
            file.write(f"{time.time_ns() - sent_ns}\n")


@api(id="steady", method="POST", path="/steady", timeout=300, schema={"body": {"count": int, "per_s": float}})
async def steady(count: int, per_s: float):
    """Trigger `count` events at a steady rate."""
    started = time.perf_counter()
    for n in range(count):
        await asyncio.sleep(max(0.0, started + n / per_s - time.perf_counter()))
        await trigger("stamped", {"sent_ns": time.time_ns()})
    return {"triggered": count}
