from __future__ import annotations

import asyncio

import pytest
from dispatch_world import World

from motia.model import RunId, RunNotFound, RunState


async def test_wait_returns_the_moment_a_run_finishes(world: World) -> None:
    world.step("a", lambda call: call.sleep(3))
    await world.boot()
    accepted = await world.trigger("a")
    waiting = asyncio.create_task(world.dispatcher.wait(accepted.run, 60))
    await world.advance(2.9)
    assert not waiting.done()
    await world.advance(0.2)

    assert waiting.done()
    assert (await waiting).state is RunState.COMPLETED


async def test_wait_returns_the_run_as_it_is_when_the_time_is_over(world: World) -> None:
    world.step("a", lambda call: call.sleep(30))
    await world.boot()
    accepted = await world.trigger("a")
    waiting = asyncio.create_task(world.dispatcher.wait(accepted.run, 2))
    await world.advance(2.1)

    assert (await waiting).state is RunState.RUNNING
    assert not world.dispatcher._waiters._waiting


async def test_wait_sees_what_another_process_finished(world: World) -> None:
    world.step("a", lambda call: call.sleep(30))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    waiting = asyncio.create_task(world.dispatcher.wait(accepted.run, 20))
    run = await world.run(accepted.run)
    await world.store.complete(run.id, run.epoch, result=b"5")
    await world.advance(1.1)

    assert (await waiting).result == b"5"


async def test_waiting_for_no_run_is_an_error(world: World) -> None:
    await world.boot()

    with pytest.raises(RunNotFound):
        await world.dispatcher.wait(RunId("f" * 16), 1)
