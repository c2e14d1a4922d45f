"""From stored rows to the bars of a waterfall: an attempt becomes queue, dispatch, handler and commit.

Rows hold the instants; bars are made when somebody looks. That is one row a record instead of five
on the way in, where it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from motia.telemetry.views import SpanView

SPAN_COLUMNS = (
    "kind, trace, span, parent, step, run, attempt, name, outcome, status, is_failed, at, total_us,"
    " claimed_at, sent_at, answered_at, committed_at, wait_us, handler_us,"
    " error_name, error_message, error_stack, fields, accepted_at"
)
_NAMES: tuple[str, ...] = tuple(name.strip() for name in SPAN_COLUMNS.split(","))


def spans_of(rows: Sequence[tuple[Any, ...]], *, default_at: int) -> tuple[tuple[SpanView, ...], int, int]:
    """Bars by start, the start of the trace (ms since the epoch) and its length (microseconds).

    Args:
        rows: Rows of one trace with the columns `SPAN_COLUMNS`.
        default_at: Start of the trace when there are no rows.
    """
    records: list[dict[str, Any]] = [dict(zip(_NAMES, row, strict=True)) for row in rows]
    started_at = min((record["accepted_at"] or record["at"] for record in records), default=default_at)
    spans: list[SpanView] = []
    for record in records:
        spans.append(_bar(record, started_at))
        if record["kind"] == "request":
            spans.extend(_request_parts(record, started_at))
        elif record["kind"] == "attempt":
            spans.extend(_attempt_parts(record, started_at))
    ended_us = max((span.offset_us + span.duration_us for span in spans), default=0)
    # Stable: a bar stays in front of its parts that start with it.
    return tuple(sorted(spans, key=lambda span: span.offset_us)), started_at, ended_us


def _bar(record: dict[str, Any], trace_at: int) -> SpanView:
    fields = record["fields"]
    return SpanView(
        span=record["span"],
        parent=record["parent"],
        kind=record["kind"],
        name=record["name"],
        step=record["step"],
        run=record["run"],
        attempt=record["attempt"],
        started_at=record["at"],
        offset_us=(record["at"] - trace_at) * 1_000,
        duration_us=record["total_us"],
        is_failed=bool(record["is_failed"]),
        outcome=record["outcome"],
        status=record["status"],
        error_name=record["error_name"],
        error_message=record["error_message"],
        error_stack=record["error_stack"],
        fields=msgspec.Raw(fields.encode()) if fields else None,
    )


def _request_parts(record: dict[str, Any], trace_at: int) -> list[SpanView]:
    """Where the handler was inside the request; the rest is the engine's and the wire's."""
    if not record["handler_us"]:
        return []
    outside_us = max(record["total_us"] - record["handler_us"] - record["wait_us"], 0)
    start_us = (record["at"] - trace_at) * 1_000 + outside_us // 2 + record["wait_us"]
    return [_part(record, "handler", trace_at, start_us, record["handler_us"])]


def _attempt_parts(record: dict[str, Any], trace_at: int) -> list[SpanView]:
    def us(instant: str) -> int:
        return ((record[instant] or record["at"]) - trace_at) * 1_000

    ready, claimed, sent, answered, committed = map(
        us, ("at", "claimed_at", "sent_at", "answered_at", "committed_at")
    )
    # A run that its acceptor claimed at once was never in the queue.
    parts = [_part(record, "queue", trace_at, ready, claimed - ready)] if claimed > ready else []
    if record["sent_at"]:
        handler = sent + record["wait_us"]
        parts.append(_part(record, "dispatch", trace_at, claimed, handler - claimed))
        handler_us = record["handler_us"] or answered - handler
        parts.append(_part(record, "handler", trace_at, handler, handler_us))
    if record["answered_at"]:
        parts.append(_part(record, "commit", trace_at, answered, committed - answered))
    return parts


def _part(record: dict[str, Any], kind: str, trace_at: int, start_us: int, duration_us: int) -> SpanView:
    return SpanView(
        span=f"{record['span']}.{kind}",
        parent=record["span"],
        kind=kind,
        name=kind,
        step=record["step"],
        run=record["run"],
        attempt=record["attempt"],
        started_at=trace_at + start_us // 1_000,
        offset_us=start_us,
        duration_us=max(duration_us, 0),
        is_failed=bool(record["is_failed"]) and kind == "handler",
    )
