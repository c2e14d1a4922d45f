from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from dispatch_world import World
from scripted_workers import Call

from motia.dispatch import TriggerOptions
from motia.model import (
    CallerError,
    Concurrency,
    Draining,
    IdempotencyConflict,
    LedgerUnavailable,
    PayloadInvalid,
    PayloadTooLarge,
    Problem,
    QueueFull,
    RunState,
    UnknownTarget,
)
from motia.project import Limits


async def test_what_trigger_returned_is_committed(world: World) -> None:
    world.step("a")
    await world.boot()

    accepted = await world.trigger("a", {"x": 1})

    assert (await world.run(accepted.run)).payload == b'{"x":1}'


async def test_a_commit_that_fails_is_an_error_and_accepts_nothing(world: World) -> None:
    world.step("a")
    await world.boot()
    world.ledger.is_down = True

    with pytest.raises(LedgerUnavailable):
        await world.trigger("a")

    assert await world.runs("a") == []


async def test_a_free_slot_takes_the_run_without_a_claim(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.settle()
    claims: list[str] = []

    async def before(name: str) -> None:
        claims.append(name)

    world.ledger.before = before
    accepted = await world.trigger("a")
    assert accepted.states == (RunState.RUNNING,)
    await world.settle()

    assert claims == ["accept", "complete"]
    assert (await world.run(accepted.run)).state is RunState.COMPLETED


async def test_a_caller_that_leaves_does_not_orphan_a_claimed_run(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.settle()
    gate = asyncio.Event()

    async def before(name: str) -> None:
        if name == "accept":
            await gate.wait()

    world.ledger.before = before
    caller = asyncio.create_task(world.trigger("a"))
    await world.settle()
    caller.cancel()
    gate.set()
    await world.settle()

    assert [run.state for run in await world.runs("a")] == [RunState.COMPLETED]


async def test_no_more_runs_are_inserted_claimed_than_slots_are_free(
    make_world: Callable[..., World],
) -> None:
    world = make_world(slots=3)
    world.step("a", lambda call: call.sleep(5))
    await world.boot()
    await world.settle()

    for number in range(10):
        await world.trigger("a", number)
    await asyncio.gather(*(world.trigger("a", number) for number in range(10)))

    assert len(world.workers.invocations) == 3
    await world.advance(40)
    assert world.workers.peak["a"] == 3
    assert {run.state for run in await world.runs("a")} == {RunState.COMPLETED}


async def test_every_subscriber_of_a_topic_gets_a_run(world: World) -> None:
    world.step("a", topics=("news",))
    world.step("b", topics=("news",))
    await world.boot()

    accepted = await world.trigger("news", 1)
    await world.settle()

    assert len(accepted.runs) == 2
    assert [(await world.run(run)).state for run in accepted.runs] == [RunState.COMPLETED] * 2


async def test_a_payload_that_does_not_fit_is_refused_with_every_problem(world: World) -> None:
    world.step("a", topics=("news",))
    world.step("b", topics=("news",))
    world.problems = {
        "a": (Problem(path="/x", message="missing"), Problem(path="/y", message="too long")),
        "b": (Problem(path="/z", message="not text"),),
    }
    await world.boot()

    with pytest.raises(PayloadInvalid) as refused:
        await world.trigger("news", {})

    assert [problem.path for problem in refused.value.problems] == ["/x", "/y", "/z"]
    assert await world.runs("a") == await world.runs("b") == []


async def test_a_topic_is_held_to_its_definition_with_and_without_subscribers(world: World) -> None:
    world.step("a", topics=("news",))
    world.problems = {"a": (Problem(path="/x", message="missing"),)}
    world.topic_problems = {
        name: (Problem(path="/x", message="missing"), Problem(path="/y", message="too long"))
        for name in ("news", "nobody")
    }
    await world.boot()

    with pytest.raises(PayloadInvalid) as refused:
        await world.trigger("news", {})
    with pytest.raises(PayloadInvalid, match="the schema of topic nobody: /x: missing"):
        await world.trigger("nobody", {})

    assert "the schema of topic news, a:" in refused.value.message
    assert [problem.path for problem in refused.value.problems] == ["/x", "/y"]
    assert await world.runs("a") == await world.runs("nobody") == []


async def test_limits_are_errors_in_the_caller(make_world: Callable[..., World]) -> None:
    world = make_world(limits=Limits(payload_bytes=100))
    world.step("a")
    await world.boot()

    with pytest.raises(PayloadTooLarge):
        await world.trigger("a", "x" * 100)
    for bad in (b"NaN", b"[" * 80 + b"]" * 80):
        with pytest.raises(CallerError):
            await world.dispatcher.trigger("a", bad)
    assert await world.runs("a") == []


@pytest.mark.parametrize(
    "options",
    [
        {"priority": 1_001},
        {"delay_ms": -1},
        {"delay_ms": 1, "at": 5},
        {"at": -1},
        {"at": 1 << 60},
        {"key": "k" * 256},
        {"idempotency_key": ""},
    ],
)
async def test_options_out_of_range_are_refused(world: World, options: dict[str, Any]) -> None:
    world.step("a")
    await world.boot()

    with pytest.raises(CallerError):
        await world.trigger("a", **options)


async def test_an_unknown_target_is_parked_with_one_warning(world: World) -> None:
    world.step("resize-image")
    await world.boot()

    first = await world.trigger("resize-imag", 1)
    await world.trigger("resize-imag", 2)

    assert first.states == (RunState.PARKED,)
    warnings = [line["message"] for line in world.recorder.logs if line["level"] == "warn"]
    assert len(warnings) == 1
    assert "closest known: resize-image" in warnings[0]
    assert world.recorder.counts["parked"] == 2


async def test_strict_triggers_refuse_unknown_targets(make_world: Callable[..., World]) -> None:
    world = make_world(triggers_strict=True)
    world.step("resize-image")
    await world.boot()

    with pytest.raises(UnknownTarget) as refused:
        await world.trigger("resize-imag", 1)

    assert "resize-image" in refused.value.hint


async def test_retry_in_the_payload_becomes_the_retry_count(world: World) -> None:
    seen: list[Any] = []

    async def handler(call: Call) -> None:
        seen.append((call.payload, call.invocation.retry_count))

    world.step("a", handler)
    await world.boot()
    await world.trigger("a", {"x": 1, "__retry": 3})
    await world.settle()

    assert seen == [({"x": 1}, 3)]


async def test_an_idempotency_key_gives_the_first_run(world: World) -> None:
    world.step("a")
    await world.boot()

    first = await world.trigger("a", 1, idempotency_key="k")
    second = await world.trigger("a", 1, idempotency_key="k")

    assert second.run == first.run
    assert second.deduplicated
    assert len(await world.runs("a")) == 1
    with pytest.raises(IdempotencyConflict):
        await world.trigger("a", 2, idempotency_key="k")


async def test_a_full_queue_refuses_and_accepts_again(world: World) -> None:
    world.step("a", queue_depth=2)
    await world.boot()
    await world.dispatcher.pause("a")
    await world.trigger("a", 1)
    await world.trigger("a", 2)

    with pytest.raises(QueueFull):
        await world.trigger("a", 3)

    await world.dispatcher.resume("a")
    await world.settle()
    await world.trigger("a", 3)


async def test_outside_triggers_are_refused_while_draining_and_those_of_steps_are_not(world: World) -> None:
    async def handler(call: Call) -> str:
        await call.sleep(3)
        return (await call.trigger("b", 1))["runId"]

    world.step("a", handler)
    world.step("b")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    draining = asyncio.create_task(world.dispatcher.drain(10))
    await world.settle()

    with pytest.raises(Draining):
        await world.trigger("b", 2)
    await world.advance(4)
    await draining

    assert (await world.run(accepted.run)).state is RunState.COMPLETED
    assert [run.state for run in await world.runs("b")] == [RunState.READY]


async def test_a_delay_is_a_due_time(world: World) -> None:
    world.step("a")
    await world.boot()

    accepted = await world.trigger("a", delay_ms=1_500)

    assert accepted.states == (RunState.SCHEDULED,)
    await world.advance(1.4)
    assert (await world.run(accepted.run)).state is RunState.SCHEDULED
    await world.advance(0.2)
    assert (await world.run(accepted.run)).state is RunState.COMPLETED


async def test_keys_and_lanes_come_from_the_payload(world: World) -> None:
    world.step("a", key="user.id", concurrency=Concurrency(limit=1, key="tenant"))
    await world.boot()

    accepted = await world.trigger("a", {"user": {"id": 7}, "tenant": "t"})

    run = await world.run(accepted.run)
    assert (run.key, run.lane) == ("7", "t")


async def test_the_key_option_goes_before_the_steps_own(world: World) -> None:
    world.step("a", key="k")
    await world.boot()

    accepted = await world.trigger("a", {"k": "inner"}, key="outer")

    assert (await world.run(accepted.run)).key == "outer"


async def test_priority_goes_first(make_world: Callable[..., World]) -> None:
    world = make_world(slots=1)
    done: list[int] = []

    async def handler(call: Call) -> None:
        done.append(call.payload)

    world.step("a", handler)
    await world.boot()
    await world.dispatcher.pause("a")
    for priority in (0, 5, -5):
        await world.dispatcher.trigger("a", str(priority).encode(), options=TriggerOptions(priority=priority))
    await world.dispatcher.resume("a")
    await world.settle()

    assert done == [5, 0, -5]


async def test_an_integer_that_javascript_cannot_hold_is_refused_where_it_would_arrive(world: World) -> None:
    world.step("py", topics=("news",))
    world.step("js", language="node", topics=("more",))
    await world.boot()

    await world.trigger("news", {"n": 2**60 + 1})
    for target in ("js", "more"):
        with pytest.raises(PayloadInvalid) as caught:
            await world.trigger(target, {"a": [{"n": 2**60 + 1}]})
        assert [problem.path for problem in caught.value.problems] == ["/a/0/n"]
        assert "which JavaScript cannot hold exactly" in caught.value.message

    assert await world.runs("js") == []


async def test_a_parked_event_with_such_an_integer_dies_when_a_javascript_step_takes_it(world: World) -> None:
    await world.boot()
    accepted = await world.trigger("late", {"n": 2**60 + 1})
    world.step("late", language="node")
    await world.settle()

    run = await world.run(accepted.run)
    assert (run.state, run.reason) == (RunState.DEAD, "fatal")
    assert run.error is not None
    assert "beyond 2^53" in run.error.message
