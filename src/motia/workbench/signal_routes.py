"""What happened: logs, the live feed, traces, errors, metrics."""

from __future__ import annotations

import msgspec
from starlette.responses import StreamingResponse

from motia.model import CallerError, RunFilter, TraceId
from motia.telemetry import (
    ErrorGroup,
    ErrorPage,
    FeedFilter,
    FeedItem,
    LogFilter,
    LogPage,
    StepMetrics,
    TraceFilter,
    TracePage,
    TraceView,
)
from motia.workbench.endpoint import Call, Endpoint, Permission, checked_limit
from motia.workbench.event_stream import event_stream
from motia.workbench.instance_links import instances_of_trace
from motia.workbench.instants import parse_instant
from motia.workbench.views import InstanceLink, RunView, run_view

WINDOW_S_MAX = 7 * 86_400
TRACE_RUNS_MAX = 1_000
PARTS_MAX = 1_440


class NotFound(CallerError):
    """Nothing has this id."""

    code = "not-found"
    status = 404


class LogQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines; `level` is the least level, instants are ISO 8601 or ms since the epoch."""

    step: str | None = None
    trace: str | None = None
    run: str | None = None
    level: str | None = None
    source: str | None = None
    text: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int = 100
    cursor: str | None = None


class FeedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which items. `after` (or the header Last-Event-ID) is the last id that was seen."""

    kinds: tuple[str, ...] = ()
    """run, instance, log, request, error, step, manifest, worker, state; several, or parted by commas."""
    step: str | None = None
    trace: str | None = None
    run: str | None = None
    level: str | None = None
    after: int | None = None


class TraceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which traces: by their root; `failed` looks at all of it, `text` at the root's name and all errors."""

    step: str | None = None
    failed: bool | None = None
    slower_than_ms: int | None = None
    text: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int = 50
    cursor: str | None = None


class ErrorQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which groups of failures."""

    step: str | None = None
    resolved: bool | None = None
    limit: int = 100
    cursor: str | None = None


class ResolveBody(msgspec.Struct, frozen=True, kw_only=True):
    """`resolved` false opens the group again."""

    resolved: bool = True


class MetricsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Of which step (all when none is named), over how long before `until` (now), by parts of how long."""

    step: str | None = None
    window_s: float = 3_600.0
    until: str | None = None
    part_s: int | None = None
    """Whole minutes; 1, 5, 10, 30 or 60 of them when it is left out, so that parts are 360 at most."""


class TraceDetail(TraceView, frozen=True, kw_only=True):
    """The waterfall of a trace, with its log lines and runs, oldest run first."""

    runs: tuple[RunView, ...] = ()
    instances: tuple[InstanceLink, ...] = ()
    """Its workflow instances, newest first, 50 at most."""


class MetricsView(msgspec.Struct, frozen=True, kw_only=True):
    """By step; the sum of all first, under an empty id. Counters are since the engine started."""

    metrics: tuple[StepMetrics, ...]
    counters: dict[str, int]


async def list_logs(call: Call) -> LogPage:
    """Lines that fit, newest first."""
    query = call.query(LogQuery)
    where = LogFilter(
        step=query.step,
        trace=query.trace,
        run=query.run,
        level=query.level,
        source=query.source,
        text=query.text,
        since=_instant(query.since, "since"),
        until=_instant(query.until, "until"),
    )
    return await call.deps.telemetry.logs(where, limit=checked_limit(query.limit), cursor=query.cursor)


async def follow_feed(call: Call) -> StreamingResponse:
    """Everything that happens, as server-sent events; resumes behind Last-Event-ID."""
    query = call.query(FeedQuery)
    where = FeedFilter(
        kinds=tuple(kind for part in query.kinds for kind in part.split(",") if kind),
        step=query.step,
        trace=query.trace,
        run=query.run,
        level=query.level,
    )
    after = query.after
    last_seen = call.request.headers.get("last-event-id", "")
    if last_seen.isascii() and last_seen.isdigit() and len(last_seen) < 19:
        after = int(last_seen)
    subscription = call.deps.telemetry.feed.subscribe(where, after_id=after)
    return event_stream(subscription, clock=call.deps.clock)


async def list_traces(call: Call) -> TracePage:
    """Traces that fit, newest first."""
    query = call.query(TraceQuery)
    where = TraceFilter(
        step=query.step,
        is_failed=query.failed,
        slower_than_ms=query.slower_than_ms,
        text=query.text,
        since=_instant(query.since, "since"),
        until=_instant(query.until, "until"),
    )
    return await call.deps.telemetry.traces(where, limit=checked_limit(query.limit), cursor=query.cursor)


async def get_trace(call: Call) -> TraceDetail:
    """The waterfall of a trace; what is stored of it and the runs that the ledger has."""
    trace = call.params["trace"]
    view = await call.deps.telemetry.trace(trace)
    page = await call.deps.ledger.list_runs(RunFilter(trace=TraceId(trace)), limit=TRACE_RUNS_MAX)
    runs = tuple(run_view(run) for run in reversed(page.runs))
    if view is None and not runs:
        raise NotFound(
            f"nothing is known of trace {trace[:64]!r}",
            hint="it may be older than the retention, or one of many alike that were not sampled",
        )
    if view is None:
        view = TraceView(
            trace=trace,
            started_at=runs[0].created_at,
            duration_us=0,
            is_failed=any(run.state == "dead" for run in runs),
            spans=(),
            logs=(),
        )
    return TraceDetail(
        trace=view.trace,
        started_at=view.started_at,
        duration_us=view.duration_us,
        is_failed=view.is_failed,
        spans=view.spans,
        logs=view.logs,
        is_cut=view.is_cut or page.cursor is not None,
        log_lines_dropped=view.log_lines_dropped,
        runs=runs,
        instances=await instances_of_trace(call.deps.ledger, TraceId(trace)),
    )


async def list_errors(call: Call) -> ErrorPage:
    """Failures by kind, last seen first."""
    query = call.query(ErrorQuery)
    return await call.deps.telemetry.errors(
        step=query.step, resolved=query.resolved, limit=checked_limit(query.limit), cursor=query.cursor
    )


async def get_error(call: Call) -> ErrorGroup:
    """One kind of failure."""
    return _known(await call.deps.telemetry.error(call.params["fingerprint"]), call)


async def resolve_error(call: Call) -> ErrorGroup:
    """Mark a kind of failure as resolved; it opens again when it comes back."""
    resolved = call.body(ResolveBody).resolved
    return _known(
        await call.deps.telemetry.resolve_error(call.params["fingerprint"], resolved=resolved), call
    )


async def get_metrics(call: Call) -> MetricsView:
    """Rates, errors and latencies by step and minute."""
    query = call.query(MetricsQuery)
    if not 60 <= query.window_s <= WINDOW_S_MAX:
        raise CallerError(
            f"window_s is {query.window_s:g}", hint=f"it goes from 60 to {WINDOW_S_MAX} (a week)"
        )
    if query.part_s is not None and not (query.part_s >= 60 and query.part_s % 60 == 0):
        raise CallerError(f"part_s is {query.part_s}", hint="it is a multiple of 60: parts are whole minutes")
    if query.part_s is not None and query.window_s / query.part_s > PARTS_MAX:
        raise CallerError(
            f"a window of {query.window_s:g} s has more than {PARTS_MAX:,} parts of {query.part_s} s",
            hint="ask for longer parts",
        )
    metrics = await call.deps.telemetry.metrics(
        query.step,
        window_s=query.window_s,
        until_at=_instant(query.until, "until"),
        part_s=query.part_s,
    )
    return MetricsView(metrics=metrics, counters=dict(call.deps.telemetry.counters))


def _known(group: ErrorGroup | None, call: Call) -> ErrorGroup:
    if group is None:
        raise NotFound(
            f"no group of errors has the fingerprint {call.params['fingerprint'][:64]!r}",
            hint="GET /v1/errors lists them",
        )
    return group


def _instant(text: str | None, name: str) -> int | None:
    return parse_instant(text, name=name) if text is not None else None


VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/logs",
        permission=VIEW,
        summary="Search log lines",
        handler=list_logs,
        query=LogQuery,
        answer=LogPage,
    ),
    Endpoint(
        method="GET",
        path="/v1/feed",
        permission=VIEW,
        summary="Follow what happens (server-sent events)",
        handler=follow_feed,
        query=FeedQuery,
        answer=FeedItem,
        media="text/event-stream",
    ),
    Endpoint(
        method="GET",
        path="/v1/traces",
        permission=VIEW,
        summary="List traces",
        handler=list_traces,
        query=TraceQuery,
        answer=TracePage,
    ),
    Endpoint(
        method="GET",
        path="/v1/traces/{trace}",
        permission=VIEW,
        summary="The waterfall of a trace",
        handler=get_trace,
        answer=TraceDetail,
    ),
    Endpoint(
        method="GET",
        path="/v1/errors",
        permission=VIEW,
        summary="Failures by kind",
        handler=list_errors,
        query=ErrorQuery,
        answer=ErrorPage,
    ),
    Endpoint(
        method="GET",
        path="/v1/errors/{fingerprint}",
        permission=VIEW,
        summary="One kind of failure",
        handler=get_error,
        answer=ErrorGroup,
    ),
    Endpoint(
        method="POST",
        path="/v1/errors/{fingerprint}/resolve",
        permission=OPERATE,
        summary="Mark a kind of failure as resolved",
        handler=resolve_error,
        body=ResolveBody,
        answer=ErrorGroup,
    ),
    Endpoint(
        method="GET",
        path="/v1/metrics",
        permission=VIEW,
        summary="Rates, errors and latencies",
        handler=get_metrics,
        query=MetricsQuery,
        answer=MetricsView,
    ),
)
