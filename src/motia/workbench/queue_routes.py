"""Many runs at once, dead letters and queues: preview, replay, cancel, purge.

Bulk operations go newest first, at most `BULK_MAX` runs a call; the cursor of the answer goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from motia.model import (
    FINAL_STATES,
    OPEN_STATES,
    CallerError,
    MotiaError,
    Run,
    RunConflict,
    RunFilter,
    RunId,
    RunNotFound,
    RunState,
)
from motia.workbench.endpoint import Call, Endpoint, Permission
from motia.workbench.failed_runs import find_runs, tally_found
from motia.workbench.run_routes import RunSelection, checked_id, filter_of, runs_page, step_id_of
from motia.workbench.views import (
    BulkFailure,
    BulkView,
    QueueList,
    QueueView,
    RunList,
    run_view,
)

SAMPLE = 20
BULK_MAX = 1_000
BULK_SEARCH_MS = 500
"""How long one part of a bulk operation searches: whoever acts on many waits longer than who looks."""


class DeadQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which dead letters, and which page of them."""

    step: str | None = None
    text: str | None = None
    limit: int = 50
    cursor: str | None = None


class BulkBody(RunSelection, frozen=True, kw_only=True):
    """Runs that fit, or the runs named by `ids`; up to `limit` of them, on from `cursor`."""

    ids: tuple[str, ...] | None = None
    dry_run: bool = False
    limit: int = BULK_MAX
    cursor: str | None = None


class PurgeBody(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters: those named, those that fit step and text, or (nothing given) all."""

    ids: tuple[str, ...] | None = None
    step: str | None = None
    text: str | None = None
    """A substring of payload or error."""
    dry_run: bool = False


async def replay_runs(call: Call) -> BulkView:
    """Replay many finished runs (dead ones when no state is named), newest first."""
    return await _bulk(call, call.body(BulkBody), (RunState.DEAD,), FINAL_STATES, call.deps.dispatcher.replay)


async def replay_dead(call: Call) -> BulkView:
    """Replay dead letters; they stay."""
    body = msgspec.structs.replace(call.body(BulkBody), state=(RunState.DEAD,))
    return await _bulk(call, body, (RunState.DEAD,), FINAL_STATES, call.deps.dispatcher.replay)


async def cancel_runs(call: Call) -> BulkView:
    """Cancel many open runs (all open ones that fit when no state is named), newest first."""
    states = tuple(sorted(OPEN_STATES))
    return await _bulk(call, call.body(BulkBody), states, OPEN_STATES, call.deps.dispatcher.cancel)


async def list_dead(call: Call) -> RunList:
    """Dead letters, newest first."""
    query = call.query(DeadQuery)
    where = RunFilter(step=step_id_of(query.step), states=(RunState.DEAD,), text=query.text)
    return await runs_page(call, where, query.limit, query.cursor)


async def purge_dead(call: Call) -> BulkView:
    """Delete dead letters for good."""
    body = call.body(PurgeBody)
    ledger = call.deps.ledger
    if body.ids is not None:
        return await _purge_ids(call, body.ids, dry_run=body.dry_run)
    where = RunFilter(step=step_id_of(body.step), states=(RunState.DEAD,), text=body.text)
    if body.dry_run:
        return await _preview(call, where)
    count = 0
    while (gone := await ledger.purge(where, limit=1_000)) > 0:
        count += gone
    return BulkView(count=count, dry_run=False)


async def list_queues(call: Call) -> QueueList:
    """Open runs by step: depth, oldest, in flight, bounds."""
    ledger, catalog, limits = call.deps.ledger, call.deps.catalog(), call.deps.config.limits
    paused = await ledger.paused()
    now = ledger.now()
    queues = []
    for depth in sorted(await ledger.depths(), key=lambda depth: depth.step):
        spec = catalog.step(depth.step)
        oldest = depth.oldest_ready_at
        queues.append(
            QueueView(
                step=depth.step,
                by_state={state.value: count for state, count in depth.by_state.items()},
                depth=sum(depth.by_state.values()),
                oldest_ready_at=oldest,
                oldest_age_ms=max(now - oldest, 0) if oldest is not None else None,
                concurrency=spec.concurrency.limit if spec and spec.concurrency else None,
                depth_max=(spec.queue_depth if spec else None) or limits.queue_depth,
                is_paused=depth.step in paused,
                is_known=spec is not None,
            )
        )
    return QueueList(queues=tuple(queues), parked=await ledger.parked_targets())


async def _bulk(
    call: Call,
    body: BulkBody,
    default_states: tuple[RunState, ...],
    allowed: frozenset[RunState],
    act: Callable[[RunId], Awaitable[object]],
) -> BulkView:
    """Do `act` to each run that fits; one that fails is named and the others go on."""
    refused = set(body.state) - allowed
    if refused:
        raise CallerError(
            f"runs that are {', '.join(sorted(refused))} cannot take this",
            hint=f"states that can: {', '.join(sorted(allowed))}",
        )
    if not 1 <= body.limit <= BULK_MAX:
        raise CallerError(f"limit is {body.limit}", hint=f"it goes from 1 to {BULK_MAX}; `cursor` goes on")
    where = filter_of(msgspec.structs.replace(body, state=body.state or default_states))
    if body.dry_run and body.ids is None:
        return await _preview(call, where, fingerprint=body.fingerprint)
    runs, cursor = await _chosen(call, body, where)
    if body.dry_run:
        found = [run async for run in _found(call, runs)]
        return BulkView(count=len(found), dry_run=True, sample=tuple(map(run_view, found[:SAMPLE])))
    failed: list[BulkFailure] = []
    for run in runs:
        try:
            await act(RunId(run))
        except MotiaError as error:
            failed.append(BulkFailure(run=run, code=error.code, message=error.message))
    return BulkView(count=len(runs) - len(failed), dry_run=False, failed=tuple(failed), cursor=cursor)


async def _chosen(call: Call, body: BulkBody, where: RunFilter) -> tuple[list[str], str | None]:
    if body.ids is not None:
        _check_count(body.ids)
        return [checked_id(run) for run in body.ids], None
    page = await find_runs(
        call.deps,
        where,
        fingerprint=body.fingerprint,
        limit=body.limit,
        cursor=body.cursor,
        search_ms=BULK_SEARCH_MS,
    )
    return [run.id for run in page.runs], page.cursor


def _check_count(ids: tuple[str, ...]) -> None:
    if len(ids) > BULK_MAX:
        raise CallerError(f"{len(ids)} ids are too many", hint=f"send at most {BULK_MAX} at once")


async def _preview(call: Call, where: RunFilter, *, fingerprint: str | None = None) -> BulkView:
    tally = await tally_found(call.deps, where, fingerprint=fingerprint, search_ms=BULK_SEARCH_MS)
    page = await find_runs(call.deps, where, fingerprint=fingerprint, limit=SAMPLE, search_ms=BULK_SEARCH_MS)
    return BulkView(
        count=sum(tally.by_state.values()),
        dry_run=True,
        by_state={state.value: count for state, count in tally.by_state.items() if count},
        sample=tuple(run_view(run) for run in page.runs),
        searched_from_at=tally.searched_from_at,
    )


async def _purge_ids(call: Call, ids: tuple[str, ...], *, dry_run: bool) -> BulkView:
    _check_count(ids)
    failed: list[BulkFailure] = []
    count = 0
    for run in ids:
        try:
            count += await _purge_one(call, RunId(checked_id(run)), dry_run=dry_run)
        except MotiaError as error:
            failed.append(BulkFailure(run=run, code=error.code, message=error.message))
    return BulkView(count=count, dry_run=dry_run, failed=tuple(failed))


async def _purge_one(call: Call, run_id: RunId, *, dry_run: bool) -> int:
    ledger = call.deps.ledger
    run = await ledger.get(run_id)
    if run is None:
        raise RunNotFound(f"no run has the id {run_id}", hint="it may be purged already")
    if run.state is not RunState.DEAD:
        raise RunConflict(f"run {run_id} is {run.state.value}, not dead", hint="only dead letters are purged")
    where = RunFilter(ids=(run_id,), states=(RunState.DEAD,))
    return 1 if dry_run else await ledger.purge(where, limit=1)


async def _found(call: Call, ids: list[str]) -> AsyncIterator[Run]:
    for run_id in ids:
        run = await call.deps.ledger.get(RunId(run_id))
        if run is not None:
            yield run


VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/v1/runs/replay",
        permission=OPERATE,
        summary="Replay many runs, or say which",
        handler=replay_runs,
        body=BulkBody,
        answer=BulkView,
    ),
    Endpoint(
        method="POST",
        path="/v1/runs/cancel",
        permission=OPERATE,
        summary="Cancel many runs, or say which",
        handler=cancel_runs,
        body=BulkBody,
        answer=BulkView,
    ),
    Endpoint(
        method="GET",
        path="/v1/dead",
        permission=VIEW,
        summary="List dead letters",
        handler=list_dead,
        query=DeadQuery,
        answer=RunList,
    ),
    Endpoint(
        method="POST",
        path="/v1/dead/replay",
        permission=OPERATE,
        summary="Replay dead letters",
        handler=replay_dead,
        body=BulkBody,
        answer=BulkView,
    ),
    Endpoint(
        method="POST",
        path="/v1/dead/purge",
        permission=OPERATE,
        summary="Delete dead letters",
        handler=purge_dead,
        body=PurgeBody,
        answer=BulkView,
    ),
    Endpoint(
        method="GET",
        path="/v1/queues",
        permission=VIEW,
        summary="Queues and parked events",
        handler=list_queues,
        answer=QueueList,
    ),
)
