from __future__ import annotations

import asyncio

from dispatch_world import World

from motia.dispatch.periodic import STOP_LIMIT_S, Periodic
from motia.model import LedgerUnavailable


class Beat(Periodic):
    """Ticks are counted; each waits for the gate."""

    def __init__(self, world: World, interval_s: float = 10.0) -> None:
        world.build()
        super().__init__(world.dispatcher._state, name="beat", interval_s=interval_s)
        self.ticks = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def _tick(self) -> None:
        self.ticks += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error


async def test_it_ticks_at_once_at_its_interval_and_when_woken(world: World) -> None:
    beat = Beat(world)
    await beat.start()
    await world.settle()
    assert beat.ticks == 1
    await world.advance(25)
    assert beat.ticks == 3
    beat.wake()
    await world.settle()
    assert beat.ticks == 4
    await beat.stop()


async def test_a_wake_during_a_tick_is_not_lost_and_ticks_never_overlap(world: World) -> None:
    beat = Beat(world)
    beat.gate.clear()
    await beat.start()
    await world.settle()
    for _ in range(3):
        beat.wake()
    await world.settle()
    assert beat.ticks == 1
    beat.gate.set()
    await world.settle()

    assert beat.ticks == 2
    await beat.stop()


async def test_an_error_is_logged_and_the_loop_goes_on(world: World) -> None:
    beat = Beat(world)
    beat.error = ValueError("odd")
    await beat.start()
    await world.advance(3)

    assert beat.ticks == 4
    assert "beat failed and goes on: ValueError: odd" in [line["message"] for line in world.recorder.logs]
    await beat.stop()


async def test_a_refused_commit_is_reported_as_an_outage(world: World) -> None:
    beat = Beat(world)
    beat.error = LedgerUnavailable("disk full")
    await beat.start()
    await world.settle()

    assert not world.dispatcher.is_ledger_up
    await beat.stop()


async def test_stop_lets_a_tick_finish(world: World) -> None:
    beat = Beat(world)
    beat.gate.clear()
    await beat.start()
    await world.settle()
    stopping = asyncio.create_task(beat.stop())
    await world.advance(1)
    assert not stopping.done()
    beat.gate.set()
    await world.settle()

    assert stopping.done()


async def test_stop_has_a_limit(world: World) -> None:
    beat = Beat(world)
    beat.gate.clear()
    await beat.start()
    await world.settle()
    stopping = asyncio.create_task(beat.stop())
    await world.advance(STOP_LIMIT_S + 0.1)

    assert stopping.done()


async def test_the_life_cycle_is_safe_twice_and_in_the_wrong_order(world: World) -> None:
    beat = Beat(world)
    await beat.stop()
    for _ in range(3):
        await asyncio.gather(beat.start(), beat.start(), beat.stop(), beat.stop(), beat.start())
    await beat.stop()
    before = beat.ticks
    await world.advance(30)

    assert beat.ticks == before
