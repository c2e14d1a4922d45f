"""Waiting until nothing is in flight, or until the node has nothing to do."""

from __future__ import annotations

import asyncio

import pytest
from dispatch_world import World

from motia.model import StepId, StepKind


async def test_a_node_is_idle_when_everything_due_has_run(world: World) -> None:
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    runs = [await world.trigger("a", n) for n in range(3)]

    waiting = asyncio.ensure_future(world.dispatcher.wait_idle(60))
    await world.advance(0.5)
    assert not waiting.done()
    await world.advance(10)
    await asyncio.wait_for(waiting, 5)

    assert {(await world.run(run.run)).state for run in runs} == {"completed"}


async def test_what_is_due_later_is_not_waited_for(world: World) -> None:
    world.step("a")
    await world.boot()
    later = await world.trigger("a", delay_ms=60_000)

    await world.dispatcher.wait_idle(1)

    assert (await world.run(later.run)).state == "scheduled"


async def test_what_waits_for_a_person_or_a_resume_is_not_waited_for(world: World) -> None:
    world.step("a")
    world.step("person", kind=StepKind.NOOP)
    await world.boot()
    await world.dispatcher.pause(StepId("a"))
    await world.trigger("a")
    await world.trigger("person")

    await world.dispatcher.wait_idle(1)


async def test_a_limit_that_passes_names_what_is_still_running(world: World) -> None:
    world.step("slow", lambda call: call.sleep(1_000))
    await world.boot()
    await world.trigger("slow")

    waiting = asyncio.ensure_future(world.dispatcher.wait_idle(5))
    await world.advance(6)

    with pytest.raises(TimeoutError, match="not idle after 5 s: slow: 1 running"):
        await asyncio.wait_for(waiting, 5)


async def test_a_ledger_that_is_away_is_not_idle(world: World) -> None:
    world.step("a")
    await world.boot()
    world.ledger.is_down = True

    waiting = asyncio.ensure_future(world.dispatcher.wait_idle(2))
    await world.advance(3)

    with pytest.raises(TimeoutError, match="ledger: 1 unavailable"):
        await asyncio.wait_for(waiting, 5)


async def test_landing_is_waited_for_no_longer_than_said(world: World) -> None:
    world.step("slow", lambda call: call.sleep(10))
    await world.boot()
    await world.trigger("slow")
    await world.settle()
    idleness = world.dispatcher._idleness

    waiting = asyncio.ensure_future(idleness.wait_landed(3))
    await world.advance(4)
    assert await asyncio.wait_for(waiting, 5) is False

    waiting = asyncio.ensure_future(idleness.wait_landed(60))
    await world.advance(20)
    assert await asyncio.wait_for(waiting, 5) is True
