"""State store, cron firings, HTTP keys, manifest."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest

from motia.ledger import CronFire, StateOp, StoredResponse
from motia.model import QueueFull, RunConflict, StepId

STEP = StepId("step-a")


def op(kind: Any, path: str = "", value: Any = None) -> StateOp:
    return StateOp(op=kind, path=path, value=msgspec.Raw(json.dumps(value).encode()))


async def test_a_value_is_set_read_and_deleted(h: Any) -> None:
    first = await h.ledger.state_set("g", "k", b"1")
    await h.clock.advance(1)
    second = await h.ledger.state_set("g", "k", b"2")

    assert (first.version, second.version, second.updated_at) == (1, 2, h.clock.now_ms())
    assert await h.ledger.state_get("g", "k") == second
    assert await h.ledger.state_delete("g", "k")
    assert not await h.ledger.state_delete("g", "k")
    assert await h.ledger.state_get("g", "k") is None


async def test_a_group_is_listed_in_key_order_and_cleared(h: Any) -> None:
    for key in ("b", "a", "é", "\U0001f600", "\uffff"):
        await h.ledger.state_set("g", key, b"1")
    await h.ledger.state_set("h", "x", b"1")

    assert [e.key for e in await h.ledger.state_list("g")] == ["a", "b", "é", "\uffff", "\U0001f600"]
    assert [e.key for e in await h.ledger.state_list("g", limit=1, after="a")] == ["b"]
    assert await h.ledger.state_groups() == {"g": 5, "h": 1}
    assert await h.ledger.state_groups(limit=1) == {"g": 5}
    assert await h.ledger.state_clear("g") == 5
    assert await h.ledger.state_groups() == {"h": 1}


async def test_parallel_increments_lose_nothing(h: Any) -> None:
    await asyncio.gather(*(h.ledger.state_update("g", "n", [op("increment", "", 1)]) for _ in range(50)))

    entry = await h.ledger.state_get("g", "n")
    assert (entry.value, entry.version) == (b"50", 50)


async def test_ops_that_do_not_fit_leave_the_value_alone(h: Any) -> None:
    before = await h.ledger.state_set("g", "k", b'{"a":"text"}')

    with pytest.raises(RunConflict):
        await h.ledger.state_update("g", "k", [op("set", "b", 1), op("increment", "a", 1)])

    assert await h.ledger.state_get("g", "k") == before


async def test_a_value_is_only_replaced_at_the_version_that_was_read(h: Any) -> None:
    assert await h.ledger.state_compare_and_set("g", "k", version=1, value=b"0") == (False, None)
    done, entry = await h.ledger.state_compare_and_set("g", "k", version=0, value=b"1")
    assert (done, entry.version) == (True, 1)
    assert await h.ledger.state_compare_and_set("g", "k", version=0, value=b"2") == (False, entry)
    assert await h.ledger.state_compare_and_set("g", "k", version=1, value=None) == (True, None)
    assert await h.ledger.state_get("g", "k") is None


async def test_an_instant_fires_once(h: Any) -> None:
    fire = CronFire(step=STEP, instant_at=1_000, outcome="fired", fired_at=1_001)

    answers = await asyncio.gather(*(h.ledger.fire(fire, h.event()) for _ in range(5)))

    assert [is_new for is_new, _ in answers].count(True) == 1
    (claim,) = await h.claim()
    (kept,) = await h.ledger.cron_fires(STEP)
    assert (kept.run, kept.outcome, kept.fired_at) == (claim.run, "fired", 1_001)


async def test_a_firing_whose_event_is_refused_is_not_recorded(h: Any) -> None:
    fire = CronFire(step=STEP, instant_at=1_000, outcome="fired", fired_at=1_001)

    with pytest.raises(QueueFull):
        await h.ledger.fire(fire, h.event(depth_max=0))

    assert await h.ledger.cron_fires(STEP) == []


async def test_firings_are_shown_newest_first(h: Any) -> None:
    for instant in (3, 1, 2):
        skipped = CronFire(step=STEP, instant_at=instant, outcome="skipped", fired_at=9, reason="overlap")
        assert await h.ledger.fire(skipped, None) == (True, None)

    assert [fire.instant_at for fire in await h.ledger.cron_fires(STEP, limit=2)] == [3, 2]
    assert (await h.ledger.cron_fires(STEP))[0].reason == "overlap"


async def test_a_schedule_is_seen_once_until_it_changes(h: Any, reopen: Any) -> None:
    first = await h.ledger.cron_seen(STEP, "* * * * *")
    await h.clock.advance(5)
    await reopen()

    assert await h.ledger.cron_seen(STEP, "* * * * *") == first
    changed = await h.ledger.cron_seen(STEP, "0 * * * *")
    assert changed == first + 5_000
    await h.clock.advance(5)
    assert await h.ledger.cron_seen(STEP, "* * * * *") == first + 10_000


async def test_a_request_with_a_key_is_executed_once_and_replayed(h: Any) -> None:
    begin = h.ledger.idempotency_begin
    response = StoredResponse(status=201, headers=(("a", "b"),), body=b"x")

    assert (await begin(STEP, "k", digest="d", ttl_ms=1_000)).outcome == "started"
    assert (await begin(STEP, "k", digest="d", ttl_ms=1_000)).outcome == "in_flight"
    assert (await begin(STEP, "k", digest="e", ttl_ms=1_000)).outcome == "mismatch"
    await h.ledger.idempotency_finish(STEP, "k", response)
    answer = await begin(STEP, "k", digest="d", ttl_ms=1_000)
    assert (answer.outcome, answer.response) == ("stored", response)
    assert (await begin(STEP, "k", digest="e", ttl_ms=1_000)).outcome == "mismatch"
    await h.clock.advance(1)
    assert (await begin(STEP, "k", digest="e", ttl_ms=1_000)).outcome == "started"


async def test_a_forgotten_request_may_be_repeated(h: Any) -> None:
    await h.ledger.idempotency_begin(STEP, "k", digest="d", ttl_ms=1_000)
    await h.ledger.idempotency_finish(STEP, "k", None)

    assert (await h.ledger.idempotency_begin(STEP, "k", digest="e", ttl_ms=1_000)).outcome == "started"


async def test_a_request_left_in_flight_by_a_death_is_started_anew(h: Any, reopen: Any) -> None:
    response = StoredResponse(status=200, headers=(), body=b"")
    await h.ledger.idempotency_begin(STEP, "open", digest="d", ttl_ms=1_000)
    await h.ledger.idempotency_begin(STEP, "done", digest="d", ttl_ms=1_000)
    await h.ledger.idempotency_finish(STEP, "done", response)

    await reopen()

    assert (await h.ledger.idempotency_begin(STEP, "open", digest="d", ttl_ms=1_000)).outcome == "started"
    assert (await h.ledger.idempotency_begin(STEP, "done", digest="d", ttl_ms=1_000)).outcome == "stored"


async def test_the_manifest_is_kept(h: Any, reopen: Any) -> None:
    assert await h.ledger.load_manifest() is None
    await h.ledger.save_manifest(b"1")
    await h.ledger.save_manifest(b'{"steps":[]}')
    await reopen()

    assert await h.ledger.load_manifest() == b'{"steps":[]}'
