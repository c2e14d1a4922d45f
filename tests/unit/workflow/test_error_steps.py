"""A dead member whose error step triggers it again: the new run takes the dead one's place."""

from __future__ import annotations

from typing import Any

import pytest
from order_world import MEMBERS, Order
from scripted_workers import Call, Fails

from motia.model import RunState, StepId, StepKind


class Mending:
    """An order whose members' error step tries again, at most `again` times, after `sleep` s."""

    def __init__(self, world: Any, *, again: int = 1, sleep: float = 0, **options: Any) -> None:
        self.order = Order(world)
        self.again, self.sleep = again, sleep
        self.told: list[Any] = []
        for step in ("place", "reserve", "charge", "label"):
            world.step(step, self.order.handle, retries=0, on_error=StepId("mend"))
        world.step("mend", self.mend, retries=0)
        world.workflow("order", "place", MEMBERS, on_failure=StepId("release"), **options)

    async def mend(self, call: Call) -> None:
        self.told.append(call.payload)
        await call.sleep(self.sleep)
        if self.again:
            self.again -= 1
            await call.trigger(call.payload["stepId"], {**call.payload["context"], "__retry": 1})


@pytest.mark.parametrize("step", ["place", "reserve", "label"])
async def test_a_member_that_completes_the_second_time_has_completed(world: Any, step: str) -> None:
    mending = Mending(world)
    mending.order.fails[step] = 1
    await world.boot()

    instance = await mending.order.start()
    await world.settle()

    assert set((await mending.order.states(instance)).values()) == {"completed"}
    assert "release" not in mending.order.order
    assert mending.order.order.count(step) == 2
    assert [told["stepId"] for told in mending.told] == [step]
    (first, second) = await world.runs(step)
    assert (first.state, second.state, second.retry_count) == (RunState.DEAD, RunState.COMPLETED, 1)
    shown = await world.workflows.instance(instance)
    assert {member.step: member.run for member in shown.members}[StepId(step)] == second.id


async def test_what_comes_after_it_and_on_failure_wait_for_the_error_step(world: Any) -> None:
    mending = Mending(world, again=0, sleep=3)
    mending.order.fails["reserve"] = 1
    await world.boot()
    instance = await mending.order.start()

    await world.advance(1)
    waiting = await world.workflows.instance(instance)
    before = list(mending.order.order)
    await world.advance(3)

    reserve, charge = waiting.members[1], waiting.members[2]
    (handler,) = await world.runs("mend")
    assert (waiting.state, reserve.state, reserve.handled_by) == ("running", "dead", handler.id)
    assert (charge.state, charge.waits_for) == (None, (StepId("reserve"),))
    assert before == ["place", "reserve"]
    assert mending.order.order == ["place", "reserve", "release"]
    states = await mending.order.states(instance)
    assert (states[""], states["reserve"], states["charge"]) == ("failed", "dead", "skipped")


async def test_it_may_be_tried_again_until_the_error_step_gives_up(world: Any) -> None:
    mending = Mending(world, again=2)
    mending.order.fails["reserve"] = 5
    await world.boot()

    instance = await mending.order.start()
    await world.settle()

    assert mending.order.order == ["place", *["reserve"] * 3, "release"]
    assert (await mending.order.states(instance))[""] == "failed"


async def test_one_of_several_runs_is_replaced_and_the_others_still_count(world: Any) -> None:
    mending = Mending(world)
    mending.order.triggers["place"] = [("reserve", {"r": 1}), ("reserve", {"r": 2})]
    mending.order.fails["reserve"] = 1
    await world.boot()

    instance = await mending.order.start()
    await world.settle()

    assert mending.order.order.count("reserve") == 3
    assert (await mending.order.states(instance))[""] == "completed"


async def test_an_error_step_that_dies_or_is_cancelled_has_given_up(world: Any) -> None:
    mending = Mending(world)

    async def dies(call: Call) -> None:
        raise Fails(kind="fatal")

    world.step("mend", dies, retries=0)
    mending.order.fails["reserve"] = 1
    await world.boot()

    instance = await mending.order.start()
    await world.settle()

    assert (await mending.order.states(instance))[""] == "failed"
    assert mending.order.order.count("release") == 1


async def test_an_error_step_that_nobody_has_is_not_waited_for(world: Any) -> None:
    mending = Mending(world)
    for step in ("place", "reserve", "charge", "label"):
        world.step(step, mending.order.handle, retries=0, on_error=StepId("missing"))
    mending.order.fails["reserve"] = 1
    await world.boot()

    instance = await mending.order.start()
    await world.settle()

    assert (await mending.order.states(instance))[""] == "failed"
    assert await world.store.open_instances() == []


async def test_a_person_may_replay_before_the_error_step_is_over(world: Any) -> None:
    mending = Mending(world)
    world.step("mend", kind=StepKind.NOOP)
    mending.order.fails["reserve"] = 1
    await world.boot()
    instance = await mending.order.start()
    await world.settle()

    await world.workflows.replay_member(instance, StepId("reserve"))
    await world.settle()

    assert (await mending.order.states(instance))[""] == "completed"


async def test_what_the_error_step_triggers_after_the_time_was_over_is_skipped_and_says_why(
    world: Any,
) -> None:
    mending = Mending(world, sleep=5, timeout_ms=3_000)
    mending.order.fails["reserve"] = 1
    await world.boot()
    instance = await mending.order.start()

    await world.advance(8)

    (_, late) = await world.runs("reserve")
    assert late.state is RunState.SKIPPED
    assert late.reason == "the workflow instance is timed out: replay one of its members to go on"
    states = await mending.order.states(instance)
    assert (states[""], states["reserve"]) == ("timed_out", "dead")
    assert await world.store.open_instances() == []


async def test_what_on_failure_triggers_again_runs_by_itself_and_says_so(world: Any) -> None:
    order = Order(world)
    order.fails["reserve"] = 1
    order.triggers["release"] = [("reserve", {"late": True})]
    await world.boot()

    instance = await order.start()
    await world.settle()

    (_, late) = await world.runs("reserve")
    assert late.state is RunState.COMPLETED
    assert (await order.states(instance))[""] == "failed"
    text = (await world.dispatcher.explain(late.id)).text
    assert f"(instance {instance}) was over (failed) before it came" in text
    assert "replay its member reserve" in text
