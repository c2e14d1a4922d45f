from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from dispatch_world import World
from scripted_workers import Call, Fails

from motia.model import Backoff, Concurrency, OnDead, RunState, StepId


async def test_a_key_is_first_in_first_out_with_one_in_flight(world: World) -> None:
    done: list[int] = []

    async def handler(call: Call) -> None:
        await call.sleep(1 if call.payload["n"] % 2 else 0)
        done.append(call.payload["n"])

    world.step("a", handler, key="k")
    await world.boot()
    for number in range(6):
        await world.trigger("a", {"k": "x", "n": number})
    await world.advance(10)

    assert done == list(range(6))
    assert world.workers.peak["a"] == 1


async def test_other_keys_run_in_parallel(world: World) -> None:
    world.step("a", lambda call: call.sleep(1), key="k")
    await world.boot()
    for number in range(4):
        await world.trigger("a", {"k": number})
    await world.settle()

    assert world.workers.running["a"] == 4


async def test_a_retry_holds_its_key(world: World) -> None:
    done: list[int] = []

    async def handler(call: Call) -> None:
        if call.payload["n"] == 0 and call.attempt == 1:
            raise Fails()
        done.append(call.payload["n"])

    world.step("a", handler, key="k")
    await world.boot()
    for number in range(3):
        await world.trigger("a", {"k": "x", "n": number})
    await world.advance(5)

    assert done == [0, 1, 2]


async def test_a_dead_head_is_skipped_unless_it_blocks(world: World) -> None:
    async def handler(call: Call) -> None:
        if call.payload["n"] == 0:
            raise Fails(kind="fatal")

    world.step("skips", handler, key="k")
    world.step("blocks", handler, key="k", on_dead=OnDead.BLOCK)
    await world.boot()
    for number in range(2):
        await world.trigger("skips", {"k": "x", "n": number})
        await world.trigger("blocks", {"k": "x", "n": number})
    await world.advance(2)

    assert [run.state for run in await world.runs("skips")] == [RunState.DEAD, RunState.COMPLETED]
    assert [run.state for run in await world.runs("blocks")] == [RunState.DEAD, RunState.BLOCKED]


async def test_concurrency_bounds_attempts_and_frees_at_once(world: World) -> None:
    world.step("a", lambda call: call.sleep(0.1), concurrency=Concurrency(limit=2))
    await world.boot()
    for number in range(8):
        await world.trigger("a", number)
    await world.advance(0.45)

    assert world.workers.peak["a"] == 2
    assert {run.state for run in await world.runs("a")} == {RunState.COMPLETED}


async def test_concurrency_by_key_bounds_each_lane(make_world: Callable[..., World]) -> None:
    world = make_world(slots=20)
    running: Counter[str] = Counter()
    peak: Counter[str] = Counter()

    async def handler(call: Call) -> None:
        lane = call.payload["lane"]
        running[lane] += 1
        peak[lane] = max(peak[lane], running[lane])
        await call.sleep(0.1)
        running[lane] -= 1

    world.step("a", handler, concurrency=Concurrency(limit=2, key="lane"))
    await world.boot()
    for number in range(12):
        await world.trigger("a", {"lane": "xy"[number % 2]})
    await world.advance(3)

    assert peak == {"x": 2, "y": 2}
    assert {run.state for run in await world.runs("a")} == {RunState.COMPLETED}


async def test_concurrency_holds_over_two_nodes(world: World) -> None:
    world.step("a", lambda call: call.sleep(0.5), concurrency=Concurrency(limit=3))
    await world.boot()
    first, first_workers = world.dispatcher, world.workers
    await world.boot()
    for number in range(12):
        await (world.dispatcher if number % 2 else first).trigger("a", b"1")
    most = 0
    for _ in range(60):
        await world.advance(0.1)
        most = max(most, first_workers.running.get("a", 0) + world.workers.running.get("a", 0))

    assert most == 3
    assert {run.state for run in await world.runs("a")} == {RunState.COMPLETED}
    stopping = asyncio.create_task(first.stop())
    await world.advance(1)
    await stopping


async def test_a_busy_step_does_not_starve_another(make_world: Callable[..., World]) -> None:
    world = make_world(slots=4)
    world.step("busy", lambda call: call.sleep(1))
    world.step("rare", lambda call: call.sleep(1))
    await world.boot()
    for number in range(40):
        await world.trigger("busy", number)
    for number in range(2):
        await world.trigger("rare", number)
    await world.advance(3.5)

    assert {run.state for run in await world.runs("rare")} == {RunState.COMPLETED}


async def test_many_steps_share_few_slots_in_turn(make_world: Callable[..., World]) -> None:
    world = make_world(slots=2)
    for number in range(6):
        world.step(f"s{number}", lambda call: call.sleep(1))
    await world.boot()
    for number in range(6):
        for _ in range(5):
            await world.trigger(f"s{number}")
    await world.advance(5.5)

    assert min(world.workers.started.get(f"s{number}", 0) for number in range(6)) >= 1


async def test_the_poll_finds_what_nobody_told_of(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.settle()
    await world.store.pause(StepId("a"))
    other = world.build()
    accepted = await other.trigger("a", b"1")
    await world.store.resume(StepId("a"))
    world.nodes.pop()
    world.dispatcher, world.ledger, world.workers = world.nodes[0]

    await world.advance(2.1)

    assert (await world.run(accepted.run)).state is RunState.COMPLETED


async def test_a_paused_step_starts_nothing_until_it_is_resumed(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.dispatcher.pause(StepId("a"))
    accepted = await world.trigger("a")
    await world.advance(5)
    assert (await world.run(accepted.run)).state is RunState.READY

    await world.dispatcher.resume(StepId("a"))
    await world.settle()

    assert (await world.run(accepted.run)).state is RunState.COMPLETED


async def test_a_step_without_a_worker_waits_and_starts_when_one_comes(world: World) -> None:
    world.step("a")
    await world.boot()
    handler = world.workers.handlers.pop("a")
    accepted = await world.trigger("a")
    await world.advance(3)
    assert (await world.run(accepted.run)).state is RunState.READY

    world.workers.handlers["a"] = handler
    world.dispatcher.on_capacity()
    await world.settle()

    run = await world.run(accepted.run)
    assert (run.state, run.attempt) == (RunState.COMPLETED, 1)


async def test_claims_that_are_short_do_not_spin(world: World) -> None:
    world.step("a", lambda call: call.sleep(30), concurrency=Concurrency(limit=1))
    await world.boot()
    for number in range(5):
        await world.trigger("a", number)
    await world.advance(1)
    asked: list[str] = []

    async def before(name: str) -> None:
        asked.append(name)

    world.ledger.before = before
    await world.advance(10)

    assert asked.count("claim") <= 12


async def test_retries_are_rows_and_take_no_slot(make_world: Callable[..., World]) -> None:
    world = make_world(slots=1)

    async def handler(call: Call) -> None:
        if call.payload == "bad":
            raise Fails()

    world.step("a", handler, backoff=Backoff(initial_ms=30_000, jitter=False))
    await world.boot()
    bad = await world.trigger("a", "bad")
    good = await world.trigger("a", "good")
    await world.settle()

    assert (await world.run(bad.run)).state is RunState.RETRYING
    assert (await world.run(good.run)).state is RunState.COMPLETED
