"""Queries over telemetry.db, on a read-only connection in a thread of its own.

A list searches for about `searching.SEARCH_S` at most, and any query takes at most `QUERY_S`: a filter
that fits little gives short pages, which say how far back they looked, instead of a long wait.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import apsw
import msgspec

from motia.model import CallerError, WorldError
from motia.runtime import Clock
from motia.telemetry import records, schema
from motia.telemetry.log_text import in_fields, like
from motia.telemetry.minutes import Minutes, part_ms_of
from motia.telemetry.rollup import MINUTE_MS
from motia.telemetry.searching import Clauses, Way
from motia.telemetry.store import Store
from motia.telemetry.views import (
    ErrorGroup,
    ErrorPage,
    FailurePoint,
    LogFilter,
    LogPage,
    LogView,
    ObservedEdge,
    StepMetrics,
    TraceFilter,
    TracePage,
    TraceSummary,
    TraceView,
)
from motia.telemetry.waterfall import SPAN_COLUMNS, spans_of

QUERY_S = 5.0
PAGE_MAX = 1_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LAST_RUN = "g"
"""Above every run id, which is in hexadecimal digits."""
TRACE_SPANS_MAX = 5_000
TRACE_LOGS_MAX = 2_000
SLACK_MS = 60_000
"""A line is written soon after it was made, and a worker's clock may be a little ahead."""
ROOT_SLACK_MS = 3_600_000
"""A root is written when it ends: one that took longer is not found by an `until` in the middle of it."""

_LOG_COLUMNS = "id, at, level, step, trace, run, attempt, source, message, fields"
_ERROR_COLUMNS = (
    "fingerprint, step, name, message, stack, file, line, function,"
    " first_seen_at, last_seen_at, count, run, trace, is_resolved, again_at"
)
_ERROR_NAMES = tuple(name.strip() for name in _ERROR_COLUMNS.split(","))
ANY = "%"
"""The pattern that fits every text."""
_ERROR_OF = "({0}.error_name || ': ' || coalesce({0}.error_message, ''))"
# Spans_failed; those of one trace are sorted.
_SELECT_ERROR = (
    "SELECT error_name, error_message FROM spans f INDEXED BY spans_failed"
    " WHERE f.is_failed AND f.trace = ? AND f.error_name IS NOT NULL"
    f" ORDER BY {_ERROR_OF.format('f')} LIKE ? ESCAPE '\\' DESC, f.is_root DESC, f.id LIMIT 1"
)

T = TypeVar("T")


class Reader:
    """Called from one thread; see the head of this file."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Read what `store` writes; a store in memory is read through its own connection."""
        self._store = store
        self._clock = clock
        self._own: apsw.Connection | None = None
        self._generation = -1
        self._minutes = Minutes()
        self._set_backs = 0
        self._deadline_mono = 0.0

    def close(self) -> None:
        """Close the connection. Safe twice."""
        if self._own is not None:
            own, self._own = self._own, None
            own.close()

    def logs(self, where: LogFilter, *, limit: int, cursor: str | None) -> LogPage:
        """Lines that fit, newest first."""
        return self._ask(lambda db: _logs(db, where, _limit_of(limit), _id_of(cursor), self._clock))

    def traces(self, where: TraceFilter, *, limit: int, cursor: str | None) -> TracePage:
        """Traces that fit, newest root first."""
        return self._ask(lambda db: _traces(db, where, _limit_of(limit), _id_of(cursor), self._clock))

    def trace(self, trace: str) -> TraceView | None:
        """The whole trace, or None when nothing of it is stored."""
        return self._ask(lambda db: _trace(db, trace))

    def lines_dropped(self, trace: str, run: str) -> int:
        """Log lines of the run that were not kept."""
        return self._ask(lambda db: _lines_dropped(db, trace, run)[0])

    def errors(self, *, step: str | None, resolved: bool | None, limit: int, cursor: str | None) -> ErrorPage:
        """Groups of failures, last seen first."""
        since_at = self._clock.now_ms() - HOUR_MS

        def ask(db: apsw.Connection) -> ErrorPage:
            page = _errors(db, step, resolved, _limit_of(limit), cursor)
            return ErrorPage(errors=_with_points(db, page.errors, since_at), cursor=page.cursor)

        return self._ask(ask)

    def error(self, fingerprint: str) -> ErrorGroup | None:
        """One group."""

        def ask(db: apsw.Connection) -> ErrorGroup | None:
            sql = f"SELECT {_ERROR_COLUMNS} FROM errors WHERE fingerprint = ?"
            row = db.execute(sql, (fingerprint,)).fetchone()
            return _with_points(db, (_group_of(row),), since_at)[0] if row else None

        since_at = self._clock.now_ms() - DAY_MS
        return self._ask(ask)

    def failed_runs(self, fingerprint: str, *, limit: int, before: str | None) -> tuple[str, ...]:
        """Runs whose last failure is of this kind, newest first, below `before`."""
        values = (fingerprint, LAST_RUN if before is None else before, _limit_of(limit))
        return self._ask(
            lambda db: tuple(str(row[0]) for row in db.execute(schema.SELECT_FAILED_RUNS, values))
        )

    def metrics(
        self, step: str | None, *, since_at: int, until_at: int, part_ms: int | None
    ) -> tuple[StepMetrics, ...]:
        """The sum of all steps (or of `step`) first, then each step; see `minutes`."""
        length = part_ms_of(until_at - since_at, part_ms)
        now = self._clock.now_ms()

        def ask(db: apsw.Connection) -> tuple[StepMetrics, ...]:
            if self._set_backs != self._store.set_backs:
                self._set_backs = self._store.set_backs
                self._minutes.forget()  # minutes that were over are counted in again
            return self._minutes.metrics(
                db, step, since_at=since_at, until_at=until_at, part_ms=length, now=now
            )

        return self._ask(ask)

    def flow_observed(self) -> tuple[ObservedEdge, ...]:
        """Edges really seen, by source and target."""
        sql = "SELECT source, target, first_seen_at, last_seen_at, count FROM edges ORDER BY 1, 2 LIMIT 10000"
        names = ("source", "target", "first_seen_at", "last_seen_at", "count")
        return self._ask(
            lambda db: tuple(ObservedEdge(**dict(zip(names, row, strict=True))) for row in db.execute(sql))
        )

    def _ask(self, query: Callable[[apsw.Connection], T]) -> T:
        self._deadline_mono = self._clock.mono() + QUERY_S
        try:
            with self._bounded() as connection:
                return query(connection)
        except apsw.InterruptError as error:
            raise WorldError(
                f"the telemetry query took longer than {QUERY_S:g} s and was ended",
                hint="narrow it: a step, a trace or a shorter time",
            ) from error
        except apsw.Error as error:
            self.close()
            raise WorldError(f"the telemetry store cannot be read: {error}") from error

    @contextlib.contextmanager
    def _bounded(self) -> Iterator[apsw.Connection]:
        connection = self._connection()
        connection.set_progress_handler(lambda: self._clock.mono() > self._deadline_mono, 20_000)
        try:
            yield connection
        finally:
            connection.set_progress_handler(None)

    def _connection(self) -> apsw.Connection:
        if self._store.is_in_memory:
            return self._store.connection
        if self._own is not None and self._generation != self._store.generation:
            self.close()
        if self._own is None:
            self._minutes.forget()
            self._generation = self._store.generation
            self._own = apsw.Connection(str(self._store.path), flags=apsw.SQLITE_OPEN_READONLY)
            self._own.set_busy_timeout(1_000)
        return self._own


def _logs(db: apsw.Connection, where: LogFilter, limit: int, before_id: int | None, clock: Clock) -> LogPage:
    clauses = Clauses(before_id)
    way = _way_of_logs(where)
    for column in ("step", "trace", "run", "source"):
        if f"{column} = ?" not in way.terms:
            clauses.equal(column, getattr(where, column))
    if where.level is not None:
        if where.level not in records.LEVELS:
            raise CallerError(f"no level is called {where.level!r}", hint="debug, info, warn or error")
        clauses.add("level >= ?", records.LEVELS[where.level])
    clauses.since(where.since, slack_ms=SLACK_MS)
    clauses.until(where.until, slack_ms=SLACK_MS)
    if where.text:
        parts = in_fields(where.text)
        either = " OR ".join(["message LIKE ? ESCAPE '\\'"] + ["fields LIKE ? ESCAPE '\\'"] * len(parts))
        clauses.add(f"({either})", like(where.text), *map(like, parts))
    page = clauses.page(db, "logs", _LOG_COLUMNS, limit, way=way, clock=clock)
    return LogPage(
        logs=tuple(_log_of(row) for row in page.rows),
        cursor=page.cursor,
        searched_from_at=page.searched_from_at,
    )


def _way_of_logs(where: LogFilter) -> Way:
    """The index of whatever has the fewest lines."""
    for column in ("run", "trace", "step"):
        value = getattr(where, column)
        if value is not None:
            return Way(f"logs_{column}", (f"{column} IS NOT NULL", f"{column} = ?"), (value,))
    return Way()


def _traces(
    db: apsw.Connection, where: TraceFilter, limit: int, before_id: int | None, clock: Clock
) -> TracePage:
    clauses = Clauses(before_id)
    clauses.add(
        "NOT EXISTS (SELECT 1 FROM spans f INDEXED BY spans_trace"
        " WHERE f.trace = spans.trace AND f.is_root = 1 AND f.id < spans.id)"
    )
    clauses.since(where.since, slack_ms=SLACK_MS)
    clauses.until(where.until, slack_ms=ROOT_SLACK_MS)
    if where.slower_than_ms is not None:
        clauses.add("total_us + (at - coalesce(accepted_at, at)) * 1000 >= ?", where.slower_than_ms * 1_000)
    if where.is_failed is not None:
        found = "EXISTS (SELECT 1 FROM spans f INDEXED BY spans_failed WHERE f.is_failed AND f.trace = spans.trace)"
        clauses.add(found if where.is_failed else f"NOT {found}")
    pattern = like(where.text) if where.text else ANY
    if where.text:
        # Failed spans alone are in that index: of most traces it has none.
        clauses.add(
            f"(name LIKE ? ESCAPE '\\' OR {_ERROR_OF.format('spans')} LIKE ? ESCAPE '\\' OR EXISTS"
            " (SELECT 1 FROM spans f INDEXED BY spans_failed WHERE f.is_failed AND f.trace = spans.trace"
            f" AND {_ERROR_OF.format('f')} LIKE ? ESCAPE '\\'))",
            *(pattern, pattern, pattern),
        )
    way = Way("spans_root", ("is_root",))
    if where.step is not None:
        way = Way("spans_root_step", ("is_root", "step = ?"), (where.step,))
    columns = "id, trace, kind, name, step, run, status, outcome, error_name, error_message"
    page = clauses.page(db, "spans", columns, limit, way=way, clock=clock)
    return TracePage(
        traces=tuple(_summary_of(db, row, pattern) for row in page.rows),
        cursor=page.cursor,
        searched_from_at=page.searched_from_at,
    )


def _summary_of(db: apsw.Connection, root: tuple[Any, ...], pattern: str) -> TraceSummary:
    """With an error: of its spans the first that has what was looked for, else its root's, else the first."""
    _, trace, kind, name, step, run, status, outcome, error_name, error_message = root
    row: Any = db.execute(
        "SELECT max(at * 1000 + total_us), count(*), sum(is_failed), min(coalesce(accepted_at, at)) FROM"
        " (SELECT at, total_us, is_failed, accepted_at FROM spans WHERE trace = ? ORDER BY id LIMIT ?)",
        (trace, TRACE_SPANS_MAX),
    ).fetchone()
    if row[2] > 0 and (error_name is None or pattern != ANY):
        found: Any = db.execute(_SELECT_ERROR, (trace, pattern)).fetchone()
        error_name, error_message = found or (error_name, error_message)
    error = f"{error_name}: {error_message or ''}".rstrip(": ") if error_name else None
    return TraceSummary(
        trace=trace,
        kind=kind,
        name=name,
        step=step,
        run=run,
        status=status,
        outcome=outcome,
        started_at=row[3],
        duration_us=row[0] - row[3] * 1_000,
        spans=row[1],
        errors=row[2],
        error=error,
    )


def _trace(db: apsw.Connection, trace: str) -> TraceView | None:
    rows = db.execute(
        f"SELECT {SPAN_COLUMNS} FROM spans WHERE trace = ? ORDER BY id LIMIT ?", (trace, TRACE_SPANS_MAX + 1)
    ).fetchall()
    lines = db.execute(
        f"SELECT {_LOG_COLUMNS} FROM logs WHERE trace = ? ORDER BY id LIMIT ?", (trace, TRACE_LOGS_MAX + 1)
    ).fetchall()
    dropped, dropped_at = _lines_dropped(db, trace)
    if not rows and not lines and not dropped:
        return None
    logs = sorted((_log_of(row) for row in lines[:TRACE_LOGS_MAX]), key=lambda log: log.at)
    spans, started_at, ended_us = spans_of(
        rows[:TRACE_SPANS_MAX], default_at=logs[0].at if logs else dropped_at
    )
    return TraceView(
        trace=trace,
        started_at=started_at,
        duration_us=ended_us,
        is_failed=any(span.is_failed for span in spans),
        spans=spans,
        logs=tuple(logs),
        log_lines_dropped=dropped,
        is_cut=len(rows) > TRACE_SPANS_MAX or len(lines) > TRACE_LOGS_MAX,
    )


def _lines_dropped(db: apsw.Connection, trace: str, run: str | None = None) -> tuple[int, int]:
    """How many, and when last."""
    sql, values = (
        (schema.SELECT_DROPPED, (trace,)) if run is None else (schema.SELECT_DROPPED_OF_RUN, (trace, run))
    )
    row: Any = db.execute(sql, values).fetchone()
    return int(row[0]), int(row[1])


def _errors(
    db: apsw.Connection, step: str | None, resolved: bool | None, limit: int, cursor: str | None
) -> ErrorPage:
    clauses: list[str] = ["1"]
    values: list[Any] = []
    if step is not None:
        clauses.append("step = ?")
        values.append(step)
    if resolved is not None:
        clauses.append("is_resolved = ?")
        values.append(int(resolved))
    if cursor is not None:
        at, _, fingerprint = cursor.partition("-")
        clauses.append("(last_seen_at, fingerprint) < (?, ?)")
        values += [_id_of(at), fingerprint]
    rows = db.execute(
        f"SELECT {_ERROR_COLUMNS} FROM errors WHERE {' AND '.join(clauses)}"
        " ORDER BY last_seen_at DESC, fingerprint DESC LIMIT ?",
        (*values, limit + 1),
    ).fetchall()
    groups = tuple(_group_of(row) for row in rows[:limit])
    last = groups[-1] if groups else None
    return ErrorPage(
        errors=groups,
        cursor=f"{last.last_seen_at}-{last.fingerprint}" if last and len(rows) > limit else None,
    )


def _with_points(
    db: apsw.Connection, groups: tuple[ErrorGroup, ...], since_at: int
) -> tuple[ErrorGroup, ...]:
    """`groups` with the minutes since `since_at` in which they failed."""
    wanted = msgspec.json.encode([group.fingerprint for group in groups]).decode()
    points: dict[str, list[FailurePoint]] = {}
    for minute, fingerprint, count in db.execute(
        "SELECT minute, fingerprint, count FROM failures WHERE minute >= ?"
        " AND fingerprint IN (SELECT value FROM json_each(?)) ORDER BY minute",
        (since_at - since_at % MINUTE_MS, wanted),
    ):
        points.setdefault(fingerprint, []).append(FailurePoint(minute_at=minute, count=count))
    return tuple(
        msgspec.structs.replace(group, points=tuple(points.get(group.fingerprint, ()))) for group in groups
    )


def _limit_of(limit: int) -> int:
    return max(1, min(limit, PAGE_MAX))


def _id_of(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or int(cursor) >= 1 << 63:
        raise CallerError(f"{cursor[:40]!r} is no cursor", hint="give the `cursor` of the page before")
    return int(cursor)


def _log_of(row: tuple[Any, ...]) -> LogView:
    number, at, level, step, trace, run, attempt, source, message, fields = row
    return LogView(
        id=str(number),
        at=at,
        level=records.LEVEL_NAMES[level],
        message=message,
        step=step,
        trace=trace,
        run=run,
        attempt=attempt,
        source=source,
        fields=msgspec.Raw(fields.encode()) if fields else None,
    )


def _group_of(row: tuple[Any, ...]) -> ErrorGroup:
    return msgspec.convert(dict(zip(_ERROR_NAMES, row, strict=True)), ErrorGroup, strict=False)
