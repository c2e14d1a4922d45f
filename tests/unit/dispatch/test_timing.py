from __future__ import annotations

import asyncio

from motia.dispatch.timing import done_within
from motia.runtime import FrozenClock


async def test_it_returns_when_the_future_is_done_or_the_time_is_over() -> None:
    clock = FrozenClock()
    future = asyncio.get_running_loop().create_future()
    short = asyncio.create_task(done_within(clock, future, 1))
    long = asyncio.create_task(done_within(clock, future, 9))
    await clock.advance(2)
    future.set_result(None)
    await clock.settle()

    assert await short is False
    assert await long is True
    assert clock.next_timer_s() is None


async def test_it_neither_cancels_nor_keeps_the_future() -> None:
    clock = FrozenClock()
    future = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(done_within(clock, future, 5))
    await clock.settle()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert not future.cancelled()
    assert clock.next_timer_s() is None


async def test_no_time_left_is_no_wait() -> None:
    future = asyncio.get_running_loop().create_future()

    assert await done_within(FrozenClock(), future, 0) is False
