"""What the queries of telemetry answer with, and what they are asked. Instants are ms since the epoch."""

from __future__ import annotations

import msgspec


class SpanView(msgspec.Struct, frozen=True, kw_only=True):
    """A bar of the waterfall. `kind`: request, attempt, queue, dispatch, handler, commit, user."""

    span: str
    """The id; the parts of an attempt have its id and their kind behind it."""
    parent: str | None
    kind: str
    name: str
    step: str
    run: str | None
    attempt: int
    started_at: int
    offset_us: int
    """From the start of the trace."""
    duration_us: int
    is_failed: bool
    outcome: str = ""
    status: int = 0
    error_name: str | None = None
    error_message: str | None = None
    error_stack: str | None = None
    fields: msgspec.Raw | None = None


class TraceView(msgspec.Struct, frozen=True, kw_only=True):
    """A whole trace, spans by start. `is_cut`: there are more spans or lines than are shown.

    A trace begins when the first of its requests arrived or the first of its events was accepted, and
    lasts to the last end that is known: what a run waited before its first attempt (its time, its key, a
    predecessor) is part of it.
    """

    trace: str
    started_at: int
    duration_us: int
    is_failed: bool
    spans: tuple[SpanView, ...]
    logs: tuple[LogView, ...]
    is_cut: bool = False
    log_lines_dropped: int = 0
    """Log lines of it that were not kept because there were too many at once."""


class TraceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A trace in a list: its root and what came of it so far; it begins and lasts as in TraceView."""

    trace: str
    kind: str
    """request, or attempt (of the run that began it)."""
    name: str
    step: str
    run: str | None
    status: int
    outcome: str
    started_at: int
    duration_us: int
    spans: int
    errors: int
    error: str | None = None
    """Of its root, else of the span that failed first; with a text that was looked for, one that has it."""


class LogView(msgspec.Struct, frozen=True, kw_only=True):
    """A stored log line."""

    id: str
    at: int
    level: str
    message: str
    step: str | None
    trace: str | None
    run: str | None
    attempt: int
    source: str
    fields: msgspec.Raw | None


class ErrorGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Failures of one kind: same step, error type and innermost own frame."""

    fingerprint: str
    step: str
    name: str
    message: str
    stack: str
    file: str
    line: int
    function: str
    first_seen_at: int
    last_seen_at: int
    count: int
    run: str | None
    """An example: the last one."""
    trace: str
    is_resolved: bool
    again_at: int | None = None
    """When it failed again after it was marked as resolved; None when it did not, or was marked since."""
    points: tuple[FailurePoint, ...] = ()
    """Minutes in which it failed, oldest first: of the last hour in a list, of the last day alone."""


class FailurePoint(msgspec.Struct, frozen=True, kw_only=True):
    """How often something failed in one minute."""

    minute_at: int
    count: int


class MetricPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One minute, or as many as were asked for in one part."""

    minute_at: int
    """When it begins."""
    count: int
    errors: int
    p50_us: int
    p95_us: int
    p99_us: int


class StepMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """A step over a window; `step` is empty for the sum of all steps."""

    step: str
    count: int
    errors: int
    rate_per_s: float
    p50_us: int
    p95_us: int
    p99_us: int
    points: tuple[MetricPoint, ...]


class ObservedEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A step that really triggered a target."""

    source: str
    target: str
    first_seen_at: int
    last_seen_at: int
    count: int


class LogFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines; every field that is set must hold.

    `text` is looked for in message and fields; `name=value` finds a field whose value begins so, too.
    """

    step: str | None = None
    trace: str | None = None
    run: str | None = None
    level: str | None = None
    """The least level: `warn` finds warnings and errors."""
    source: str | None = None
    text: str | None = None
    since: int | None = None
    until: int | None = None


class TraceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which traces; every field that is set must hold of the root, `is_failed` of any span.

    `text` is looked for in the root's name and in the errors of all spans.

    With `until`, traces whose root took longer than an hour beyond it are not found.
    """

    step: str | None = None
    is_failed: bool | None = None
    slower_than_ms: int | None = None
    text: str | None = None
    since: int | None = None
    until: int | None = None


class LogPage(msgspec.Struct, frozen=True, kw_only=True):
    """Lines, newest first; `cursor` asks for the next page.

    With `searched_from_at` the page may be short, or empty: the time to search was up, and what was
    written before that instant has not been looked at. The cursor goes on there.
    """

    logs: tuple[LogView, ...]
    cursor: str | None = None
    searched_from_at: int | None = None


class TracePage(msgspec.Struct, frozen=True, kw_only=True):
    """Traces, newest first; `cursor` and `searched_from_at` as in `LogPage`."""

    traces: tuple[TraceSummary, ...]
    cursor: str | None = None
    searched_from_at: int | None = None


class ErrorPage(msgspec.Struct, frozen=True, kw_only=True):
    """Groups, last seen first."""

    errors: tuple[ErrorGroup, ...]
    cursor: str | None = None
