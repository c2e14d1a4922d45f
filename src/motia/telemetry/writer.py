"""Turns batches of records into rows, counts and feed items; runs on the thread that owns the store.

Invariants
1. Every request and attempt is counted in its minute, stored or not.
2. Nothing reaches the store or the feed unredacted or longer than its bound.
3. A batch is one transaction. One that cannot be written is dropped and counted, except for the
   minutes: they stay in memory and are written with the next batch.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import apsw
import msgspec

from motia.telemetry import folding, records, schema
from motia.telemetry.fingerprint import STACK_BYTES_MAX, fingerprint_of, own_frame
from motia.telemetry.redaction import cut_text, redact_json, redact_text
from motia.telemetry.rollup import MINUTE_MS, Bucket, bucket_row, percentile_us, stored_bucket
from motia.telemetry.sampling import Sampler
from motia.telemetry.store import Store

MESSAGE_BYTES_MAX = 16 * 1024
FEED_ITEMS_PER_KIND = 1_000
FEED_ITEMS_UNHEARD = 20
"""Of each kind and batch when nobody listens: enough for who comes next to see what goes on."""
WAITING_SPANS_MAX = 5_000
WAIT_MS_MIN = 5
"""A shorter wait of a run is how long an event takes to be claimed: it is told as the queue of its attempt."""
TRIGGERING_MAX = 5_000
FAILED_OUTCOMES = frozenset({"retrying", "dead"})

_FEED_FIELDS = {
    "request": ("trace", "step", "method", "path", "status", "total_us", "handler_us", "error"),
    "run": ("run", "step", "state", "trace", "attempt"),
    "instance": ("instance", "workflow", "state", "trace"),
    "log": ("level", "message", "step", "trace", "run", "attempt", "source", "fields"),
    "error": ("fingerprint", "step", "name", "message", "run", "trace", "file", "line"),
}

FeedEntry = tuple[str, int, dict[str, Any]]


class Written(msgspec.Struct):
    """What came of one batch."""

    feed: list[FeedEntry]
    feed_dropped: int
    dropped: int
    """Records that could not be stored."""


class BatchWriter:
    """See the head of this file. Called from one thread only."""

    def __init__(self, store: Store, *, sample_per_s: int) -> None:
        """Write into `store`, keeping `sample_per_s` plain requests per step and second."""
        self._store = store
        self._sampler = Sampler(sample_per_s)
        self._minutes: dict[tuple[int, str], Bucket] = {}
        self._dirty: set[tuple[int, str]] = set()
        self._unfold_from: int | None = None
        self._newest_minute = 0
        self._waiting: OrderedDict[str, list[tuple[Any, ...]]] = OrderedDict()
        self._waiting_count = 0
        self._triggering: OrderedDict[str, bool] = OrderedDict()
        """Spans of requests that triggered something and have not ended."""
        self._batch = _Batch()

    def write(
        self, batch: Iterable[records.Record], now_ms: int, *, is_last: bool = False, is_heard: bool = True
    ) -> Written:
        """Store one batch.

        `is_last`: also the user spans that still wait for their request. `is_heard`: somebody
        listens to the feed; otherwise it gets few items of each kind but log lines and errors.
        """
        self._batch = _Batch()
        handlers = (
            *(self._request, self._attempt, self._run, self._log, self._span, self._edge),
            *(self._instance, self._dropped),
        )
        faults = 0
        for record in batch:
            try:
                handlers[record[0]](record, now_ms)
            except Exception:
                # One record that is not what it should be must not take the batch with it.
                faults += 1
        if is_last:
            for trace in list(self._waiting):
                self._release_spans(trace, keep=True)
        rows = self._batch
        dropped = faults
        if rows.is_any or self._dirty:
            if self._try_write(rows, now_ms):
                self._dirty.clear()
                self._unfold_from = None
                self._forget_minutes(now_ms)
            else:
                dropped += rows.count
        feed_dropped, feed = rows.capped_feed(is_heard=is_heard)
        return Written(feed=feed, feed_dropped=feed_dropped, dropped=dropped)

    def _try_write(self, rows: _Batch, now_ms: int) -> bool:
        def work(connection: apsw.Connection) -> None:
            self._write_rows(connection, rows, now_ms)

        try:
            return self._store.write(work)
        except (UnicodeError, OverflowError):
            rows.make_storable()
            return self._store.write(work)

    def _write_rows(self, connection: apsw.Connection, rows: _Batch, now_ms: int) -> None:
        next_id = self._store.next_id
        self._write_spans(connection, rows.spans, now_ms)
        connection.executemany(schema.INSERT_LOG, ((next_id(now_ms), *row) for row in rows.logs))
        connection.executemany(schema.UPSERT_ERROR, (tuple(row) for row in rows.errors.values()))
        connection.executemany(
            schema.ADD_FAILURES, ((*minute, count) for minute, count in rows.failures.items())
        )
        connection.executemany(
            schema.UPSERT_EDGE, ((*edge, now_ms, now_ms, count) for edge, count in rows.edges.items())
        )
        connection.executemany(
            schema.ADD_DROPPED, ((*key, now_ms, count) for key, count in rows.dropped.items())
        )
        if self._unfold_from is not None:
            folding.unfold(connection, self._unfold_from)
        for key in self._dirty:
            connection.execute(schema.REPLACE_MINUTE, (*key, *bucket_row(self._minutes[key])))

    def _write_spans(self, connection: apsw.Connection, spans: list[tuple[Any, ...]], now_ms: int) -> None:
        next_id = self._store.next_id
        start = 0
        for size in schema.SPAN_CHUNKS:
            while len(spans) - start >= size:
                chunk = spans[start : start + size]
                values = [value for row in chunk for value in (next_id(now_ms), *row)]
                connection.execute(schema.insert_spans(size), values)
                start += size

    def _request(self, record: records.Record, now_ms: int) -> None:
        _, trace, span, parent, step, method, path, status, at = record[:9]
        total_us, wait_us, handler_us, error, stack = record[9:]
        # Below 400 an error is a streamed answer that broke; a 4xx is the client's fault, not the step's.
        is_failed = status >= 500 or (bool(error) and status < 400)
        self._count(step, now_ms, total_us, is_failed)
        error = redact_text(cut_text(error, MESSAGE_BYTES_MAX)) if error else ""
        path = redact_text(path)
        shown = (trace, step, method, path, status, total_us, handler_us, error)
        self._batch.feed.append(("request", at, shown))
        has_triggered = self._triggering.pop(span, False)
        is_kept = is_failed or has_triggered or self._sampler.admits(step, total_us, now_ms)
        if trace in self._waiting:
            self._release_spans(trace, keep=is_kept)
        name, _, message = error.partition(": ")
        fingerprint = None
        if is_failed:
            name = name or f"HTTP {status}"
            stack = redact_text(cut_text(stack, STACK_BYTES_MAX))
            fingerprint = self._fail(step, name, message, stack, at=at, run=None, trace=trace)
        if is_kept:
            row = (
                "request", 1, trace, span, parent, step, None, 1, f"{method} {path}", "", status,
                int(is_failed), at, total_us, None, None, None, None, wait_us, handler_us,
                name or None, message or None, stack or None, None, fingerprint, None,
            )  # fmt: skip
            self._batch.spans.append(row)

    def _attempt(self, record: records.Record, now_ms: int) -> None:
        _, trace, span, parent, run, step, attempt, outcome, created_at, ready_at = record[:10]
        claimed_at, sent_at, answered_at, committed_at, wait_us, handler_us = record[10:16]
        error_name, error_message, error_stack = record[16:]
        is_failed = outcome in FAILED_OUTCOMES
        if is_failed or outcome == "completed":
            self._count(step, now_ms, handler_us, is_failed)
        if error_name:
            error_message = redact_text(cut_text(error_message, MESSAGE_BYTES_MAX))
            error_stack = redact_text(cut_text(error_stack, STACK_BYTES_MAX))
        at = ready_at or created_at
        total_us = max(committed_at - at, 0) * 1_000
        is_root = int(parent is None and attempt == 1)
        has_waited = attempt == 1 and at - created_at >= WAIT_MS_MIN
        fingerprint = None
        if is_failed:
            name = error_name or "Error"
            fingerprint = self._fail(
                step, name, error_message, error_stack, at=committed_at, run=run, trace=trace
            )
        row = (
            "attempt", is_root, trace, span, parent, step, run, attempt, step, outcome, 0,
            int(is_failed), at, total_us, claimed_at, sent_at, answered_at, committed_at,
            wait_us, handler_us, error_name or None, error_message or None, error_stack or None, None,
            fingerprint, created_at if has_waited else None,
        )  # fmt: skip
        self._batch.spans.append(row)

    def _run(self, record: records.Record, now_ms: int) -> None:
        self._batch.feed.append(("run", record[6], record[1:6]))

    def _instance(self, record: records.Record, now_ms: int) -> None:
        self._batch.feed.append(("instance", record[5], record[1:5]))

    def _dropped(self, record: records.Record, now_ms: int) -> None:
        key = (record[1], record[2])
        self._batch.dropped[key] = self._batch.dropped.get(key, 0) + record[3]

    def _log(self, record: records.Record, now_ms: int) -> None:
        _, level, message, at, step, trace, run, attempt, fields, source = record
        rank = records.LEVELS.get(level, records.INFO)
        message = redact_text(message)
        shown = redact_json(fields) if fields else None
        stored = bytes(shown).decode() if shown is not None else None
        self._batch.logs.append((at, rank, step, trace, run, attempt, source, message, stored))
        line = (records.LEVEL_NAMES[rank], message, step, trace, run, attempt, source, shown)
        self._batch.feed.append(("log", at, line))

    def _span(self, record: records.Record, now_ms: int) -> None:
        _, trace, span, parent, name, step, run, at, duration_us, fields = record
        shown = bytes(redact_json(fields)).decode() if fields else None
        name = redact_text(cut_text(name, 255))
        row = (
            "user", 0, trace, span, parent, step, run, 1, name, "", 0, 0, at, duration_us,
            None, None, None, None, 0, 0, None, None, None, shown, None, None,
        )  # fmt: skip
        if run is not None:
            self._batch.spans.append(row)
            return
        # Of a request: kept or dropped together with it, which is known when it ends.
        self._waiting.setdefault(trace, []).append(row)
        self._waiting_count += 1
        while self._waiting_count > WAITING_SPANS_MAX:
            self._release_spans(next(iter(self._waiting)), keep=True)

    def _edge(self, record: records.Record, now_ms: int) -> None:
        _, source, target, request = record
        edge = (source, target)
        self._batch.edges[edge] = self._batch.edges.get(edge, 0) + 1
        if request is not None:
            self._triggering[request] = True
            if len(self._triggering) > TRIGGERING_MAX:
                self._triggering.popitem(last=False)

    def _release_spans(self, trace: str, *, keep: bool) -> None:
        spans = self._waiting.pop(trace)
        self._waiting_count -= len(spans)
        if keep:
            self._batch.spans.extend(spans)

    def _fail(
        self, step: str, name: str, message: str, stack: str, *, at: int, run: str | None, trace: str
    ) -> str:
        """Count a failure; which kind it is."""
        file, line, function = own_frame(stack)
        fingerprint = fingerprint_of(step, name, file, function)
        group: list[Any] | None = self._batch.errors.get(fingerprint)
        if group is None:
            group = [fingerprint, step, name, message, stack, file, line, function, at, at, 0, run, trace]
            self._batch.errors[fingerprint] = group
        group[3], group[4], group[6], group[9] = message, stack, line, at
        group[10] += 1
        group[11], group[12] = run, trace
        minute = (at - at % MINUTE_MS, fingerprint)
        self._batch.failures[minute] = self._batch.failures.get(minute, 0) + 1
        self._batch.feed.append(("error", at, (fingerprint, step, name, message, run, trace, file, line)))
        return fingerprint

    def _count(self, step: str, now_ms: int, latency_us: int, is_failed: bool) -> None:
        key = (now_ms - now_ms % MINUTE_MS, step)
        bucket = self._minutes.get(key)
        if bucket is None:
            bucket = self._minutes[key] = self._stored_minute(key)
            if key[0] < self._newest_minute:
                self._store.set_backs += 1
            self._newest_minute = key[0]
        bucket.add(latency_us, is_failed)
        self._dirty.add(key)

    def _stored_minute(self, key: tuple[int, str]) -> Bucket:
        """What an earlier process wrote for this minute."""
        connection = self._store.connection
        try:
            row: Any = connection.execute(schema.SELECT_MINUTE, key).fetchone()
            is_folded = key[0] < folding.folded_until(connection, folding.NARROWEST_MS)
        except apsw.Error:
            return Bucket()
        if is_folded:  # the clock was set back
            self._unfold_from = min(key[0], self._unfold_from or key[0])
        return Bucket() if row is None else stored_bucket(*row)

    def _forget_minutes(self, now_ms: int) -> None:
        """Drop finished minutes, which are written; learn from each what is slow for its step."""
        current = now_ms - now_ms % MINUTE_MS
        for key in [key for key in self._minutes if key[0] < current]:
            bucket = self._minutes.pop(key)
            self._sampler.learn(key[1], percentile_us(bucket.histogram, 0.99), bucket.count)


class _Batch:
    """Rows of one batch on their way."""

    def __init__(self) -> None:
        self.spans: list[tuple[Any, ...]] = []
        self.logs: list[tuple[Any, ...]] = []
        self.errors: dict[str, list[Any]] = {}
        self.failures: dict[tuple[int, str], int] = {}
        self.edges: dict[tuple[str, str], int] = {}
        self.dropped: dict[tuple[str, str], int] = {}
        self.feed: list[tuple[str, int, tuple[Any, ...]]] = []

    @property
    def count(self) -> int:
        return len(self.spans) + len(self.logs)

    @property
    def is_any(self) -> bool:
        return bool(self.spans or self.logs or self.errors or self.edges or self.dropped)

    def make_storable(self) -> None:
        """Replace what SQLite cannot take: lone surrogates, integers beyond 64 bits."""
        self.spans = [tuple(map(_storable, row)) for row in self.spans]
        self.logs = [tuple(map(_storable, row)) for row in self.logs]
        self.errors = {key: [_storable(value) for value in row] for key, row in self.errors.items()}

    def capped_feed(self, *, is_heard: bool) -> tuple[int, list[FeedEntry]]:
        """How many entries were dropped, and the newest of each kind in order."""
        left: dict[str, int] = {}
        caps = dict.fromkeys(_FEED_FIELDS, FEED_ITEMS_PER_KIND)
        if not is_heard:
            caps["request"] = caps["run"] = caps["instance"] = FEED_ITEMS_UNHEARD
        kept: list[FeedEntry] = []
        for kind, at, values in reversed(self.feed):
            seen = left[kind] = left.get(kind, 0) + 1
            if seen <= caps[kind]:
                kept.append((kind, at, dict(zip(_FEED_FIELDS[kind], values, strict=True))))
        kept.reverse()
        return len(self.feed) - len(kept), kept


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return 0
    return value
