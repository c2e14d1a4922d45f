"""Waiting with a limit on the injected clock, and watching what may be a future already."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from motia.runtime import Clock

T = TypeVar("T")


def future_of(work: Awaitable[T]) -> asyncio.Future[T]:
    """`work` itself when it is a future, as on the hot path, else a task of it."""
    return work if isinstance(work, asyncio.Future) else asyncio.ensure_future(work)


async def done_within(clock: Clock, future: asyncio.Future[Any], timeout_s: float) -> bool:
    """Wait until `future` is done, at most `timeout_s` seconds; whether it is.

    The future is neither cancelled nor asked for its result. Cancellation only ends the wait.
    """
    if future.done() or timeout_s <= 0:
        return future.done()
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake(_: object = None) -> None:
        if not waiter.done():
            waiter.set_result(None)

    timer = clock.call_later(timeout_s, wake)
    future.add_done_callback(wake)
    try:
        await waiter
    finally:
        timer.cancel()
        future.remove_done_callback(wake)
    return future.done()
