from __future__ import annotations

import asyncio

from motia.testing.clock import AppClock


async def test_the_clock_waits_for_what_needs_real_time_before_it_moves_on() -> None:
    clock = AppClock(0)
    under_way = {"a"}
    clock.is_busy = lambda: bool(under_way)
    loop = asyncio.get_running_loop()
    loop.call_later(0.02, under_way.clear)
    seen: list[bool] = []
    clock.call_later(5, lambda: seen.append(bool(under_way)))

    await clock.advance(10)

    assert seen == [False]


async def test_a_chain_of_turns_is_finished_before_the_next_timer() -> None:
    clock = AppClock(0)
    order: list[str] = []

    async def chain() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        order.append("chain")

    tasks = []
    clock.call_later(1, lambda: tasks.append(asyncio.ensure_future(chain())))
    clock.call_later(2, lambda: order.append("next"))

    await clock.advance(3)

    assert order == ["chain", "next"]
    await asyncio.gather(*tasks)
