from __future__ import annotations

import asyncio

import pytest
from dispatch_world import World

from motia.model import CallerError, RunConflict, RunId, RunNotFound, RunState, StepKind


async def test_a_noop_run_is_completed_from_outside_and_others_stay(world: World) -> None:
    world.step("approve", kind=StepKind.NOOP)
    await world.boot()
    runs = [(await world.trigger("approve", number)).run for number in range(5)]
    waiting = asyncio.create_task(world.dispatcher.wait(runs[3], 60))
    await world.settle()

    done = await world.dispatcher.complete_by_hand(runs[3], b'{"by":"me"}')
    await world.settle()

    assert (done.state, done.result) == (RunState.COMPLETED, b'{"by":"me"}')
    assert (await waiting).state is RunState.COMPLETED
    others = [await world.run(run) for run in runs if run != runs[3]]
    assert {(run.state, run.attempt) for run in others} == {(RunState.READY, 0)}


async def test_two_at_once_do_not_take_each_others(world: World) -> None:
    world.step("approve", kind=StepKind.NOOP)
    await world.boot()
    runs = [(await world.trigger("approve", number)).run for number in range(2)]

    await asyncio.gather(*(world.dispatcher.complete_by_hand(run, b"1") for run in runs))

    assert [(await world.run(run)).state for run in runs] == [RunState.COMPLETED] * 2


async def test_what_a_handler_completes_is_not_completed_by_hand(world: World) -> None:
    world.step("a", lambda call: call.sleep(60))
    world.step("approve", kind=StepKind.NOOP)
    await world.boot()
    running = await world.trigger("a")
    later = await world.trigger("approve", delay_ms=60_000)

    for run in (running.run, later.run):
        with pytest.raises(RunConflict):
            await world.dispatcher.complete_by_hand(run, b"1")
    with pytest.raises(RunNotFound):
        await world.dispatcher.complete_by_hand(RunId("f" * 16), b"1")
    with pytest.raises(CallerError):
        await world.dispatcher.complete_by_hand(later.run, b"NaN")
