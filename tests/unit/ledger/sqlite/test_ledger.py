"""What only the SQLite ledger promises: readers apart, lanes with long backlogs, a bounded file."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from motia.ledger import SqliteLedger
from motia.ledger.sqlite import executing
from motia.ledger.sqlite.retention import size_of
from motia.model import (
    Concurrency,
    Delivery,
    NewEvent,
    NodeId,
    RunFilter,
    RunState,
    StepId,
    TraceId,
    TriggerKind,
)
from motia.runtime import FrozenClock

NODE, STEP = NodeId("n"), StepId("s")
LANES = Concurrency(limit=2, key="x")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    store = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock())
    await store.open()
    yield store
    await store.close()


def event(*, lane: str | None = None, payload: bytes = b"1", priority: int = 0) -> NewEvent:
    return NewEvent(
        target="s",
        kind=TriggerKind.EVENT,
        payload=payload,
        trace=TraceId("a" * 32),
        deliveries=(Delivery(step=STEP, lane=lane),),
        priority=priority,
    )


async def test_a_slow_list_delays_neither_commits_nor_gets(ledger: SqliteLedger) -> None:
    order: list[str] = []
    accepted = await ledger.accept(event())
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(conn: object) -> None:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10)
        order.append("list")

    listing = ledger._slow.submit("slow", slow)
    await ledger.accept(event())
    assert await ledger.get(accepted.run) is not None
    order.append("others")
    release.set()
    await listing

    assert order == ["others", "list"]


async def test_a_write_is_seen_by_the_read_that_follows(ledger: SqliteLedger) -> None:
    for number in range(50):
        await ledger.state_set("g", "k", b"%d" % number)
        entry = await ledger.state_get("g", "k")
        assert entry is not None
        assert entry.value == b"%d" % number


async def test_a_full_lane_with_a_long_backlog_hides_nobody(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executing, "LANE_SCAN_MAX", 10)
    for _ in range(40):
        await ledger.accept(event(lane="busy"))
    others = [await ledger.accept(event(lane=f"l{n}", priority=-n)) for n in (2, 0, 1)]
    await ledger.accept(event(priority=-9))

    claims = await ledger.claim(STEP, limit=100, node=NODE, concurrency=LANES)
    more = await ledger.claim(STEP, limit=100, node=NODE, concurrency=LANES)

    assert [claim.lane for claim in claims] + [claim.lane for claim in more] == [
        "busy",
        "busy",
        "l0",
        "l1",
        "l2",
        None,
    ]
    assert {claim.run for claim in claims} >= {one.run for one in others}
    assert await ledger.claim(STEP, limit=100, node=NODE, concurrency=LANES) == []


async def test_the_books_equal_the_rows_after_random_work(ledger: SqliteLedger) -> None:
    rng = random.Random(7)
    for _ in range(60):
        await ledger.accept(event(lane=rng.choice([None, "a", "b"])), claimant=rng.choice([None, NODE]))
        for claim in await ledger.claim(STEP, limit=2, node=NODE, concurrency=LANES):
            if rng.random() < 0.6:
                await ledger.complete(claim.run, claim.epoch, result=None)

    def compare(store: executing.Store) -> None:
        kept = store.books
        store.flush()
        store.load()
        made = store.books
        assert made.steps.keys() == kept.steps.keys()
        for step, book in kept.steps.items():
            assert book.by_state == made.steps[step].by_state
            assert book.depth == made.steps[step].depth == sum(book.by_state.values())
            lanes = {name: (lane.ready, lane.running) for name, lane in book.lanes.items()}
            assert lanes == {n: (lane.ready, lane.running) for n, lane in made.steps[step].lanes.items()}
        assert made.running.keys() == kept.running.keys()
        assert (made.key_counts, made.waiting) == (kept.key_counts, kept.waiting)

    await ledger._writer.submit("compare", compare)


async def test_the_size_cap_bounds_the_file(ledger: SqliteLedger) -> None:
    cap = 3_000_000
    payload = b'"' + b"x" * 50_000 + b'"'
    largest = 0
    for _ in range(6):
        for _ in range(40):
            accepted = await ledger.accept(event(payload=payload), claimant=NODE)
            claim = accepted.claims[0]
            await ledger.complete(claim.run, claim.epoch, result=None)
        while await ledger.prune(finished_before=0, size_bytes_max=cap, limit=50):
            pass
        size = await ledger._slow.submit("size", size_of)
        largest = max(largest, size.bytes)

    assert largest < cap * 1.2
    counts = await ledger.count_runs(RunFilter())
    assert counts[RunState.COMPLETED] > 10
