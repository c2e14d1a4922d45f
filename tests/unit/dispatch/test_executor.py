from __future__ import annotations

from typing import Any

import msgspec
from dispatch_world import World
from scripted_workers import Call, Crashes, Fails

from motia.model import Problem, RunState, TriggerKind


async def test_an_attempt_is_handed_over_with_all_it_needs(world: World) -> None:
    world.step("a", timeout_ms=7_000)
    await world.boot()
    accepted = await world.dispatcher.trigger(
        "a", b'{"x":1}', kind=TriggerKind.CRON, info=b'{"scheduledAt":5}'
    )
    await world.settle()

    sent = world.workers.invocations[0]
    assert (sent.step, sent.kind, sent.run, sent.attempt) == ("a", "cron", accepted.run, 1)
    assert (sent.payload, sent.timeout_ms, sent.trace) == (b'{"x":1}', 7_000, accepted.trace)
    assert msgspec.json.decode(sent.trigger) == {"target": "a", "scheduledAt": 5}


async def test_a_child_knows_its_parent(world: World) -> None:
    world.step("a", lambda call: call.trigger("b"))
    world.step("b")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()

    child = world.workers.invocations[1]
    assert msgspec.json.decode(child.trigger) == {"target": "b", "parentRun": accepted.run}


async def test_four_attempts_then_dead(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Fails(f"attempt {call.attempt}")

    world.step("a", handler)
    await world.boot()
    accepted = await world.trigger("a")
    await world.advance(30)

    run = await world.run(accepted.run)
    assert (run.state, run.reason, run.attempt) == (RunState.DEAD, "retries_used", 4)
    assert run.error is not None
    assert run.error.message == "attempt 4"
    assert [attempt.outcome for attempt in await world.store.attempts(run.id)] == ["retrying"] * 3 + ["dead"]


async def test_a_timeout_is_cancelled_and_retried(world: World) -> None:
    async def handler(call: Call) -> None:
        if call.attempt == 1:
            await call.sleep(60)

    world.step("a", handler, timeout_ms=2_000)
    await world.boot()
    accepted = await world.trigger("a")
    await world.advance(10)

    run = await world.run(accepted.run)
    assert (run.state, run.attempt) == (RunState.COMPLETED, 2)
    assert world.recorder.attempts[0]["outcome"] == "retrying"
    assert [one.error.kind for one in await world.store.attempts(run.id) if one.error] == ["timeout"]


async def test_a_handler_that_does_not_yield_costs_its_worker_and_no_bystander(world: World) -> None:
    async def stuck(call: Call) -> None:
        if call.attempt == 1:
            await call.sleep(600)

    world.step("stuck", stuck, timeout_ms=1_000)
    world.step("by", lambda call: call.sleep(8))
    await world.boot()
    world.workers.ignores_cancel.add("stuck")
    bad = await world.trigger("stuck")
    bystander = await world.trigger("by")
    await world.advance(40)

    assert (await world.run(bad.run)).state is RunState.COMPLETED
    run = await world.run(bystander.run)
    assert (run.state, run.attempt, run.crashes) == (RunState.COMPLETED, 1, 0)
    assert not any(sent.is_alone for sent in world.workers.invocations)


async def test_a_dead_workers_runs_are_ready_again_at_once(world: World) -> None:
    world.step("a", lambda call: call.sleep(1))
    await world.boot()
    accepted = [await world.trigger("a", number) for number in range(3)]
    await world.settle()
    world.workers.kill(world.workers.pool[0])
    await world.settle()
    states = [(await world.run(one.run)).state for one in accepted]
    await world.advance(0.2)
    assert len(world.workers.invocations) == 4
    await world.advance(10)

    assert all(state in (RunState.READY, RunState.RUNNING) for state in states)
    runs = [await world.run(one.run) for one in accepted]
    assert [(run.state, run.attempt, run.crashes) for run in runs] == [(RunState.COMPLETED, 1, 0)] * 3


async def test_three_crashes_are_a_crash_loop(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Crashes

    world.step("a", handler)
    await world.boot()
    accepted = await world.trigger("a")
    await world.advance(10)

    run = await world.run(accepted.run)
    assert (run.state, run.reason) == (RunState.DEAD, "crash_loop")
    assert world.workers.started["a"] == 3


async def test_bystanders_of_a_crash_are_not_blamed(world: World) -> None:
    async def poison(call: Call) -> None:
        await call.sleep(0.5)
        raise Crashes

    world.step("poison", poison)
    world.step("good", lambda call: call.sleep(1))
    await world.boot()
    bad = await world.trigger("poison")
    good = [await world.trigger("good", number) for number in range(5)]
    await world.advance(40)

    run = await world.run(bad.run)
    assert (run.state, run.reason) == (RunState.DEAD, "crash_loop")
    for one in good:
        run = await world.run(one.run)
        assert (run.state, run.attempt, run.crashes) == (RunState.COMPLETED, 1, 0)


async def test_a_payload_accepted_under_another_schema_is_checked_before_it_starts(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.dispatcher.pause("a")
    accepted = await world.trigger("a", {"old": 1})
    await world.advance(1)
    world.step("a", schema=msgspec.Raw(b'{"required":["new"]}'))
    world.problems["a"] = (Problem(path="/new", message="missing"),)
    await world.dispatcher.resume("a")
    await world.settle()

    run = await world.run(accepted.run)
    assert (run.state, run.reason) == (RunState.DEAD, "fatal")
    assert run.error is not None
    assert run.error.kind == "validation"
    assert world.workers.invocations == []
    assert [(one["outcome"], one["error_name"]) for one in world.recorder.attempts] == [
        ("dead", "PayloadInvalid")
    ]


async def test_a_checked_payload_is_not_checked_again(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.advance(1)
    checks: list[Any] = []
    world.dispatcher._state.validate = lambda spec, payload: checks.append(payload) or ()  # type: ignore[func-returns-value]
    await world.trigger("a", 1)
    await world.settle()

    assert checks == [b"1"]


async def test_each_attempt_is_recorded_after_its_commit_with_its_times(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.sleep(2)
        if call.attempt == 1:
            raise Fails()

    world.step("a", handler)
    await world.boot()
    accepted = await world.trigger("a")
    await world.advance(10)

    first, second = world.recorder.attempts
    assert (first["outcome"], second["outcome"]) == ("retrying", "completed")
    assert first["error_name"] == "Boom"
    assert first["answered_at"] - first["sent_at"] == 2_000
    assert first["claimed_at"] <= first["sent_at"] <= first["answered_at"] <= first["committed_at"]
    assert [state for run, state in world.recorder.changes if run == accepted.run] == [
        "running",
        "retrying",
        "running",
        "completed",
    ]
