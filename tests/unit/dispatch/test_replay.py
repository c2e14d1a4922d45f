from __future__ import annotations

import asyncio
from typing import Any

import pytest
from dispatch_world import World
from scripted_workers import Call, Fails

from motia.dispatch import ReplayProgress
from motia.model import (
    PayloadInvalid,
    Problem,
    RunConflict,
    RunFilter,
    RunId,
    RunNotFound,
    RunState,
    StepId,
    TriggerKind,
)


async def test_a_dead_run_is_replayed_as_a_new_run(world: World) -> None:
    is_mended = False

    async def handler(call: Call) -> None:
        if not is_mended:
            raise Fails(kind="fatal")

    world.step("a", handler)
    await world.boot()
    dead = await world.trigger("a", {"x": 1})
    await world.settle()
    is_mended = True
    accepted = await world.dispatcher.replay(dead.run)
    await world.settle()

    run = await world.run(accepted.run)
    assert (run.state, run.kind, run.replay_of) == (RunState.COMPLETED, TriggerKind.REPLAY, dead.run)
    assert run.payload == b'{"x":1}'
    assert run.trace != dead.trace
    assert (await world.run(dead.run)).state is RunState.DEAD


async def test_a_replay_of_a_topics_run_goes_to_its_step_alone(world: World) -> None:
    world.step("a", topics=("news",))
    world.step("b", topics=("news",))
    await world.boot()
    accepted = await world.trigger("news")
    await world.settle()
    await world.dispatcher.replay(accepted.runs[0])
    await world.settle()

    assert len(await world.runs("a")) + len(await world.runs("b")) == 3


async def test_an_edited_payload_is_checked(world: World) -> None:
    seen: list[Any] = []

    async def handler(call: Call) -> None:
        seen.append(call.payload)

    world.step("a", handler)
    await world.boot()
    accepted = await world.trigger("a", 1)
    await world.settle()
    await world.dispatcher.replay(accepted.run, b"2")
    await world.settle()
    world.problems["a"] = (Problem(path="", message="too large"),)
    with pytest.raises(PayloadInvalid):
        await world.dispatcher.replay(accepted.run, b"3")
    world.problems = {}
    world.topic_problems["a"] = (Problem(path="", message="too large"),)
    with pytest.raises(PayloadInvalid, match="topic a"):
        await world.dispatcher.replay(accepted.run, b"3")

    assert seen == [1, 2]


async def test_only_finished_runs_that_exist_are_replayed(world: World) -> None:
    world.step("a", lambda call: call.sleep(60))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()

    with pytest.raises(RunConflict):
        await world.dispatcher.replay(accepted.run)
    with pytest.raises(RunNotFound):
        await world.dispatcher.replay(RunId("f" * 16))


async def test_all_dead_runs_of_a_filter_are_replayed_once_with_progress(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Fails(kind="fatal")

    world.step("a", handler)
    world.step("b", handler)
    await world.boot()
    for number in range(230):
        await world.trigger("a", number)
    await world.trigger("b")
    await world.advance(1)
    told: list[ReplayProgress] = []

    done = await world.dispatcher.replay_many(RunFilter(step=StepId("a")), on_progress=told.append)
    await world.advance(1)

    assert (done.total, done.replayed, done.failed) == (230, 230, 0)
    assert [progress.replayed for progress in told] == [100, 200, 230]
    assert len(await world.runs("a")) == 460
    assert len(await world.runs("b")) == 1


async def test_a_run_that_cannot_be_replayed_does_not_stop_the_others(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Fails(kind="fatal")

    world.step("a", handler)
    world.step("b", handler)
    await world.boot()
    await world.trigger("a")
    await world.trigger("b")
    await world.settle()
    world.problems["a"] = (Problem(path="", message="no longer"),)

    done = await world.dispatcher.replay_many(RunFilter())

    assert (done.replayed, done.failed) == (1, 1)
    assert "no longer" in done.last_error


async def test_a_replay_of_a_step_that_is_gone_is_parked(world: World) -> None:
    world.step("a")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    world.drop("a")

    again = await world.dispatcher.replay(accepted.run)

    assert again.states == (RunState.PARKED,)
    await asyncio.sleep(0)


async def test_an_edited_payload_that_javascript_cannot_hold_is_refused(world: World) -> None:
    world.step("js", language="node")
    await world.boot()
    accepted = await world.trigger("js", {"n": 1})
    await world.settle()

    with pytest.raises(PayloadInvalid, match="/n: is an integer beyond"):
        await world.dispatcher.replay(accepted.run, b'{"n":9007199254740993}')
