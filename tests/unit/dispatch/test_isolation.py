from __future__ import annotations

import asyncio
from collections.abc import Callable

from dispatch_world import World
from scripted_workers import Call

from motia.model import RunState


async def test_suspects_run_alone_one_by_one(make_world: Callable[..., World]) -> None:
    world = make_world(processes=2, slots=8)
    together: list[int] = []

    async def handler(call: Call) -> None:
        if call.invocation.is_alone:
            worker = next(
                w for w in world.workers.pool if any(t.invocation is call.invocation for t in w.in_flight)
            )
            together.append(len(worker.in_flight))
        await call.sleep(1)

    world.step("a", handler)
    await world.boot()
    for number in range(8):
        await world.trigger("a", number)
    await world.settle()
    world.workers.kill(world.workers.pool[0])
    for number in range(20):
        await world.trigger("a", number)
    await world.advance(30)

    assert together == [1] * 4
    assert {run.state for run in await world.runs("a")} == {RunState.COMPLETED}


async def test_a_suspect_gives_way_when_no_worker_falls_idle(world: World) -> None:
    world.step("long", lambda call: call.sleep(60))
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    doomed = await world.trigger("a")
    await world.trigger("a")
    await world.settle()
    world.workers.restart_s = 5
    world.workers.kill(world.workers.pool[0])
    world.workers._restart(world.workers.pool[0])
    long = await world.trigger("long")
    await world.advance(200)

    assert (await world.run(doomed.run)).state is RunState.COMPLETED
    assert (await world.run(long.run)).state is RunState.COMPLETED


async def two_suspects(world: World) -> list[str]:
    """Two runs of a killed worker, which is back and busy with another step for a minute."""
    world.step("long", lambda call: call.sleep(60))
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    runs = [(await world.trigger("a", number)).run for number in range(2)]
    await world.settle()
    world.workers.kill(world.workers.pool[0])
    await world.trigger("long")
    await world.advance(0.2)
    return runs


async def test_a_suspect_that_waits_can_be_cancelled(world: World) -> None:
    runs = await two_suspects(world)

    await world.dispatcher.cancel(runs[1])
    await world.advance(0.5)

    assert (await world.run(runs[1])).state is RunState.CANCELLED
    assert not [sent for sent in world.workers.invocations[2:] if sent.run == runs[1]]


async def test_a_drain_releases_suspects_that_wait(world: World) -> None:
    runs = await two_suspects(world)
    draining = asyncio.create_task(world.dispatcher.drain(0))
    await world.advance(7)
    await draining

    for run_id in runs:
        run = await world.run(run_id)
        assert run.state in (RunState.READY, RunState.COMPLETED)
        assert run.crashes == 0


async def stream(world: World) -> None:
    """Runs of another step that would keep the only worker busy for ever."""
    for number in range(400):
        await world.trigger("short", number)


async def test_a_stream_of_other_runs_does_not_keep_a_suspect_waiting(
    make_world: Callable[..., World],
) -> None:
    world = make_world(slots=2)
    world.step("a", lambda call: call.sleep(1))
    world.step("short", lambda call: call.sleep(0.3 if call.payload % 2 else 0.7))
    await world.boot()
    runs = [(await world.trigger("a", number)).run for number in range(2)]
    await world.settle()
    await stream(world)
    world.workers.kill(world.workers.pool[0])
    world.workers.pool[0].is_alive = True
    world.dispatcher.on_capacity()
    await world.advance(8)

    assert [(await world.run(run)).state for run in runs] == [RunState.COMPLETED] * 2


async def test_other_runs_go_on_when_no_worker_falls_idle_for_long(make_world: Callable[..., World]) -> None:
    world = make_world(slots=4)
    runs = await two_suspects(world)
    world.step("short", lambda call: call.sleep(0.1))
    await world.trigger("long")
    await world.advance(1)
    others = [(await world.trigger("short", number)).run for number in range(4)]
    await world.advance(4)
    before = {(await world.run(run)).state for run in others}
    await world.advance(20)

    assert before <= {RunState.READY, RunState.COMPLETED}
    assert {(await world.run(run)).state for run in others} == {RunState.COMPLETED}
    await world.advance(200)
    assert {(await world.run(run)).state for run in runs} == {RunState.COMPLETED}


async def test_idle_workers_do_not_make_suspects_run_at_once(make_world: Callable[..., World]) -> None:
    world = make_world(processes=3)
    alone: list[int] = []

    async def handler(call: Call) -> None:
        tickets = [ticket for worker in world.workers.pool for ticket in worker.in_flight]
        alone.append(sum(ticket.invocation.is_alone for ticket in tickets))
        await call.sleep(1)

    world.step("a", handler)
    await world.boot()
    for number in range(9):
        await world.trigger("a", number)
    await world.settle()
    world.workers.kill(world.workers.pool[0])
    await world.advance(20)

    assert max(alone) == 1
    assert {run.state for run in await world.runs("a")} == {RunState.COMPLETED}
