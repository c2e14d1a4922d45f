from __future__ import annotations

from collections.abc import Callable

import pytest
from dispatch_world import World
from scripted_workers import Call, Fails

from motia.model import RunState


async def test_an_outcome_that_the_ledger_refuses_is_kept_and_committed_once(world: World) -> None:
    world.step("a", lambda call: call.sleep(1))
    world.step("handle-step-error")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    world.ledger.is_down = True
    await world.advance(20)
    assert (await world.run(accepted.run)).state is RunState.RUNNING

    world.ledger.is_down = False
    await world.advance(5)

    assert (await world.run(accepted.run)).state is RunState.COMPLETED
    assert world.workers.started == {"a": 1}


async def test_a_failure_during_an_outage_is_dead_lettered_with_one_error_step(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.sleep(1)
        raise Fails(kind="fatal")

    world.step("a", handler)
    world.step("handle-step-error")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    world.ledger.is_down = True
    await world.advance(7)
    world.ledger.is_down = False
    await world.advance(5)

    assert (await world.run(accepted.run)).state is RunState.DEAD
    assert [run.state for run in await world.runs("handle-step-error")] == [RunState.COMPLETED]


async def test_claims_pause_in_an_outage_and_go_on_within_five_seconds(
    make_world: Callable[..., World],
) -> None:
    world = make_world(slots=2)
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    for number in range(6):
        await world.trigger("a", number)
    await world.settle()
    world.ledger.is_down = True
    await world.advance(30)
    assert world.workers.started["a"] == 2
    assert world.dispatcher.in_flight == 2
    assert not world.dispatcher.is_ledger_up

    world.ledger.is_down = False
    await world.advance(5)

    assert world.dispatcher.is_ledger_up
    assert world.workers.started["a"] == 6
    assert {run.state for run in await world.runs("a")} == {RunState.COMPLETED}


async def test_an_outage_is_said_once_at_its_start_and_once_at_its_end(world: World) -> None:
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    await world.trigger("a")
    world.ledger.is_down = True
    await world.advance(30)
    world.ledger.is_down = False
    await world.advance(5)

    said = [line["message"] for line in world.recorder.logs if "commits" in line["message"]]
    assert len(said) == 2


async def test_every_failed_attempt_is_a_log_line_with_what_becomes_of_the_run(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Fails()

    world.step("a", handler, retries=1)
    await world.boot()
    accepted = await world.trigger("a")
    await world.advance(60)

    said = [line for line in world.recorder.logs if line.get("run") == accepted.run]
    assert [line["level"] for line in said] == ["warn", "error"]
    assert said[0]["message"].startswith("attempt 1 of 2 failed, the next starts in ")
    assert said[1]["message"].startswith("attempt 2 failed and was the last (retries_used)")
    assert (await world.run(accepted.run)).state is RunState.DEAD


@pytest.mark.parametrize(
    ("after_ms", "told"),
    [(30, "30 ms"), (2_500, "2.5 s"), (119_000, "119.0 s"), (3_600_000, "60 min"), (10_800_000, "3.0 h")],
)
async def test_the_delay_of_a_retry_is_told_in_a_unit_that_fits(
    world: World, after_ms: int, told: str
) -> None:
    async def handler(call: Call) -> None:
        raise Fails(kind="retry_after", retry_after_ms=after_ms)

    world.step("a", handler, retries=1)
    await world.boot()
    await world.trigger("a")
    await world.settle()

    assert any(f"the next starts in {told}: " in line["message"] for line in world.recorder.logs)


async def test_a_stale_outcome_changes_nothing_and_is_counted(world: World) -> None:
    world.step("a", lambda call: call.sleep(5))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    run = await world.run(accepted.run)
    await world.store.release(run.id, run.epoch, reason="another node took it")
    await world.dispatcher.pause("a")
    await world.advance(6)

    assert (await world.run(accepted.run)).state is RunState.READY
    assert world.recorder.counts["stale"] == 1
    assert world.recorder.attempts == []


async def test_a_follow_up_of_a_stale_failure_is_not_accepted(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.sleep(5)
        raise Fails(kind="fatal")

    world.step("a", handler)
    world.step("handle-step-error")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    run = await world.run(accepted.run)
    await world.dispatcher.pause("a")
    await world.store.release(run.id, run.epoch, reason="another node took it")
    await world.advance(6)

    assert await world.runs("handle-step-error") == []
