"""Runs one at a time: trigger, list, look at, cancel, replay."""

from __future__ import annotations

import msgspec

from motia.model import (
    FINAL_STATES,
    Accepted,
    CallerError,
    Run,
    RunFilter,
    RunId,
    RunNotFound,
    RunState,
    StepId,
    TraceId,
    TriggerKind,
    run_number_of,
)
from motia.workbench.endpoint import Call, Endpoint, Nothing, Permission, checked_limit
from motia.workbench.failed_runs import find_runs, tally_found
from motia.workbench.instance_links import instances_of_run
from motia.workbench.instants import parse_instant
from motia.workbench.views import (
    AcceptedView,
    CancelView,
    RunCounts,
    RunDetail,
    RunList,
    RunView,
    Why,
    error_view,
    run_detail,
    run_view,
    value_view,
)

WAIT_MS_MAX = 24 * 3_600_000
CHILDREN_SHOWN = 200
REPLAYS_SHOWN = 50
SEARCH_MS = 100
"""How long a list is searched for what no index answers; the page says how far back that was."""


class RunSelection(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs; every field that is given must hold. Instants are ISO 8601 or ms since the epoch."""

    step: str | None = None
    state: tuple[RunState, ...] = ()
    trace: str | None = None
    kind: TriggerKind | None = None
    since: str | None = None
    until: str | None = None
    text: str | None = None
    """A substring of payload or error."""
    fingerprint: str | None = None
    """The kind of failure that was its last one (see `/v1/errors`)."""


class RunQuery(RunSelection, frozen=True, kw_only=True):
    """Which runs, and which page of them."""

    limit: int = 50
    """1 to 1,000."""
    cursor: str | None = None


class RawQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`raw` shows values as they are, nothing hidden."""

    raw: bool = False


class CompleteBody(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a noop run; null when it is left out."""

    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class TriggerBody(msgspec.Struct, frozen=True, kw_only=True):
    """An event. `wait_ms`: answer when its first run is finished, or after so long."""

    target: str
    payload: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    """null when it is left out."""
    trace: str | None = None
    delay_ms: int | None = None
    at: int | str | None = None
    key: str | None = None
    idempotency_key: str | None = None
    priority: int = 0
    wait_ms: int | None = None


class ReplayBody(msgspec.Struct, frozen=True, kw_only=True):
    """Another payload than the run's own, if it is given."""

    payload: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


async def trigger(call: Call) -> AcceptedView:
    """Commit an event; it is durable when the answer comes."""
    body = call.body(TriggerBody)
    given = {"delay_ms": body.delay_ms, "key": body.key, "idempotency_key": body.idempotency_key}
    given |= {"priority": body.priority or None}
    if body.at is not None:
        given["at"] = parse_instant(str(body.at), name="at")
    options = call.deps.trigger_options(**{name: value for name, value in given.items() if value is not None})
    accepted = await call.deps.dispatcher.trigger(
        body.target,
        b"null" if body.payload is msgspec.UNSET else bytes(body.payload),
        options=options,
        kind=TriggerKind.MANUAL,
        trace=TraceId(body.trace) if body.trace is not None else None,
    )
    if body.wait_ms is None:
        return _accepted_view(accepted)
    if not 0 <= body.wait_ms <= WAIT_MS_MAX:
        raise CallerError(f"wait_ms is {body.wait_ms}", hint=f"it goes from 0 to {WAIT_MS_MAX} (a day)")
    run = await call.deps.dispatcher.wait(accepted.run, body.wait_ms / 1_000)
    return _accepted_view(accepted, run)


async def list_runs(call: Call) -> RunList:
    """Runs that fit, newest first, without payloads."""
    query = call.query(RunQuery)
    return await runs_page(call, filter_of(query), query.limit, query.cursor, fingerprint=query.fingerprint)


async def count_runs(call: Call) -> RunCounts:
    """How many runs fit, by state."""
    query = call.query(RunSelection)
    tally = await tally_found(call.deps, filter_of(query), fingerprint=query.fingerprint, search_ms=SEARCH_MS)
    return RunCounts(
        counts={state.value: count for state, count in tally.by_state.items()},
        searched_from_at=tally.searched_from_at,
    )


async def get_run(call: Call) -> RunDetail:
    """A run with payload, result, attempts, children, replays, workflow instances, and why it is where it is."""
    ledger = call.deps.ledger
    run = await _run(call)
    attempts = await ledger.attempts(run.id)
    children = await ledger.children(run.id, limit=CHILDREN_SHOWN)
    return run_detail(
        run,
        attempts=attempts,
        children=children,
        replays=await ledger.replays(run.id, limit=REPLAYS_SHOWN),
        why=await _why(call, run),
        instances=await instances_of_run(ledger, run),
        log_lines_dropped=await call.deps.telemetry.lines_dropped(run.trace, run.id),
        raw=call.query(RawQuery).raw,
    )


async def cancel_run(call: Call) -> CancelView:
    """Cancel an open run; one that runs is asked to stop."""
    run = await _run(call)
    await call.deps.dispatcher.cancel(run.id)
    now = await call.deps.ledger.get(run.id)
    return CancelView(id=run.id, was=run.state.value, state=(now or run).state.value)


async def complete_run(call: Call) -> RunView:
    """Complete the ready run of a noop step by hand."""
    run = await _run(call)
    result = call.body(CompleteBody).result
    given = b"null" if result is msgspec.UNSET else bytes(result)
    return run_view(await call.deps.dispatcher.complete_by_hand(run.id, given))


async def replay_run(call: Call) -> AcceptedView:
    """Run a finished run again, as a new run."""
    run = await _run(call)
    payload = call.body(ReplayBody).payload
    accepted = await call.deps.dispatcher.replay(run.id, None if payload is msgspec.UNSET else bytes(payload))
    return _accepted_view(accepted)


async def runs_page(
    call: Call, where: RunFilter, limit: int, cursor: str | None, *, fingerprint: str | None = None
) -> RunList:
    """A page of runs that fit, newest first."""
    page = await find_runs(
        call.deps,
        where,
        fingerprint=fingerprint,
        limit=checked_limit(limit),
        cursor=cursor,
        search_ms=SEARCH_MS,
    )
    return RunList(
        runs=tuple(run_view(run) for run in page.runs),
        cursor=page.cursor,
        searched_from_at=page.searched_from_at,
    )


async def _run(call: Call) -> Run:
    run_id = checked_id(call.params["run"])
    run = await call.deps.ledger.get(RunId(run_id))
    if run is None:
        raise RunNotFound(
            f"no run has the id {run_id}", hint="it may be older than the retention; `motia runs list` lists"
        )
    return run


async def _why(call: Call, run: Run) -> Why | None:
    try:
        found = await call.deps.dispatcher.explain(run.id)
    except RunNotFound:
        # Deleted between the two reads: the run as it was is still worth showing.
        return None
    return Why(code=found.code, text=found.text, details=found.details)


def filter_of(where: RunSelection) -> RunFilter:
    """The ledger's filter of a selection."""
    return RunFilter(
        step=step_id_of(where.step),
        states=tuple(where.state),
        trace=TraceId(where.trace) if where.trace is not None else None,
        kind=where.kind,
        created_from=parse_instant(where.since, name="since") if where.since is not None else None,
        created_until=parse_instant(where.until, name="until") if where.until is not None else None,
        text=where.text,
    )


def step_id_of(step: str | None) -> StepId | None:
    """A step id, or None."""
    return StepId(step) if step is not None else None


def checked_id(run_id: str) -> str:
    """`run_id`, if it can be one; else RunNotFound."""
    try:
        run_number_of(run_id)
    except ValueError as error:
        raise RunNotFound(str(error), hint="`motia runs list` lists runs with their ids") from None
    return run_id


def _accepted_view(accepted: Accepted, run: Run | None = None) -> AcceptedView:
    state = run.state if run is not None else accepted.states[0]
    return AcceptedView(
        run=accepted.run,
        trace=accepted.trace,
        runs=accepted.runs,
        state=state.value,
        states=tuple(state.value for state in accepted.states),
        deduplicated=accepted.deduplicated,
        is_finished=state in FINAL_STATES,
        result=value_view(run.result, raw=True)[0] if run is not None else None,
        error=error_view(run.error) if run is not None else None,
    )


VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/v1/trigger",
        permission=OPERATE,
        summary="Send an event to a step or topic",
        handler=trigger,
        body=TriggerBody,
        answer=AcceptedView,
    ),
    Endpoint(
        method="GET",
        path="/v1/runs",
        permission=VIEW,
        summary="List runs",
        handler=list_runs,
        query=RunQuery,
        answer=RunList,
    ),
    Endpoint(
        method="GET",
        path="/v1/runs/counts",
        permission=VIEW,
        summary="Count runs by state",
        handler=count_runs,
        query=RunSelection,
        answer=RunCounts,
    ),
    Endpoint(
        method="GET",
        path="/v1/runs/{run}",
        permission=VIEW,
        summary="Look at a run",
        handler=get_run,
        query=RawQuery,
        answer=RunDetail,
    ),
    Endpoint(
        method="POST",
        path="/v1/runs/{run}/cancel",
        permission=OPERATE,
        summary="Cancel a run",
        handler=cancel_run,
        body=Nothing,
        answer=CancelView,
    ),
    Endpoint(
        method="POST",
        path="/v1/runs/{run}/complete",
        permission=OPERATE,
        summary="Complete a noop run by hand",
        handler=complete_run,
        body=CompleteBody,
        answer=RunView,
    ),
    Endpoint(
        method="POST",
        path="/v1/runs/{run}/replay",
        permission=OPERATE,
        summary="Replay a run",
        handler=replay_run,
        body=ReplayBody,
        answer=AcceptedView,
    ),
)
