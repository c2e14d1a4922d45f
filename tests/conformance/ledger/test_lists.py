"""Lists, counts, purge and retention."""

from __future__ import annotations

from typing import Any

import pytest

from motia.model import Dead, RunFilter, RunId, RunState, StepId, TraceId, TriggerKind

TRACES = [TraceId(letter * 32) for letter in "abc"]
FILTERS = [
    RunFilter(),
    RunFilter(step=StepId("s1")),
    RunFilter(states=(RunState.COMPLETED,)),
    RunFilter(states=(RunState.DEAD,)),
    RunFilter(states=(RunState.READY, RunState.COMPLETED, RunState.DEAD)),
    RunFilter(step=StepId("s0"), states=(RunState.DEAD, RunState.CANCELLED)),
    RunFilter(step=StepId("s0"), states=(RunState.READY,)),
    RunFilter(kind=TriggerKind.CRON),
    RunFilter(kind=TriggerKind.EVENT, step=StepId("s0")),
    RunFilter(trace=TRACES[1]),
    RunFilter(trace=TRACES[2], states=(RunState.COMPLETED, RunState.READY)),
    RunFilter(trace=TraceId("f" * 32)),
    RunFilter(text='"n":7'),
    RunFilter(text="exploded"),
    RunFilter(created_from=1_767_225_610_000, created_until=1_767_225_630_000),
    RunFilter(created_from=1_767_225_610_000, step=StepId("s1"), states=(RunState.COMPLETED,)),
    RunFilter(created_until=1_767_225_600_000),
]


async def fill(h: Any) -> list[Any]:
    """Forty runs of two steps, three traces and two kinds, in five states, one a second."""
    for n in range(40):
        step = f"s{n % 2}"
        kind = TriggerKind.CRON if n % 5 == 0 else TriggerKind.EVENT
        options = {"kind": kind, "trace": TRACES[n % 3], "payload": b'{"n":%d}' % n}
        if n % 4 == 3:
            await h.accept(step, due_at=(1 << 42) if n % 8 == 3 else None, **options)
        else:
            claim = await h.start(step + "x" * (n % 7 == 6), **options)
            if n % 4 == 0:
                await h.ledger.complete(claim.run, claim.epoch, result=b"1")
            elif n % 4 == 1:
                error = type(h.error)(name="E", message=f"exploded {n}")
                await h.ledger.fail(claim.run, claim.epoch, error=error, outcome=Dead(reason="fatal"))
        await h.clock.advance(1)
    page = await h.ledger.list_runs(RunFilter(), limit=1_000)
    return list(page.runs)


def fits(run: Any, where: RunFilter) -> bool:
    texts = [run.payload.decode(), "" if run.error is None else run.error.message]
    return (
        (not where.ids or run.id in where.ids)
        and (where.step is None or run.step == where.step)
        and (not where.states or run.state in where.states)
        and (where.trace is None or run.trace == where.trace)
        and (where.kind is None or run.kind == where.kind)
        and (where.created_from is None or run.created_at >= where.created_from)
        and (where.created_until is None or run.created_at < where.created_until)
        and (where.text is None or any(where.text in text for text in texts))
    )


@pytest.fixture(autouse=True)
def _claim_over_ready(h: Any) -> None:
    """`start` claims at once only where nothing waits; here it may take the claim from `claim`."""
    accept = h.ledger.accept

    async def start(step: str, **options: Any) -> Any:
        accepted = await accept(h.event(step, priority=9, **options), claimant="node-1")
        return accepted.claims[0] if accepted.claims else (await h.claim(step, limit=1))[0]

    h.start = start


async def test_lists_and_counts_hold_what_fits_newest_first(h: Any) -> None:
    runs = await fill(h)
    assert len(runs) == 40
    assert [run.id for run in runs] == sorted((run.id for run in runs), reverse=True)

    for where in FILTERS:
        expected = [run for run in runs if fits(run, where)]
        shown: list[Any] = []
        cursor = None
        while True:
            page = await h.ledger.list_runs(where, limit=3, cursor=cursor)
            shown.extend(page.runs)
            cursor = page.cursor
            if cursor is None:
                break
            assert len(page.runs) == 3
        assert shown == expected, where
        counts = await h.ledger.count_runs(where)
        assert counts == {s: c for s in RunState if (c := sum(r.state == s for r in expected))}, where


async def test_runs_are_asked_for_by_id(h: Any) -> None:
    runs = await fill(h)
    chosen = tuple(run.id for run in runs[::7])
    strangers = (RunId("0" * 16), RunId("not an id"))

    for where in (
        RunFilter(ids=chosen),
        RunFilter(ids=(*chosen, *strangers)),
        RunFilter(ids=strangers),
        RunFilter(ids=chosen, states=(RunState.DEAD, RunState.READY)),
        RunFilter(ids=chosen, step=StepId("s1"), trace=TRACES[0]),
    ):
        expected = [run for run in runs if fits(run, where)]
        assert list((await h.ledger.list_runs(where, limit=100)).runs) == expected, where
        counts = await h.ledger.count_runs(where)
        assert counts == {s: c for s in RunState if (c := sum(r.state == s for r in expected))}, where


async def test_one_dead_run_is_purged_by_its_id_and_its_twins_stay(h: Any) -> None:
    """All in one millisecond, of one step and one trace."""
    dead = []
    for n in range(3):
        claim = await h.start("s", trace=TRACES[0])
        error = type(h.error)(name="E", message=f"exploded {n}")
        await h.ledger.fail(claim.run, claim.epoch, error=error, outcome=Dead(reason="fatal"))
        dead.append(claim.run.id if hasattr(claim.run, "id") else claim.run)
    waiting = await h.accept("s", trace=TRACES[0])
    assert waiting

    gone = await h.ledger.purge(RunFilter(ids=(dead[1],), states=(RunState.DEAD,)), limit=1)

    assert gone == 1
    left = await h.ledger.list_runs(RunFilter(states=(RunState.DEAD,)), limit=10)
    assert [run.id for run in left.runs] == [dead[2], dead[0]]


async def test_a_trace_is_found_among_many(h: Any) -> None:
    wanted = TraceId("9" * 32)
    for n in range(2_500):
        await h.accept("s", trace=wanted if n % 1_000 == 7 else TraceId(f"{n:032x}"))
    await h.accept("s", trace=wanted)

    page = await h.ledger.list_runs(RunFilter(trace=wanted), limit=10)

    assert len(page.runs) == 4
    assert {run.trace for run in page.runs} == {wanted}


async def test_depths_are_open_runs_by_step(h: Any) -> None:
    created_at = h.clock.now_ms()
    await h.accept("a")
    await h.clock.advance(1)
    await h.accept("a")
    await h.accept("a", due_at=1 << 42)
    claim = await h.start("b")
    assert claim.attempt == 1

    depths = {depth.step: depth for depth in await h.ledger.depths()}

    assert depths["a"].by_state == {RunState.READY: 2, RunState.SCHEDULED: 1}
    assert (depths["a"].oldest_ready_at, depths["b"].oldest_ready_at) == (created_at, None)


async def test_only_finished_runs_are_purged(h: Any) -> None:
    runs = await fill(h)
    dead = [run.id for run in runs if run.state == "dead"]

    assert await h.ledger.purge(RunFilter(states=(RunState.READY, RunState.RUNNING))) == 0
    assert await h.ledger.purge(RunFilter(states=(RunState.DEAD,)), limit=2) == 2
    assert [await h.ledger.get(run) for run in dead[:2]] == [None, None]
    assert await h.ledger.attempts(dead[0]) == []
    await h.ledger.purge(RunFilter())

    left = (await h.ledger.list_runs(RunFilter(), limit=1_000)).runs
    assert {run.id for run in left} == {run.id for run in runs if run.finished_at is None}


async def test_ids_are_not_given_twice_after_a_purge(h: Any, reopen: Any) -> None:
    claim = await h.start("s")
    await h.ledger.complete(claim.run, claim.epoch, result=None)
    await h.ledger.purge(RunFilter())
    await reopen()

    assert (await h.accept("s")).run > claim.run


async def test_retention_deletes_what_finished_before(h: Any) -> None:
    runs = await fill(h)
    before = runs[20].created_at

    gone = 0
    while (batch := await h.ledger.prune(finished_before=before, size_bytes_max=None, limit=3)) > 0:
        gone += batch

    left = {run.id for run in (await h.ledger.list_runs(RunFilter(), limit=1_000)).runs}
    expected = {run.id for run in runs if run.finished_at is None or run.finished_at >= before}
    assert left == expected
    assert gone == 40 - len(expected)


async def test_an_old_parked_event_expires(h: Any) -> None:
    old = await h.accept("t", parked=True)
    await h.clock.advance(10)
    new = await h.accept("t", parked=True)

    await h.ledger.prune(finished_before=h.clock.now_ms(), size_bytes_max=None)

    run = await h.ledger.get(old.run)
    assert (run.state, run.reason) == ("cancelled", "expired")
    assert await h.state(new.run) == "parked"
    assert await h.ledger.parked_targets() == {"t": 1}


async def test_the_size_cap_deletes_finished_runs_whatever_their_age(h: Any) -> None:
    payload = b'"' + b"x" * 20_000 + b'"'
    for _ in range(200):
        claim = await h.start("s", payload=payload)
        await h.ledger.complete(claim.run, claim.epoch, result=None)
    open_run = await h.accept("s", payload=payload)

    while await h.ledger.prune(finished_before=0, size_bytes_max=1_500_000, limit=20):
        pass

    left = await h.ledger.count_runs(RunFilter(states=(RunState.COMPLETED,)))
    assert 0 < left[RunState.COMPLETED] < 100
    assert await h.state(open_run.run) == "ready"
