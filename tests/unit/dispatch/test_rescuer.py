from __future__ import annotations

import asyncio

from dispatch_world import World
from scripted_workers import Call, Crashes

from motia.model import RunState, StepId


async def test_a_restarted_node_adopts_its_runs_within_two_seconds(world: World) -> None:
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    world.crash(asyncio.all_tasks() - {asyncio.current_task()})  # type: ignore[arg-type]
    await world.boot()
    await world.advance(1.9)

    run = await world.run(accepted.run)
    assert (run.state, run.attempt, run.crashes) == (RunState.COMPLETED, 1, 0)


async def test_a_crash_of_the_engine_is_no_crash_of_the_run(world: World) -> None:
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    accepted = await world.trigger("a")
    for _ in range(4):
        await world.settle()
        world.crash(asyncio.all_tasks() - {asyncio.current_task()})  # type: ignore[arg-type]
        await world.boot()
    await world.advance(5)

    run = await world.run(accepted.run)
    assert (run.state, run.crashes) == (RunState.COMPLETED, 0)


async def test_a_run_that_nobody_executes_does_not_stay_running(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.settle()
    await world.store.pause(StepId("a"))
    accepted = await world.trigger("a", 1, delay_ms=1)
    await world.store.promote()
    await world.advance(0.5)
    await world.store.resume(StepId("a"))
    node = world.dispatcher._state.node
    lost = await world.store.claim(StepId("a"), limit=1, node=node, concurrency=None)
    assert [claim.run for claim in lost] == [accepted.run]

    await world.advance(11)

    run = await world.run(accepted.run)
    assert (run.state, run.attempt, run.crashes) == (RunState.COMPLETED, 1, 0)
    assert world.recorder.counts["orphans"] == 1


async def test_a_run_in_flight_is_no_orphan(world: World) -> None:
    world.step("a", lambda call: call.sleep(60))
    await world.boot()
    accepted = await world.trigger("a")
    await world.advance(61)

    assert (await world.run(accepted.run)).epoch == 1
    assert world.recorder.counts["orphans"] == 0


async def test_a_cancel_asked_for_elsewhere_reaches_the_handler(world: World) -> None:
    world.step("a", lambda call: call.sleep(60))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    await world.store.cancel(accepted.run, reason="by_hand")
    await world.advance(6)

    assert (await world.run(accepted.run)).state is RunState.CANCELLED


async def test_crashes_are_counted_over_restarts(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Crashes

    world.step("a", handler)
    await world.boot()
    await world.dispatcher.pause("a")
    accepted = await world.trigger("a")
    await world.dispatcher.resume("a")
    await world.advance(0.05)
    assert (await world.run(accepted.run)).crashes == 1
    world.crash(asyncio.all_tasks() - {asyncio.current_task()})  # type: ignore[arg-type]
    await world.boot()
    await world.advance(5)

    run = await world.run(accepted.run)
    assert (run.state, run.reason) == (RunState.DEAD, "crash_loop")
    assert world.nodes[0][2].started["a"] + world.nodes[1][2].started["a"] == 3
