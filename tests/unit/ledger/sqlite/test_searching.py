"""A search that no index answers: in short pages nothing is missed, nothing comes twice, and it says how far it got."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from motia.ledger import SqliteLedger
from motia.ledger.sqlite import searching
from motia.model import (
    Dead,
    Delivery,
    NewEvent,
    NodeId,
    RunError,
    RunFilter,
    RunId,
    RunState,
    StepId,
    TraceId,
    TriggerKind,
)
from motia.runtime import FrozenClock

NODE = NodeId("n")
STEPS = (StepId("a"), StepId("b"))
KINDS = (TriggerKind.EVENT, TriggerKind.CRON)
ERROR = RunError(name="E", message="no")
FILTERS = {
    "text": RunFilter(text="needle"),
    "text of a step": RunFilter(text="needle", step=STEPS[0]),
    "text and dead": RunFilter(text="needle", states=(RunState.DEAD,)),
    "completed": RunFilter(states=(RunState.COMPLETED,)),
    "dead, completed and scheduled": RunFilter(
        states=(RunState.DEAD, RunState.COMPLETED, RunState.SCHEDULED)
    ),
    "kind": RunFilter(kind=TriggerKind.EVENT),
    "kind and step": RunFilter(kind=TriggerKind.CRON, step=STEPS[1]),
    "cron": RunFilter(kind=TriggerKind.CRON),
    "kind and completed": RunFilter(kind=TriggerKind.CRON, states=(RunState.COMPLETED,)),
    "nowhere": RunFilter(text="nowhere"),
}


@pytest.fixture
async def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteLedger]:
    monkeypatch.setattr(searching, "WINDOW_RUNS", 7)
    clock = FrozenClock()
    store = SqliteLedger(tmp_path / "motia.db", clock=clock)
    await store.open()
    chance = random.Random(3)
    for number in range(150):
        clock.jump(1)
        await _one(store, chance, number)
    yield store
    await store.close()


async def _one(store: SqliteLedger, chance: random.Random, number: int) -> None:
    step = chance.choice(STEPS)
    accepted = await store.accept(
        NewEvent(
            target=step,
            kind=chance.choice(KINDS),
            payload=b'"needle"' if number % 11 == 0 else b'"hay"',
            trace=TraceId(f"{number:032x}"),
            deliveries=(Delivery(step=step),),
            due_at=store.now() + 3_600_000 if number % 5 == 1 else None,
        ),
        claimant=NODE,
    )
    for claim in accepted.claims:
        if number % 5 == 0:
            await store.fail(claim.run, claim.epoch, error=ERROR, outcome=Dead(reason="fatal"))
        else:
            await store.complete(claim.run, claim.epoch, result=None)


@pytest.mark.parametrize("where", FILTERS.values(), ids=FILTERS.keys())
async def test_short_pages_add_up_to_the_whole_list(ledger: SqliteLedger, where: RunFilter):
    whole = [run.id for run in (await ledger.list_runs(where, limit=1_000)).runs]

    found: list[RunId] = []
    cursor, looks = None, 0
    while cursor is not None or looks == 0:
        page = await ledger.list_runs(where, limit=4, cursor=cursor, search_ms=0)
        assert all(run.created_at >= (page.searched_from_at or 0) for run in page.runs)
        found += [run.id for run in page.runs]
        cursor, looks = page.cursor, looks + 1

    assert found == whole


async def test_a_page_that_was_cut_short_says_from_which_instant_on_it_looked(ledger: SqliteLedger):
    every = (await ledger.list_runs(RunFilter(), limit=1_000)).runs

    page = await ledger.list_runs(RunFilter(text="nowhere"), limit=50, search_ms=0)

    assert page.runs == ()
    assert page.searched_from_at == every[6].created_at
    assert page.cursor == every[6].id


async def test_without_a_time_the_whole_of_it_is_searched(ledger: SqliteLedger):
    page = await ledger.list_runs(RunFilter(text="needle"), limit=50)

    assert (len(page.runs), page.cursor, page.searched_from_at) == (14, None, None)


@pytest.mark.parametrize("where", FILTERS.values(), ids=FILTERS.keys())
async def test_a_tally_with_time_enough_counts_all(ledger: SqliteLedger, where: RunFilter):
    whole = (await ledger.list_runs(where, limit=1_000)).runs

    tally = await ledger.tally_runs(where, search_ms=60_000)

    assert tally.by_state == dict(Counter(run.state for run in whole))
    assert tally.searched_from_at is None


async def test_a_tally_of_a_time_is_exact_while_there_is_time(ledger: SqliteLedger):
    every = (await ledger.list_runs(RunFilter(), limit=1_000)).runs
    where = RunFilter(created_from=every[120].created_at, created_until=every[10].created_at)

    exact, timed = await ledger.count_runs(where), await ledger.tally_runs(where, search_ms=60_000)

    assert timed.by_state == exact
    assert sum(exact.values()) == 110
    assert timed.searched_from_at is None


async def test_a_tally_of_a_time_ends_when_its_own_time_is_up(ledger: SqliteLedger):
    every = (await ledger.list_runs(RunFilter(), limit=1_000)).runs
    where = RunFilter(created_from=every[120].created_at)

    tally = await ledger.tally_runs(where, search_ms=0)

    assert tally.searched_from_at == every[6].created_at
    assert tally.by_state == dict(Counter(run.state for run in every[:7]))


async def test_a_tally_of_a_kind_ends_when_its_time_is_up(ledger: SqliteLedger):
    where = RunFilter(kind=TriggerKind.CRON)
    every = (await ledger.list_runs(where, limit=1_000)).runs

    tally = await ledger.tally_runs(where, search_ms=0)

    assert tally.searched_from_at == every[6].created_at
    assert tally.by_state == dict(Counter(run.state for run in every[:7]))


async def test_a_tally_that_was_cut_short_counts_what_it_looked_at_and_says_so(ledger: SqliteLedger):
    every = (await ledger.list_runs(RunFilter(kind=TriggerKind.EVENT), limit=1_000)).runs

    tally = await ledger.tally_runs(RunFilter(kind=TriggerKind.EVENT), search_ms=0)

    assert tally.searched_from_at is not None
    seen = [run for run in every if run.created_at >= tally.searched_from_at]
    assert 0 < len(seen) < len(every)
    assert tally.by_state == dict(Counter(run.state for run in seen))
