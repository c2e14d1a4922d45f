"""Claiming: order, limits over all nodes, lanes, pause."""

from __future__ import annotations

from typing import Any

import pytest

from motia.model import Concurrency, InternalError, NodeId, StepId

STEP = StepId("step-a")


async def test_claims_come_by_priority_then_due_time_then_id(h: Any) -> None:
    now = h.clock.now_ms()
    late = await h.accept(due_at=now + 20)
    early = await h.accept(due_at=now + 10)
    await h.clock.advance(1)
    await h.ledger.promote()
    low = await h.accept(priority=-1)
    high = await h.accept(priority=1)
    first, second = await h.accept(), await h.accept()

    claims = await h.claim()

    order = [high, early, late, first, second, low]
    assert [claim.run for claim in claims] == [one.run for one in order]


async def test_no_more_than_the_limit_are_claimed(h: Any) -> None:
    runs = [(await h.accept()).run for _ in range(5)]

    assert [claim.run for claim in await h.claim(limit=2)] == runs[:2]
    assert [claim.run for claim in await h.claim(limit=10)] == runs[2:]


@pytest.mark.parametrize("limit", [0, 1_001])
async def test_a_limit_out_of_bounds_is_a_fault_of_ours(h: Any, limit: int) -> None:
    with pytest.raises(InternalError):
        await h.claim(limit=limit)


async def test_the_concurrency_of_a_step_holds_over_all_nodes(h: Any) -> None:
    for _ in range(5):
        await h.accept()
    bound = Concurrency(limit=3)

    mine = await h.claim(limit=2, concurrency=bound)
    theirs = await h.ledger.claim(STEP, limit=5, node=NodeId("other"), concurrency=bound)
    none = await h.claim(concurrency=bound)
    await h.ledger.complete(mine[0].run, mine[0].epoch, result=None)
    one = await h.claim(concurrency=bound)

    assert [len(claims) for claims in (mine, theirs, none, one)] == [2, 1, 0, 1]


async def test_the_concurrency_of_a_lane_leaves_other_lanes_alone(h: Any) -> None:
    runs = [(await h.accept(lane=lane)).run for lane in "aaabb"]
    bound = Concurrency(limit=1, key="x")

    claims = await h.claim(concurrency=bound)
    assert [claim.run for claim in claims] == [runs[0], runs[3]]

    await h.ledger.release(claims[0].run, claims[0].epoch)
    await h.ledger.complete(claims[1].run, claims[1].epoch, result=None)
    again = await h.claim(concurrency=bound)

    assert [claim.run for claim in again] == [runs[0], runs[4]]


async def test_runs_without_a_lane_share_one(h: Any) -> None:
    for _ in range(3):
        await h.accept()

    assert len(await h.claim(concurrency=Concurrency(limit=2, key="x"))) == 2
    assert await h.claim(concurrency=Concurrency(limit=2, key="x")) == []


async def test_the_bounds_hold_after_a_restart(h: Any, reopen: Any) -> None:
    for lane in ("a", "a", "b"):
        await h.accept(lane=lane)
    bound = Concurrency(limit=1, key="x")
    await h.claim(limit=1, concurrency=bound)

    await reopen()

    assert [claim.lane for claim in await h.claim(concurrency=bound)] == ["b"]


async def test_a_paused_step_is_not_claimed_until_it_is_resumed(h: Any, reopen: Any) -> None:
    await h.accept()
    await h.ledger.pause(STEP)
    await reopen()

    assert await h.claim() == []
    assert await h.ledger.paused() == frozenset({STEP})

    await h.ledger.resume(STEP)
    assert len(await h.claim()) == 1
    assert await h.ledger.paused() == frozenset()


async def test_ready_steps_are_those_with_a_ready_run(h: Any) -> None:
    await h.accept("a")
    await h.accept("b", due_at=1 << 42)
    await h.start("c")

    assert await h.ledger.ready_steps() == frozenset({"a"})

    await h.claim("a")
    assert await h.ledger.ready_steps() == frozenset()


async def test_running_runs_are_shown_oldest_first(h: Any) -> None:
    for lane in ("x", "y", "x"):
        await h.accept(lane=lane)
    (first,) = await h.claim(limit=1)
    await h.clock.advance(1)
    rest = await h.claim()

    assert [run.id for run in await h.ledger.running(STEP)] == [first.run, *(c.run for c in rest)]
    assert [run.id for run in await h.ledger.running(STEP, lane="x")] == [first.run, rest[1].run]
    assert len(await h.ledger.running(STEP, limit=1)) == 1


async def test_a_lease_is_renewed_until_it_has_expired(h: Any) -> None:
    node = NodeId("n")
    assert not await h.ledger.renew(node, ttl_ms=1_000)
    await h.ledger.register(node, ttl_ms=1_000)
    await h.clock.advance(0.9)
    assert await h.ledger.renew(node, ttl_ms=1_000)
    await h.clock.advance(1.1)
    assert not await h.ledger.renew(node, ttl_ms=1_000)

    await h.ledger.register(node, ttl_ms=1_000)
    await h.ledger.unregister(node)
    assert not await h.ledger.renew(node, ttl_ms=1_000)
