"""Which news of a large instance ask for a look; and what an instance with many runs costs."""

from __future__ import annotations

from typing import Any

import pytest
from dispatch_world import World
from order_world import Order
from scripted_workers import Call
from snapshots import snapshot

from motia.ledger import InstanceSnapshot, MemoryLedger
from motia.model import RunState, StepId, run_id_of
from motia.workflow.crowds import Crowd

A, B, C, MEND = map(StepId, ("a", "b", "c", "mend"))
DONE, DEAD = RunState.COMPLETED, RunState.DEAD


def test_only_the_last_end_of_a_member_asks_for_a_look() -> None:
    crowd = Crowd(snapshot(("start", "completed"), ("a", "running"), ("a", "ready"), ("b", "running")))

    assert not crowd.over(run_id_of(2), A, DONE)
    assert not crowd.over(run_id_of(2), A, DONE)
    assert crowd.over(run_id_of(3), A, DONE)
    assert crowd.over(run_id_of(4), B, DONE)


@pytest.mark.parametrize("state", [RunState.DEAD, RunState.CANCELLED])
def test_the_first_failure_of_a_member_asks_for_a_look_and_no_further_one(state: RunState) -> None:
    going = Crowd(snapshot(("start", "completed"), ("a", "running"), ("a", "ready")))
    failed = Crowd(snapshot(("start", "completed"), ("a", "dead"), ("a", "running"), ("a", "ready")))

    assert going.over(run_id_of(2), A, state)
    assert not failed.over(run_id_of(3), A, state)
    assert failed.over(run_id_of(4), A, state)


def test_a_member_that_was_cancelled_and_is_dead_now_asks_for_a_look() -> None:
    crowd = Crowd(snapshot(("start", "completed"), ("a", "cancelled"), ("a", "running"), ("a", "ready")))

    assert crowd.over(run_id_of(3), A, DEAD)


def test_a_run_that_joins_is_waited_for() -> None:
    crowd = Crowd(snapshot(("start", "completed"), ("a", "running")))

    assert not crowd.joined([(run_id_of(9), A), (run_id_of(8), StepId("other"))])
    assert not crowd.joined([(run_id_of(2), A)])
    assert not crowd.over(run_id_of(2), A, DONE)
    assert crowd.over(run_id_of(9), A, DONE)
    assert len(crowd) == 3


def test_runs_that_come_after_a_failed_member_are_skipped_many_at_a_time() -> None:
    many = (("b", "completed"),) * 20
    crowd = Crowd(snapshot(("start", "completed"), ("a", "dead"), *many))

    asked = [crowd.joined([(run_id_of(number), C)]) for number in (90, 91, 92)]

    assert asked == [False, False, True]


def test_what_is_not_known_asks_for_a_look() -> None:
    crowd = Crowd(snapshot(("start", "completed"), ("a", "running")))

    assert crowd.over(run_id_of(50), A, DONE)


def test_the_end_of_an_error_step_asks_for_a_look_and_that_of_no_member_does_not() -> None:
    crowd = Crowd(snapshot(("start", "completed"), ("a", "dead"), ("mend", "running", 2), ("b", "running")))

    assert crowd.over(run_id_of(3), MEND, DONE)
    assert not crowd.over(run_id_of(50), MEND, DONE)
    assert crowd.over(run_id_of(4), B, DONE)
    assert crowd.over(run_id_of(51), MEND, DONE)


class CountingLedger(MemoryLedger):
    """Counts the runs of instances that are read."""

    read = 0

    async def get_instance(self, instance: str) -> InstanceSnapshot | None:
        found = await super().get_instance(instance)
        self.read += 0 if found is None else len(found.runs)
        return found


async def rows_for(count: int, *, fails: int = 0, triggers_others: bool = False) -> int:
    """Rows of runs read for an instance whose member is triggered `count` times."""
    world = World(slots=32)
    world.store = ledger = CountingLedger(clock=world.clock)
    order = Order(world)
    world.step("other", order.handle)
    order.fails["reserve"] = fails

    async def place(call: Call) -> None:
        for number in range(count):
            await call.trigger("reserve", {"n": number})

    async def reserve(call: Call) -> Any:
        if triggers_others:
            await call.trigger("other", call.payload)
        return await order.handle(call)

    world.step("place", place, retries=0)
    world.step("reserve", reserve, retries=0)
    try:
        await world.boot()
        instance = await order.start({})
        for _ in range(200):
            await world.settle()
            if not await ledger.open_instances():
                break
        states = await order.states(instance)
        assert states[""] == ("failed" if fails else "completed")
        assert order.order.count("reserve") == count
        assert order.order.count("label") == (0 if fails else 1)
        return ledger.read
    finally:
        await world.close()


@pytest.mark.parametrize(
    "options", [{}, {"fails": 10_000}, {"triggers_others": True}], ids=["all-well", "all-dead", "others"]
)
async def test_a_member_that_is_triggered_often_costs_no_more_each_time(options: dict[str, Any]) -> None:
    few, many = await rows_for(400, **options), await rows_for(1_600, **options)

    print(f"rows of runs read: {few} for 400, {many} for 1,600")
    assert many < 6 * few
    assert many < 40 * 1_600
