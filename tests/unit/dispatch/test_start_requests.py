"""Requests that start a workflow: what their triggers open, what their end commits."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from dispatch_world import World

from motia.dispatch import StartRequests
from motia.ledger import instance_of
from motia.model import LedgerUnavailable, RunId, SpanId, StepId, StepKind, TraceId
from motia.workers import Lane, Origin

SPAN, TRACE, PLACE = SpanId("a" * 16), TraceId("b" * 32), StepId("place")


class Shop:
    """A world whose workflow begins with a request."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.step("place", kind=StepKind.API)
        world.step("reserve")
        world.step("other")
        world.workflow("order", "place", {"reserve": []})

    @property
    def requests(self) -> StartRequests:
        return self.world.dispatcher.requests

    async def trigger(self, target: str) -> RunId:
        """As the handler of the request does."""
        origin = Origin(step=PLACE, trace=TRACE, span=SPAN, run=None, attempt=1, lane=Lane.REQUEST, ticket=1)
        args = msgspec.Raw(msgspec.json.encode({"target": target, "payload": {"mine": 1}}))
        return msgspec.json.decode(await self.world.dispatcher.call_op(origin, "trigger", args))["runId"]

    async def states(self) -> dict[str, Any]:
        (summary,) = (await self.world.store.list_instances(limit=10)).instances
        snapshot = await self.world.store.get_instance(summary.id)
        assert snapshot is not None
        return {"": summary.state} | {one.step: one.state for one in instance_of(snapshot).members}


@pytest.fixture
async def shop(world: World) -> Shop:
    made = Shop(world)
    await world.boot()
    made.requests.begin(SPAN, step=PLACE, trace=TRACE)
    return made


async def test_the_first_trigger_of_a_member_opens_the_instance_and_is_held(shop: Shop) -> None:
    await shop.trigger("other")
    assert await shop.world.store.count_instances() == {}

    run = await shop.trigger("reserve")
    await shop.world.settle()

    assert (await shop.world.run(run)).state == "blocked"
    assert await shop.states() == {"": "running", "place": "running", "reserve": "blocked"}
    await shop.requests.end(SPAN, is_success=True, payload=b'{"n":1}')
    await shop.world.settle()
    assert await shop.states() == {"": "completed", "place": "completed", "reserve": "completed"}
    assert not shop.requests.is_under_way(SPAN)


async def test_a_success_opens_and_the_engine_triggers_with_the_body(shop: Shop) -> None:
    await shop.requests.end(SPAN, is_success=True, payload=b'{"n":1}', result=b'{"o":2}')
    await shop.world.settle()

    (run,) = await shop.world.runs("reserve")
    assert (run.payload, run.trace, run.parent_run) == (b'{"n":1,"place":{"o":2}}', TRACE, None)
    assert (await shop.states())[""] == "completed"


async def test_a_failure_fails_what_was_opened_and_opens_nothing(shop: Shop) -> None:
    await shop.trigger("reserve")

    await shop.requests.end(SPAN, is_success=False, reason="answered 500")
    await shop.world.settle()

    assert await shop.states() == {"": "failed", "place": "dead", "reserve": "skipped"}
    shop.requests.begin(SPAN, step=PLACE, trace=TraceId("c" * 32))
    await shop.requests.end(SPAN, is_success=False)
    assert await shop.world.store.count_instances() == {"order": {"failed": 1}}


async def test_a_request_whose_end_cannot_be_committed_is_lost(shop: Shop) -> None:
    await shop.trigger("reserve")
    shop.world.ledger.is_down = True

    with pytest.raises(LedgerUnavailable):
        await shop.requests.end(SPAN, is_success=True)

    shop.world.ledger.is_down = False
    await shop.world.advance(10)
    assert await shop.states() == {"": "failed", "place": "dead", "reserve": "skipped"}


async def test_a_request_whose_engine_died_is_lost_at_the_next_boot(shop: Shop) -> None:
    await shop.trigger("reserve")
    shop.world.crash(set())

    await shop.world.boot()
    await shop.world.settle()

    assert await shop.states() == {"": "failed", "place": "dead", "reserve": "skipped"}


async def test_a_trigger_after_the_end_opens_nothing(shop: Shop) -> None:
    await shop.requests.end(SPAN, is_success=False)

    run = await shop.trigger("reserve")
    await shop.world.settle()

    assert (await shop.world.run(run)).state == "completed"
    assert await shop.world.store.count_instances() == {}


async def test_an_instance_that_is_cancelled_skips_what_its_request_still_triggers(shop: Shop) -> None:
    await shop.trigger("reserve")
    (summary,) = (await shop.world.workflows.instances()).instances
    await shop.world.workflows.cancel(summary.id)

    late = await shop.trigger("reserve")
    await shop.world.settle()
    await shop.requests.end(SPAN, is_success=True)
    await shop.world.settle()

    assert (await shop.world.run(late)).state in ("skipped", "cancelled")
    assert await shop.world.store.count_instances() == {"order": {"cancelled": 1}}
    assert await shop.world.store.open_instances() == []
