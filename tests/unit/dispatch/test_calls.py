from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from dispatch_world import World
from scripted_workers import Call, Crashes, Fails

from motia.model import CallerError, CallTimeout, PayloadTooLarge, RunFailed, RunState, UnknownTarget
from motia.project import Limits


async def outcome(world: World, handler: Callable[[Call], Any], **options: Any) -> Any:
    """Run `handler` as a step once; what it returned or raised."""
    answers: list[Any] = []

    async def step(call: Call) -> None:
        try:
            answers.append(await handler(call))
        except Exception as error:
            answers.append(error)

    world.step("caller", step, **options)
    await world.boot()
    await world.trigger("caller")
    await world.advance(0)
    return answers[0]


async def test_a_step_triggers_and_learns_run_and_trace(world: World) -> None:
    world.step("b")

    answer = await outcome(world, lambda call: call.trigger("b", {"x": 1}))

    child = await world.run(answer["runId"])
    parent = (await world.runs("caller"))[0]
    assert child.trace == answer["traceId"] == parent.trace
    assert child.parent_run == parent.id
    assert world.recorder.edges == [("caller", "b")]


async def test_a_retried_handler_does_not_send_the_same_event_twice(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.trigger("b", {"x": 1})
        await call.trigger("b", {"x": 1})
        await call.trigger("b", {"attempt": call.attempt})
        if call.attempt == 1:
            raise Fails()

    world.step("a", handler)
    world.step("b")
    await world.boot()
    await world.trigger("a")
    await world.advance(5)

    payloads = sorted(run.payload for run in await world.runs("b"))
    assert payloads == [b'{"attempt":1}', b'{"attempt":2}', b'{"x":1}', b'{"x":1}']


async def test_a_handler_rerun_after_a_crash_does_not_send_the_same_event_twice(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.trigger("b", 1)
        if world.workers.started["a"] == 1:
            raise Crashes

    world.step("a", handler)
    world.step("b", lambda call: call.sleep(0))
    await world.boot()
    await world.trigger("a")
    await world.advance(5)

    assert world.workers.started["a"] == 2
    assert len(await world.runs("b")) == 1


async def test_unique_false_opts_out(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.trigger("b", 1, unique=False)
        if call.attempt == 1:
            raise Fails()

    world.step("a", handler)
    world.step("b")
    await world.boot()
    await world.trigger("a")
    await world.advance(5)

    assert len(await world.runs("b")) == 2


async def test_a_trigger_survives_the_failure_of_its_handler(world: World) -> None:
    async def handler(call: Call) -> None:
        await call.trigger("b", 1)
        raise Fails(kind="fatal")

    world.step("a", handler)
    world.step("b")
    await world.boot()
    await world.trigger("a")
    await world.settle()

    assert [run.state for run in await world.runs("b")] == [RunState.COMPLETED]


async def test_a_refused_trigger_is_not_an_occurrence(world: World) -> None:
    async def handler(call: Call) -> None:
        if call.attempt == 1:
            world.ledger.is_down = True
            with pytest.raises(Exception, match="no space"):
                await call.trigger("b", 1)
            world.ledger.is_down = False
        await call.trigger("b", 1)
        if call.attempt == 1:
            raise Fails()

    world.step("a", handler)
    world.step("b")
    await world.boot()
    await world.trigger("a")
    await world.advance(10)

    assert len(await world.runs("b")) == 1


async def test_trigger_with_wait_gives_state_and_result(world: World) -> None:
    async def child(call: Call) -> int:
        return call.payload + 1

    world.step("b", child)

    answer = await outcome(world, lambda call: call.trigger("b", 1, wait_ms=5_000))

    assert (answer["state"], answer["result"]) == ("completed", 2)


async def test_call_returns_the_result(world: World) -> None:
    async def child(call: Call) -> int:
        return call.payload * 2

    world.step("b", child)

    assert await outcome(world, lambda call: call.op("call", target="b", payload=21)) == 42


async def test_call_raises_the_final_error(world: World) -> None:
    async def child(call: Call) -> None:
        raise Fails("no such thing", kind="fatal")

    world.step("b", child)

    error = await outcome(world, lambda call: call.op("call", target="b"))

    assert isinstance(error, RunFailed)
    assert (error.error.name, error.error.message) == ("Boom", "no such thing")


async def test_call_of_an_unknown_target_raises_at_once(world: World) -> None:
    error = await outcome(world, lambda call: call.op("call", target="nobody"))

    assert isinstance(error, UnknownTarget)
    assert await world.runs("nobody") == []


async def test_call_raises_when_its_time_is_over_and_the_run_goes_on(world: World) -> None:
    world.step("b", lambda call: call.sleep(10))
    errors: list[Any] = []

    async def handler(call: Call) -> None:
        try:
            await call.op("call", target="b", timeout_ms=2_000)
        except CallTimeout as error:
            errors.append(error)

    world.step("a", handler)
    await world.boot()
    await world.trigger("a")
    await world.advance(3)

    assert len(errors) == 1
    assert [run.state for run in await world.runs("b")] == [RunState.RUNNING]


async def test_a_retried_handler_may_call_again_what_had_died(world: World) -> None:
    async def child(call: Call) -> str:
        if world.workers.started["b"] == 1:
            raise Fails(kind="fatal")
        return "ok"

    async def handler(call: Call) -> Any:
        return await call.op("call", target="b")

    world.step("a", handler)
    world.step("b", child)
    await world.boot()
    accepted = await world.trigger("a")
    await world.advance(5)

    run = await world.run(accepted.run)
    assert (run.state, run.result, run.attempt) == (RunState.COMPLETED, b'"ok"', 2)


async def test_state_is_set_and_read_and_changed(world: World) -> None:
    async def handler(call: Call) -> list[Any]:
        key = {"group": "g", "key": "k"}
        return [
            await call.op("state.get", **key),
            await call.op("state.set", **key, value={"n": 1}),
            await call.op("state.get", **key),
            await call.op("state.update", **key, ops=[{"op": "increment", "path": "n", "value": 4}]),
            await call.op("state.compare_and_set", **key, version=1, value=0),
            await call.op("state.compare_and_set", **key, version=2, value=0),
            await call.op("state.increment", group="g", key="count", by=3),
            await call.op("state.increment", group="g", key="count"),
            await call.op("state.list", group="g"),
            await call.op("state.list", group="g", after="count", limit=1),
            await call.op("state.delete", **key),
            await call.op("state.delete", **key),
            await call.op("state.clear", group="g"),
        ]

    assert await outcome(world, handler) == [
        None,
        {"version": 1},
        {"value": {"n": 1}, "version": 1},
        {"value": {"n": 5}, "version": 2},
        {"done": False, "value": {"n": 5}, "version": 2},
        {"done": True, "value": 0, "version": 3},
        3,
        4,
        [{"key": "count", "value": 4, "version": 2}, {"key": "k", "value": 0, "version": 3}],
        [{"key": "k", "value": 0, "version": 3}],
        True,
        False,
        1,
    ]


async def test_what_changes_state_is_told_and_what_does_not_is_not(world: World) -> None:
    async def handler(call: Call) -> None:
        key = {"group": "g", "key": "k"}
        await call.op("state.get", **key)
        await call.op("state.delete", **key)
        await call.op("state.clear", group="g")
        await call.op("state.set", **key, value=1)
        await call.op("state.compare_and_set", **key, version=9, value=0)
        await call.op("state.compare_and_set", **key, version=1, value=0)
        await call.op("state.increment", group="g", key="count")
        await call.op("state.update", group="g", key="u", ops=[{"op": "set", "path": "", "value": 1}])
        await call.op("state.list", group="g")
        await call.op("state.delete", **key)
        await call.op("state.clear", group="g")

    await outcome(world, handler)

    changed = [("g", "k"), ("g", "k"), ("g", "count"), ("g", "u"), ("g", "k"), ("g", None)]
    assert world.recorder.state_changes == changed


async def test_a_state_value_over_the_limit_is_refused(make_world: Callable[..., World]) -> None:
    world = make_world(limits=Limits(state_bytes=10))

    error = await outcome(world, lambda call: call.op("state.set", group="g", key="k", value="x" * 9))

    assert isinstance(error, PayloadTooLarge)
    assert await world.store.state_get("g", "k") is None


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("state.frobnicate", {}),
        ("trigger", {}),
        ("trigger", {"target": 5}),
        ("trigger", {"target": "b", "wait_ms": -1}),
        ("state.get", {"group": "g"}),
        ("state.get", {"group": "", "key": "k"}),
        ("state.set", {"group": "g", "key": "k" * 256, "value": 1}),
        ("state.list", {"group": "g", "limit": 0}),
        ("state.compare_and_set", {"group": "g", "key": "k", "version": 1}),
    ],
)
async def test_wrong_calls_are_errors_in_the_caller(world: World, op: str, args: dict[str, Any]) -> None:
    world.step("b")

    assert isinstance(await outcome(world, lambda call: call.op(op, **args)), CallerError)


async def test_calls_of_one_handler_run_side_by_side(world: World) -> None:
    world.step("b")

    async def handler(call: Call) -> list[Any]:
        return await asyncio.gather(*(call.trigger("b", number) for number in range(5)))

    answers = await outcome(world, handler)

    assert len({answer["runId"] for answer in answers}) == 5
    assert msgspec.json.encode(answers)
