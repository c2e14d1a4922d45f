from __future__ import annotations

from typing import Any

from dispatch_world import World
from scripted_workers import Call, Fails

from motia.model import RunState, TriggerKind


async def fails(call: Call) -> None:
    raise Fails("it broke", kind="fatal")


async def test_a_final_failure_goes_to_the_steps_own_error_step(world: World) -> None:
    seen: list[Any] = []

    async def handler(call: Call) -> None:
        seen.append((call.invocation.kind, call.payload))

    world.step("a", fails, on_error="own")
    world.step("own", handler)
    world.step("handle-step-error", handler)
    await world.boot()
    accepted = await world.trigger("a", {"x": 1, "__retry": 2})
    await world.settle()

    assert seen == [
        (
            "error",
            {
                "stepId": "a",
                "error": {"name": "Boom", "message": "it broke", "stack": "at boom"},
                "context": {"x": 1},
                "retryCount": 2,
                "traceId": accepted.trace,
                "runId": accepted.run,
            },
        )
    ]


async def test_the_projects_error_step_gets_what_no_step_of_its_own_does(world: World) -> None:
    world.step("a", fails)
    world.step("handle-step-error")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()

    (run,) = await world.runs("handle-step-error")
    assert (run.state, run.kind, run.parent_run) == (RunState.COMPLETED, TriggerKind.ERROR, accepted.run)


async def test_without_an_error_step_nothing_is_triggered(world: World) -> None:
    world.step("a", fails)
    await world.boot()
    await world.trigger("a")
    await world.settle()

    assert await world.runs("handle-step-error") == []


async def test_a_retry_that_is_left_triggers_no_error_step(world: World) -> None:
    async def handler(call: Call) -> None:
        if call.attempt == 1:
            raise Fails()

    world.step("a", handler)
    world.step("handle-step-error")
    await world.boot()
    await world.trigger("a")
    await world.advance(5)

    assert await world.runs("handle-step-error") == []


async def test_a_failing_error_step_triggers_no_error_step(world: World) -> None:
    world.step("a", fails, on_error="own")
    world.step("own", fails)
    world.step("handle-step-error", fails)
    await world.boot()
    await world.trigger("a")
    await world.trigger("handle-step-error")
    await world.settle()

    assert [run.state for run in await world.runs("own")] == [RunState.DEAD]
    assert len(await world.runs("handle-step-error")) == 1


async def test_an_error_step_can_count_by_retry(world: World) -> None:
    counts: list[int] = []

    async def handler(call: Call) -> None:
        counts.append(call.payload["retryCount"])
        if call.payload["retryCount"] < 2:
            again = {**call.payload["context"], "__retry": call.payload["retryCount"] + 1}
            await call.trigger(call.payload["stepId"], again)

    world.step("a", fails)
    world.step("handle-step-error", handler)
    await world.boot()
    await world.trigger("a", {"x": 1})
    await world.settle()

    assert counts == [0, 1, 2]


async def test_an_error_step_that_is_not_there_yet_gets_it_later(world: World) -> None:
    world.step("a", fails, on_error="later")
    await world.boot()
    await world.trigger("a")
    await world.settle()
    assert [run.state for run in await world.runs("later")] == [RunState.PARKED]

    world.step("later")
    await world.settle()

    assert [run.state for run in await world.runs("later")] == [RunState.COMPLETED]


async def test_a_cancelled_run_triggers_no_error_step(world: World) -> None:
    world.step("a", lambda call: call.sleep(60))
    world.step("handle-step-error")
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    await world.dispatcher.cancel(accepted.run)
    await world.settle()

    assert (await world.run(accepted.run)).state is RunState.CANCELLED
    assert await world.runs("handle-step-error") == []
