"""What an instance triggers: payloads, what does not fit, whom a failure is told."""

from __future__ import annotations

from order_world import Order

from motia.model import (
    Problem,
)


async def test_the_engine_s_payload_has_the_start_the_results_and_the_constants(order: Order) -> None:
    await order.start({"n": 7})

    await order.world.settle()

    by_step = dict(order.seen)
    assert by_step["reserve"] == {"n": 7, "place": {"by": "place"}}
    assert by_step["charge"] == {"n": 7, "reserve": {"by": "reserve"}}
    assert by_step["label"] == {"n": 7, "charge": {"by": "charge"}, "carrier": "dhl"}
    (run,) = await order.world.runs("charge")
    (before,) = await order.world.runs("reserve")
    assert (run.parent_run, run.kind, run.trace) == (before.id, "event", before.trace)


async def test_a_dead_member_skips_what_comes_after_it_and_is_told_once(order: Order) -> None:
    order.fails["reserve"] = 1
    order.triggers["place"] = [("charge", {"mine": 1})]
    instance = await order.start()

    await order.world.settle()

    assert order.order == ["place", "reserve", "release"]
    assert await order.states(instance) == {
        "": "failed",
        "place": "completed",
        "reserve": "dead",
        "charge": "skipped",
        "label": "skipped",
    }
    (skipped,) = await order.world.runs("charge")
    (dead,) = await order.world.runs("reserve")
    (told,) = await order.world.runs("release")
    assert (skipped.state, skipped.reason) == ("skipped", "predecessor reserve is dead")
    assert (told.trace, told.parent_run, told.kind) == (dead.trace, dead.id, "error")
    payload = dict(order.seen)["release"]
    assert payload | {"error": None} == {
        "workflow": "order",
        "instance": instance,
        "step": "reserve",
        "error": None,
        "payload": {"n": 1},
        "results": {"place": {"by": "place"}},
    }
    assert payload["error"]["name"] == dead.error.name
    shown = await order.world.workflows.instance(instance)
    assert shown.reason == "reserve is dead"
    assert shown.members[3].reason == "predecessor charge is skipped"


async def test_a_payload_that_does_not_fit_is_a_dead_run_with_the_error(order: Order) -> None:
    order.world.problems["charge"] = (Problem(path="/n", message="too small"),)
    instance = await order.start()

    await order.world.settle()

    (run,) = await order.world.runs("charge")
    assert (run.state, run.reason, run.error.kind) == ("dead", "payload_invalid", "validation")
    assert "/n: too small" in run.error.message
    assert order.order == ["place", "reserve", "release"]
    assert (await order.states(instance))["label"] == "skipped"


async def test_a_member_whose_step_is_gone_parks_and_goes_on_when_it_is_back(order: Order) -> None:
    order.world.drop("charge")
    instance = await order.start()
    await order.world.settle()
    assert (await order.states(instance))["charge"] == "parked"

    order.world.step("charge", order.handle, retries=0)
    await order.world.settle()

    assert (await order.states(instance))[""] == "completed"
