from __future__ import annotations

from dispatch_world import World

from motia.model import RunState, StepId


async def test_a_run_becomes_ready_when_it_is_due_and_not_before(world: World) -> None:
    starts: list[int] = []
    world.step("a", lambda call: _note(world, starts))
    await world.boot()
    began = world.clock.now_ms()
    for delay_ms in (2_000, 500, 10_250):
        await world.trigger("a", delay_ms, delay_ms=delay_ms)
    await world.advance(12)

    assert [0 <= at - began - due < 10 for at, due in zip(starts, (500, 2_000, 10_250), strict=True)] == [
        True
    ] * 3


async def test_a_run_scheduled_by_another_process_is_found(world: World) -> None:
    world.step("a")
    await world.boot()
    other = world.build()
    accepted = await other.trigger("a", b"1")
    await world.store.pause(StepId("a"))
    later = await world.trigger("a", delay_ms=3_000)
    world.nodes.pop()
    world.dispatcher, world.ledger, world.workers = world.nodes[0]
    await world.store.resume(StepId("a"))
    await world.advance(5)

    assert (await world.run(accepted.run)).state is RunState.COMPLETED
    assert (await world.run(later.run)).state is RunState.COMPLETED


async def test_a_wall_clock_that_jumps_does_not_lose_a_run(world: World) -> None:
    world.step("a")
    await world.boot()
    late = await world.trigger("a", delay_ms=3_600_000)
    world.clock.jump(3_600)
    await world.advance(2)

    assert (await world.run(late.run)).state is RunState.COMPLETED


async def test_more_due_runs_than_one_batch_are_all_promoted(world: World) -> None:
    world.step("a")
    await world.boot()
    for number in range(1_500):
        await world.trigger("a", number, delay_ms=1_000)
    await world.advance(15)

    assert world.workers.started["a"] == 1_500


async def _note(world: World, starts: list[int]) -> None:
    starts.append(world.clock.now_ms())
