from __future__ import annotations

from collections.abc import Callable

from dispatch_world import World

from motia.dispatch.pruner import BATCH
from motia.model import RunState
from motia.project import Retention


async def test_finished_runs_go_after_their_time_and_open_ones_stay(make_world: Callable[..., World]) -> None:
    world = make_world(retention=Retention(runs_s=600))
    world.step("a")
    await world.boot()
    old = await world.trigger("a", 1)
    waiting = await world.trigger("a", 2, delay_ms=10_000_000)
    await world.advance(500)
    assert (await world.run(old.run)).state is RunState.COMPLETED
    await world.advance(200)

    assert await world.store.get(old.run) is None
    assert (await world.run(waiting.run)).state is RunState.SCHEDULED


async def test_full_batches_follow_each_other_with_a_pause(make_world: Callable[..., World]) -> None:
    world = make_world(retention=Retention(runs_s=100))
    world.step("a")
    await world.boot()
    for number in range(BATCH * 2 + 10):
        await world.trigger("a", number)
    await world.advance(190)

    assert await world.runs("a") == []
    assert world.recorder.counts["pruned"] >= BATCH * 2 + 10
