"""Moving on: told or not, over deaths and outages, by the clock."""

from __future__ import annotations

import asyncio
from typing import Any

from order_world import MEMBERS, Order

from motia.model import (
    StepId,
)


async def test_a_trigger_of_a_member_is_accepted_at_once_and_held(order: Order) -> None:
    order.triggers["place"] = [("charge", {"mine": 1})]
    order.sleeps["reserve"] = 5
    await order.start()

    await order.world.settle()
    (held,) = await order.world.runs("charge")
    why = await order.world.dispatcher.explain(held.id)
    assert (held.state, order.order) == ("blocked", ["place", "reserve"])
    assert why.code == "workflow"
    assert why.text.startswith("blocked: waits for reserve of workflow order (instance ")
    await order.world.advance(5)

    assert order.order == ["place", "reserve", "charge", "label"]
    assert dict(order.seen)["charge"] == {"mine": 1}
    assert len(await order.world.runs("charge")) == 1


async def test_a_time_limit_cancels_what_is_open_and_is_told(world: Any) -> None:
    order = Order(world)
    world.workflow("order", "place", MEMBERS, on_failure=StepId("release"), timeout_ms=4_000)
    order.triggers["place"] = [("charge", {})]
    order.sleeps["reserve"] = 60
    await world.boot()
    instance = await order.start()

    await world.advance(3)
    assert (await order.states(instance))[""] == "running"
    await world.advance(2)

    assert await order.states(instance) == {
        "": "timed_out",
        "place": "completed",
        "reserve": "cancelled",
        "charge": "cancelled",
        "label": "cancelled",
    }
    (reserve,) = await world.runs("reserve")
    assert reserve.reason == "workflow_timed_out"
    assert order.order == ["place", "reserve", "release"]
    assert (dict(order.seen)["release"]["step"], dict(order.seen)["release"]["error"]["name"]) == (
        None,
        "TimedOut",
    )


async def test_an_instance_keeps_the_configuration_it_was_opened_with(order: Order) -> None:
    order.sleeps["reserve"] = 1
    instance = await order.start()
    await order.world.settle()

    order.world.workflow("order", "place", {"label": []})
    await order.world.advance(2)

    assert order.order == ["place", "reserve", "charge", "label"]
    assert (await order.states(instance))[""] == "completed"


async def test_nothing_depends_on_being_told(order: Order) -> None:
    bells = order.world.dispatcher.node_state.bells
    bells.over = bells.joined = lambda *args: None
    instance = await order.start()

    await order.world.advance(10)

    assert (await order.states(instance))[""] == "completed"


async def test_an_engine_that_starts_goes_on_where_another_died(order: Order) -> None:
    order.sleeps["reserve"] = 5
    instance = await order.start()
    await order.world.advance(1)

    order.world.crash(set())
    order.sleeps.clear()
    await order.world.boot()
    await order.world.settle()

    assert (await order.states(instance))[""] == "completed"
    assert order.order == ["place", "reserve", "reserve", "charge", "label"]


async def test_an_outage_delays_and_loses_nothing(order: Order) -> None:
    order.sleeps["reserve"] = 1
    instance = await order.start()
    await order.world.settle()
    order.world.ledger.is_down = True
    await order.world.advance(5)

    order.world.ledger.is_down = False
    await order.world.advance(10)

    assert (await order.states(instance))[""] == "completed"
    assert not [line for line in order.world.recorder.logs if "failed and goes on" in line["message"]]


async def test_runs_in_no_workflow_are_left_alone(order: Order) -> None:
    alone = await order.world.trigger("charge", {})
    await order.start()
    await order.world.settle()

    assert alone.instances == ()
    assert (await order.world.run(alone.run)).state == "completed"


async def test_the_feed_is_told_of_every_change(order: Order) -> None:
    instance = await order.start()

    await order.world.settle()

    told = [state for one, state in order.world.recorder.instances if one == instance]
    assert (told[0], told[-1]) == ("running", "completed")


async def test_waiting_until_all_is_quiet_waits_for_workflows(order: Order) -> None:
    instance = await order.start()
    waiting = asyncio.create_task(order.world.dispatcher.wait_idle(5))
    await order.world.settle()
    await order.world.advance(1)
    await waiting

    assert (await order.states(instance))[""] == "completed"
