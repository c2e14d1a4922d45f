"""Finds runs by the kind of failure that was their last: telemetry knows which, the ledger what became of them.

Each look takes up to `PART` runs of that kind, newest first, and asks the ledger which of them fit;
after `PARTS_MAX` looks a page is short, with a cursor that goes on.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from motia.model import Run, RunFilter, RunId, RunPage, RunState, RunTally
from motia.workbench.deps import ControlDeps

PART = 1_000
PARTS_MAX = 20


async def find_runs(
    deps: ControlDeps,
    where: RunFilter,
    *,
    fingerprint: str | None,
    limit: int,
    search_ms: int,
    cursor: str | None = None,
) -> RunPage:
    """A page of runs that fit, newest first; of all, for `search_ms`, when `fingerprint` is None."""
    if fingerprint is None:
        return await deps.ledger.list_runs(where, limit=limit, cursor=cursor, search_ms=search_ms)
    found: list[Run] = []
    for _ in range(PARTS_MAX):
        part = await _part(deps, fingerprint, cursor)
        if not part:
            return RunPage(runs=tuple(found))
        page = await deps.ledger.list_runs(_within(where, part), limit=limit + 1 - len(found))
        found += page.runs
        if len(found) > limit:
            return RunPage(runs=tuple(found[:limit]), cursor=found[limit - 1].id)
        cursor = part[-1]
    return RunPage(runs=tuple(found), cursor=cursor)


async def tally_found(
    deps: ControlDeps, where: RunFilter, *, fingerprint: str | None, search_ms: int
) -> RunTally:
    """How many fit, by state; by `fingerprint` exact for the newest 20,000 that failed so."""
    if fingerprint is None:
        return await deps.ledger.tally_runs(where, search_ms=search_ms)
    counts: Counter[RunState] = Counter()
    cursor: str | None = None
    for _ in range(PARTS_MAX):
        part = await _part(deps, fingerprint, cursor)
        if not part:
            break
        counts.update(await deps.ledger.count_runs(_within(where, part)))
        cursor = part[-1]
    return RunTally(by_state=dict(counts))


async def _part(deps: ControlDeps, fingerprint: str, cursor: str | None) -> tuple[RunId, ...]:
    return tuple(map(RunId, await deps.telemetry.failed_runs(fingerprint, limit=PART, before=cursor)))


def _within(where: RunFilter, part: tuple[RunId, ...]) -> RunFilter:
    return msgspec.structs.replace(where, ids=part)
