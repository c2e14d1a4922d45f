"""Workflow instances on a whole node: scripted workers, the memory ledger, simulated time."""

from __future__ import annotations

from typing import Any

import pytest
from order_world import MEMBERS, Order
from scripted_workers import Call

from motia.model import (
    Backoff,
    CallerError,
    Concurrency,
    InstanceConflict,
    InstanceNotFound,
    PayloadInvalid,
    Problem,
    StepId,
    StepKind,
)


async def test_members_run_one_after_another_and_the_instance_is_completed(order: Order) -> None:
    instance = await order.start()

    await order.world.settle()

    assert order.order == ["place", "reserve", "charge", "label"]
    assert await order.states(instance) == {
        "": "completed",
        **dict.fromkeys(("place", "reserve", "charge", "label"), "completed"),
    }
    (summary,) = (await order.world.workflows.instances()).instances
    assert (summary.members_total, summary.members_completed, summary.reason) == (4, 4, "")
    assert await order.world.workflows.counts() == {"order": {"completed": 1}}


async def test_fan_out_and_fan_in(world: Any) -> None:
    order = Order(world)
    world.workflow("order", "place", {"reserve": [], "charge": [], "label": ["reserve", "charge"]})
    order.sleeps |= {"reserve": 1, "charge": 3}
    await world.boot()
    instance = await order.start()

    await world.advance(2)
    shown = await world.workflows.instance(instance)
    assert set(order.order) == {"place", "reserve", "charge"}
    assert [member.waits_for for member in shown.members] == [(), (), (), ("charge",)]
    await world.advance(2)

    assert order.order[-1] == "label"
    assert (await order.states(instance))[""] == "completed"
    by_step = dict(order.seen)
    assert by_step["label"] == {"n": 1, "reserve": {"by": "reserve"}, "charge": {"by": "charge"}}


async def test_the_others_go_on_beside_a_dead_member(world: Any) -> None:
    order = Order(world)
    world.workflow("order", "place", {"reserve": [], "charge": [], "label": ["charge"]})
    order.fails["reserve"] = 1
    order.sleeps["charge"] = 1
    await world.boot()
    instance = await order.start()

    await world.advance(2)

    assert "label" in order.order
    assert (await order.states(instance))[""] == "failed"


async def test_a_dead_start_fails_the_instance(order: Order) -> None:
    order.fails["place"] = 1
    instance = await order.start()

    await order.world.settle()

    assert order.order == ["place", "release"]
    assert (await order.states(instance))["label"] == "skipped"


async def test_a_member_with_several_runs_waits_for_all_of_them(order: Order) -> None:
    order.triggers["place"] = [("reserve", {"r": 1}), ("reserve", {"r": 2})]
    order.sleeps["reserve"] = 1
    instance = await order.start()

    await order.world.advance(3)

    assert order.order == ["place", "reserve", "reserve", "charge", "label"]
    assert dict(order.seen)["charge"] == {"n": 1, "reserve": {"by": "reserve"}}
    assert (await order.states(instance))[""] == "completed"


async def test_an_instance_is_cancelled_by_hand_and_what_it_still_triggers_is_skipped(order: Order) -> None:
    order.sleeps["reserve"] = 3

    async def stubborn(call: Call) -> None:
        try:
            await call.sleep(60)
        except BaseException:
            await call.trigger("charge", {"late": True})
            raise

    order.world.step("reserve", stubborn, retries=0)
    instance = await order.start()
    await order.world.settle()

    await order.world.workflows.cancel(instance)
    await order.world.advance(1)

    states = await order.states(instance)
    assert (states[""], states["reserve"], states["label"]) == ("cancelled", "cancelled", "cancelled")
    assert "release" not in order.order
    assert "charge" not in order.order
    for run in await order.world.runs("charge"):
        assert (run.state, run.reason) == (
            "skipped",
            "the workflow instance is cancelled: replay one of its members to go on",
        )
    with pytest.raises(InstanceConflict, match="cancelled already"):
        await order.world.workflows.cancel(instance)
    assert await order.world.store.open_instances() == []


async def test_a_dead_member_is_replayed_and_what_was_skipped_goes_on(order: Order) -> None:
    order.fails["reserve"] = 1
    order.triggers["place"] = [("charge", {"mine": 1})]
    instance = await order.start()
    await order.world.settle()

    run = await order.world.workflows.replay_member(instance, StepId("reserve"))
    await order.world.settle()

    found = await order.world.run(run)
    (first, again) = await order.world.runs("reserve")
    assert (found.id, found.kind, found.replay_of, found.trace) == (again.id, "replay", first.id, first.trace)
    assert found.payload == first.payload
    assert order.order == ["place", "reserve", "release", "reserve", "charge", "label"]
    assert order.seen[-2] == ("charge", {"mine": 1})
    assert set((await order.states(instance)).values()) == {"completed"}
    shown = await order.world.workflows.instance(instance)
    assert (shown.reason, shown.finished_at) == ("", order.world.clock.now_ms())


async def test_a_replay_takes_another_payload_and_may_fail_again(order: Order) -> None:
    order.fails["reserve"] = 2
    instance = await order.start()
    await order.world.settle()

    await order.world.workflows.replay_member(instance, StepId("reserve"), b'{"n": 2}')
    await order.world.settle()

    assert order.seen[-1] == ("reserve", {"n": 2})
    assert (await order.states(instance))[""] == "failed"
    assert order.order.count("release") == 1


async def test_a_replay_after_the_time_was_over_gets_a_new_time(world: Any) -> None:
    order = Order(world)
    world.workflow("order", "place", MEMBERS, timeout_ms=4_000)
    order.sleeps["reserve"] = 60
    await world.boot()
    instance = await order.start()
    await world.advance(5)
    order.sleeps.clear()

    await world.workflows.replay_member(instance, StepId("reserve"))
    await world.settle()

    assert (await order.states(instance))[""] == "completed"


@pytest.mark.parametrize(
    ("step", "text"),
    [("place", "has completed"), ("charge", "comes after reserve"), ("nobody", "no member")],
)
async def test_what_cannot_be_replayed_is_refused_and_nothing_changes(
    order: Order, step: str, text: str
) -> None:
    order.fails["reserve"] = 1
    instance = await order.start()
    await order.world.settle()
    before = await order.world.workflows.instance(instance)

    with pytest.raises(InstanceConflict, match=text):
        await order.world.workflows.replay_member(instance, StepId(step))

    assert await order.world.workflows.instance(instance) == before


async def test_a_replay_with_a_payload_that_does_not_fit_is_refused(order: Order) -> None:
    order.fails["reserve"] = 1
    instance = await order.start()
    await order.world.settle()
    order.world.problems["reserve"] = (Problem(path="", message="no"),)

    with pytest.raises(PayloadInvalid):
        await order.world.workflows.replay_member(instance, StepId("reserve"))

    with pytest.raises(CallerError):
        await order.world.workflows.replay_member(instance, StepId("reserve"), b"nonsense")
    assert (await order.states(instance))[""] == "failed"


async def test_a_cancelled_member_is_replayed_in_a_cancelled_instance(order: Order) -> None:
    order.sleeps["reserve"] = 60
    instance = await order.start()
    await order.world.settle()
    await order.world.workflows.cancel(instance)
    await order.world.settle()
    order.sleeps.clear()

    await order.world.workflows.replay_member(instance, StepId("reserve"))
    await order.world.settle()

    assert (await order.states(instance))[""] == "completed"


async def test_a_noop_member_waits_for_a_person(order: Order) -> None:
    order.world.step("charge", kind=StepKind.NOOP)
    instance = await order.start()
    await order.world.settle()
    (run,) = await order.world.runs("charge")

    await order.world.dispatcher.complete_by_hand(run.id, b'{"paid":true}')
    await order.world.settle()

    assert dict(order.seen)["label"] == {"n": 1, "charge": {"paid": True}, "carrier": "dhl"}
    assert (await order.states(instance))[""] == "completed"


async def test_retries_and_bounds_of_members_are_as_ever(order: Order) -> None:
    order.world.step(
        "reserve",
        order.handle,
        retries=2,
        backoff=Backoff(initial_ms=100, cap_ms=100),
        key="n",
        concurrency=Concurrency(limit=1),
    )
    order.fails["reserve"] = 2
    first, second = await order.start(), await order.start()

    await order.world.advance(3)

    assert (await order.states(first))[""] == (await order.states(second))[""] == "completed"


@pytest.mark.parametrize("instance", ["0" * 16, "nonsense"])
async def test_an_unknown_instance_is_an_error_with_a_code(order: Order, instance: str) -> None:
    for asked in (
        order.world.workflows.instance(instance),
        order.world.workflows.cancel(instance),
        order.world.workflows.replay_member(instance, StepId("reserve")),
    ):
        with pytest.raises(InstanceNotFound):
            await asked
