"""Workflow instances on a whole node: scripted workers, the memory ledger, simulated time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scripted_workers import Call, Fails

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

MEMBERS: dict[str, Any] = {
    "reserve": [],
    "charge": ["reserve"],
    "label": (["charge"], {"carrier": "dhl"}),
}


class Order:
    """Handlers that note what they get and do what they are told."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.seen: list[tuple[str, Any]] = []
        self.fails: dict[str, int] = {}
        self.triggers: dict[str, list[tuple[str, Any]]] = {}
        self.sleeps: dict[str, float] = {}
        for step in ("place", "reserve", "charge", "label", "release"):
            world.step(step, self.handle, retries=0)
        world.workflow("order", "place", MEMBERS, on_failure=StepId("release"))

    async def handle(self, call: Call) -> Any:
        step = str(call.invocation.step)
        self.seen.append((step, call.payload))
        for target, payload in self.triggers.get(step, ()):
            await call.trigger(target, payload)
        await call.sleep(self.sleeps.get(step, 0))
        if self.fails.get(step, 0) > 0:
            self.fails[step] -= 1
            raise Fails(kind="error")
        return {"by": step}

    @property
    def order(self) -> list[str]:
        return [step for step, _ in self.seen]

    async def start(self, payload: Any = None) -> str:
        accepted = await self.world.trigger("place", {"n": 1} if payload is None else payload)
        (instance,) = accepted.instances
        return instance

    async def states(self, instance: str) -> dict[str, str | None]:
        found = await self.world.workflows.instance(instance)
        return {"": found.state} | {member.step: member.state for member in found.members}


@pytest.fixture
async def order(world: Any) -> Order:
    made = Order(world)
    await world.boot()
    return made


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


async def test_the_engine_s_payload_has_the_start_the_results_and_the_constants(order: Order) -> None:
    await order.start({"n": 7})

    await order.world.settle()

    by_step = dict(order.seen)
    assert by_step["reserve"] == {"n": 7}
    assert by_step["charge"] == {"n": 7, "reserve": {"by": "reserve"}}
    assert by_step["label"] == {"n": 7, "charge": {"by": "charge"}, "carrier": "dhl"}
    (run,) = await order.world.runs("charge")
    (before,) = await order.world.runs("reserve")
    assert (run.parent_run, run.kind, run.trace) == (before.id, "event", before.trace)


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


async def test_a_payload_that_does_not_fit_is_a_dead_run_with_the_error(order: Order) -> None:
    order.world.problems["charge"] = (Problem(path="/n", message="too small"),)
    instance = await order.start()

    await order.world.settle()

    (run,) = await order.world.runs("charge")
    assert (run.state, run.reason, run.error.kind) == ("dead", "payload_invalid", "validation")
    assert "/n: too small" in run.error.message
    assert order.order == ["place", "reserve", "release"]
    assert (await order.states(instance))["label"] == "skipped"


async def test_a_member_with_several_runs_waits_for_all_of_them(order: Order) -> None:
    order.triggers["place"] = [("reserve", {"r": 1}), ("reserve", {"r": 2})]
    order.sleeps["reserve"] = 1
    instance = await order.start()

    await order.world.advance(3)

    assert order.order == ["place", "reserve", "reserve", "charge", "label"]
    assert dict(order.seen)["charge"] == {"n": 1, "reserve": {"by": "reserve"}}
    assert (await order.states(instance))[""] == "completed"


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
        assert (run.state, run.reason) == ("skipped", "the workflow instance is cancelled")
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


async def test_an_instance_keeps_the_configuration_it_was_opened_with(order: Order) -> None:
    order.sleeps["reserve"] = 1
    instance = await order.start()
    await order.world.settle()

    order.world.workflow("order", "place", {"label": []})
    await order.world.advance(2)

    assert order.order == ["place", "reserve", "charge", "label"]
    assert (await order.states(instance))[""] == "completed"


async def test_a_member_whose_step_is_gone_parks_and_goes_on_when_it_is_back(order: Order) -> None:
    order.world.drop("charge")
    instance = await order.start()
    await order.world.settle()
    assert (await order.states(instance))["charge"] == "parked"

    order.world.step("charge", order.handle, retries=0)
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


@pytest.mark.parametrize("instance", ["0" * 16, "nonsense"])
async def test_an_unknown_instance_is_an_error_with_a_code(order: Order, instance: str) -> None:
    for asked in (
        order.world.workflows.instance(instance),
        order.world.workflows.cancel(instance),
        order.world.workflows.replay_member(instance, StepId("reserve")),
    ):
        with pytest.raises(InstanceNotFound):
            await asked
