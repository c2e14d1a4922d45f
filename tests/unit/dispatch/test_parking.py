from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dispatch_world import World
from scripted_workers import Call

from motia.model import Concurrency, RunState


@pytest.fixture
def done(world: World) -> list[Any]:
    """Payloads in the order in which `note` saw them."""
    return []


def note(done: list[Any]) -> Callable[[Call], Any]:
    async def handler(call: Call) -> None:
        await call.sleep(0.01 * (3 - call.payload["n"] % 3))
        done.append(call.payload["n"])

    return handler


async def test_a_parked_event_is_delivered_when_its_step_appears(world: World) -> None:
    await world.boot()
    accepted = await world.trigger("late", {"x": 1})
    await world.advance(5)
    assert (await world.run(accepted.run)).state is RunState.PARKED

    world.step("late")
    await world.settle()

    assert (await world.run(accepted.run)).state is RunState.COMPLETED


async def test_a_parked_event_goes_to_every_subscriber_of_its_topic(world: World) -> None:
    await world.boot()
    await world.trigger("news")
    world.specs, world.handlers = {}, {}
    world.step("a", topics=("news",))
    await world.settle()
    world.step("b", topics=("news",))
    await world.settle()

    assert [run.state for run in await world.runs("a")] == [RunState.COMPLETED]
    assert await world.runs("b") == []


async def test_parked_events_of_a_keyed_step_keep_their_order(world: World, done: list[Any]) -> None:
    await world.boot()
    for number in range(9):
        await world.trigger("late", {"k": "x", "n": number})
    world.step("late", note(done), key="k")
    await world.advance(5)

    assert done == list(range(9))
    assert {run.key for run in await world.runs("late")} == {"x"}


async def test_parked_events_of_a_step_with_lanes_have_theirs(world: World, done: list[Any]) -> None:
    await world.boot()
    for number in range(4):
        await world.trigger("late", {"t": f"t{number % 2}", "n": number})
    world.step("late", note(done), concurrency=Concurrency(limit=1, key="t"))
    await world.advance(5)

    assert sorted(done) == [0, 1, 2, 3]
    assert {run.lane for run in await world.runs("late")} == {"t0", "t1"}


async def test_many_parked_events_are_all_delivered(world: World) -> None:
    await world.boot()
    for number in range(1_200):
        await world.trigger("late", number)
    world.step("late")
    await world.advance(10)

    assert world.workers.started["late"] == 1_200
    assert await world.store.parked_targets() == {}


async def test_what_was_parked_before_a_restart_is_delivered_after_it(world: World) -> None:
    await world.boot()
    accepted = await world.trigger("late")
    await world.close()
    world.step("late")
    await world.boot()
    await world.settle()

    assert (await world.run(accepted.run)).state is RunState.COMPLETED
