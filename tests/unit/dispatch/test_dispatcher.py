from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from dispatch_world import World
from scripted_workers import Call, Fails

from motia.model import Concurrency, RunConflict, RunId, RunNotFound, RunState, StepKind


async def drained(world: World, grace_s: float) -> None:
    """Drain while the clock turns."""
    draining = asyncio.create_task(world.dispatcher.drain(grace_s))
    for _ in range(400):
        if draining.done():
            break
        await world.advance(0.1)
    await draining


async def test_a_drain_lets_what_is_in_flight_finish(world: World) -> None:
    world.step("a", lambda call: call.sleep(3))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    began = world.clock.mono()
    await drained(world, 30)

    assert (await world.run(accepted.run)).state is RunState.COMPLETED
    assert world.clock.mono() - began < 4


async def test_a_drain_claims_nothing(make_world: Callable[..., World]) -> None:
    world = make_world(slots=1)
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    runs = [(await world.trigger("a", number)).run for number in range(3)]
    await world.settle()
    await drained(world, 30)

    assert [(await world.run(run)).state for run in runs] == [
        RunState.COMPLETED,
        RunState.READY,
        RunState.READY,
    ]


async def test_a_claim_that_a_drain_overtakes_is_released(world: World) -> None:
    world.step("a", concurrency=Concurrency(limit=1))
    await world.boot()
    await world.settle()
    gate = asyncio.Event()

    async def before(name: str) -> None:
        if name == "claim":
            await gate.wait()

    world.ledger.before = before
    accepted = await world.trigger("a")
    await world.settle()
    await drained(world, 5)
    gate.set()
    await world.settle()

    run = await world.run(accepted.run)
    assert (run.state, run.attempt) == (RunState.READY, 0)
    assert world.workers.invocations == []


async def test_after_the_grace_runs_are_stopped_without_costing_an_attempt(world: World) -> None:
    world.step("a", lambda call: call.sleep(600), retries=0)
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    await drained(world, 2)
    assert (await world.run(accepted.run)).state is RunState.READY
    await world.close()
    world.handlers["a"] = _at_once
    await world.boot()
    await world.settle()

    run = await world.run(accepted.run)
    assert (run.state, run.attempt, run.crashes) == (RunState.COMPLETED, 1, 0)


async def test_what_ignores_the_shutdown_is_released_all_the_same(world: World) -> None:
    world.step("a", lambda call: call.sleep(600))
    await world.boot()
    world.workers.ignores_cancel.add("a")
    accepted = await world.trigger("a")
    await world.settle()
    await drained(world, 1)

    run = await world.run(accepted.run)
    assert (run.state, run.crashes) == (RunState.READY, 0)
    assert world.dispatcher.in_flight == 0


async def test_an_answer_during_the_grace_still_counts_as_a_failure(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.sleep(1)
        raise Fails(kind="fatal")

    world.step("a", handler)
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    await drained(world, 10)

    assert (await world.run(accepted.run)).state is RunState.DEAD


async def test_a_cancel_of_a_run_that_waits_frees_its_key(world: World) -> None:
    world.step("a", key="k")
    await world.boot()
    await world.dispatcher.pause("a")
    first = await world.trigger("a", {"k": 1, "n": 1})
    second = await world.trigger("a", {"k": 1, "n": 2})
    await world.dispatcher.resume("a")
    await world.dispatcher.cancel(first.run)
    await world.settle()

    run = await world.run(first.run)
    assert (run.state, run.reason) == (RunState.CANCELLED, "by_hand")
    assert (await world.run(second.run)).state is RunState.COMPLETED


async def test_a_cancel_stops_a_handler(world: World) -> None:
    world.step("a", lambda call: call.sleep(600))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    await world.dispatcher.cancel(accepted.run)
    await world.settle()

    run = await world.run(accepted.run)
    assert (run.state, run.reason) == (RunState.CANCELLED, "by_hand")
    assert world.workers.tickets[0].cancelled_by == "cancel"


async def test_a_cancelled_run_does_not_come_back_when_its_worker_dies(world: World) -> None:
    world.step("a", lambda call: call.sleep(600))
    await world.boot()
    world.workers.ignores_cancel.add("a")
    accepted = await world.trigger("a")
    await world.settle()
    await world.dispatcher.cancel(accepted.run)
    world.workers.kill(world.workers.pool[0])
    await world.advance(10)

    assert (await world.run(accepted.run)).state is RunState.CANCELLED


async def test_what_is_finished_or_unknown_cannot_be_cancelled(world: World) -> None:
    world.step("a")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()

    with pytest.raises(RunConflict):
        await world.dispatcher.cancel(accepted.run)
    with pytest.raises(RunNotFound):
        await world.dispatcher.cancel(RunId("f" * 16))


async def test_who_waits_for_a_run_hears_of_its_cancel(world: World) -> None:
    world.step("a")
    await world.boot()
    accepted = await world.trigger("a", delay_ms=50_000)
    waiting = asyncio.create_task(world.dispatcher.wait(accepted.run, 60))
    await world.settle()
    await world.dispatcher.cancel(accepted.run)
    await world.settle()

    assert waiting.done()
    assert (await waiting).state is RunState.CANCELLED


async def test_wait_idle_waits_for_all_that_is_due_now_and_for_nothing_later(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.sleep(2)
        if call.payload:
            await call.trigger("a", call.payload - 1)
            await call.trigger("a", 0, delay_ms=3_600_000)

    world.step("a", handler, concurrency=Concurrency(limit=1))
    world.step("noop", kind=StepKind.NOOP)
    await world.boot()
    await world.trigger("a", 3)
    await world.trigger("noop")
    idle = asyncio.create_task(world.dispatcher.wait_idle(60))
    await world.advance(7.9)
    assert not idle.done()
    await world.advance(0.5)

    await asyncio.wait_for(idle, 1)
    assert [run.state for run in await world.runs("a")].count(RunState.COMPLETED) == 4


async def test_wait_idle_names_what_is_open_when_the_time_is_over(world: World) -> None:
    world.step("a", lambda call: call.sleep(600))
    await world.boot()
    await world.trigger("a")
    idle = asyncio.create_task(world.dispatcher.wait_idle(3))
    await world.advance(4)

    with pytest.raises(TimeoutError, match="a: 1 running"):
        await idle


async def test_life_cycle_calls_are_safe_twice_and_in_the_wrong_order(world: World) -> None:
    world.step("a")
    dispatcher = world.build()
    await dispatcher.stop()
    await asyncio.gather(dispatcher.start(), dispatcher.start())
    await asyncio.gather(dispatcher.stop(), dispatcher.stop())
    await dispatcher.start()
    accepted = await world.trigger("a")
    await world.settle()

    assert (await world.run(accepted.run)).state is RunState.COMPLETED


async def test_stopping_while_the_ledger_is_away_ends(world: World) -> None:
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    world.ledger.is_down = True
    await world.advance(2)
    stopping = asyncio.create_task(world.dispatcher.stop())
    await world.advance(30)

    assert stopping.done()
    await stopping
    await world.boot()
    await world.advance(2)
    assert (await world.run(accepted.run)).state is RunState.COMPLETED


async def test_a_new_catalog_leaves_runs_in_flight_alone(world: World) -> None:
    world.step("a", lambda call: call.sleep(5))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    world.step("b")
    world.step("a", _at_once)
    await world.advance(6)

    run = await world.run(accepted.run)
    assert (run.state, run.epoch) == (RunState.COMPLETED, 1)


async def _at_once(call: Call) -> None:
    return None
