"""The hot path: each record is one tuple in a bounded ring.

Invariants
1. A method appends one tuple: no lock, no formatting, no waiting, no error. About one microsecond;
   it may be called from any thread.
2. At most `RING_RECORDS` records wait; log text among them is bounded by `RING_BYTES`. What does not
   fit is dropped, oldest first, and counted.
3. A step (or source) logs at most `LOG_LINES_PER_S` lines a second; the others are dropped, counted
   and summed up in one line. Of at most `DROPPED_RUNS_MAX` runs and requests a batch it is kept how
   many of their lines that was.
4. While nobody listens to the feed, the newest `RUNS_UNHEARD` changes of runs and workflow instances
   of a batch are kept and the others are counted: they are for the feed alone.
"""

from __future__ import annotations

from collections import deque

import msgspec

from motia.model import InstanceState, RunId, RunState, SpanId, StepId, TraceId
from motia.runtime import Clock
from motia.telemetry.feed import Feed
from motia.telemetry.records import ATTEMPT, DROPPED, EDGE, INSTANCE, LOG, REQUEST, RUN, SPAN, Record
from motia.telemetry.redaction import cut_text
from motia.telemetry.state_changes import StateChanges

RING_RECORDS = 10_000
HALF_RING = RING_RECORDS // 2
RING_BYTES = 16 * 1024 * 1024
LIGHT_BYTES = 1_024
LOG_BYTES_MAX = 16 * 1024
MARK_BYTES = 64
LOG_LINES_PER_S = 2_000
DROPPED_RUNS_MAX = 1_000
RUNS_UNHEARD = 20
"""Changes of runs kept of a batch while nobody listens: enough for who comes next to see what goes on."""


class RingRecorder:
    """The recording half of `Telemetry`; who inherits it empties the ring."""

    def __init__(self, clock: Clock, feed: Feed, *, is_always_heard: bool) -> None:
        """An empty ring, for `feed`, which `is_always_heard` takes as listened to."""
        super().__init__()
        self.feed = feed
        self._is_always_heard = is_always_heard
        self._unheard: deque[Record] = deque(maxlen=RUNS_UNHEARD)
        self._unheard_count = 0
        self._state_changes = StateChanges()
        self.counters: dict[str, int] = {}
        self._clock = clock
        self._ring: deque[Record] = deque(maxlen=RING_RECORDS)
        self._ring_bytes = 0
        self._lines: dict[str, int] = {}
        self._dropped: dict[tuple[str, str], int] = {}

    def request(
        self,
        *,
        trace: TraceId,
        span: SpanId,
        parent: SpanId | None,
        step: StepId,
        method: str,
        path: str,
        status: int,
        started_at: int,
        total_us: int,
        wait_us: int,
        handler_us: int,
        error: str = "",
        stack: str = "",
    ) -> None:
        """An api request was answered. `error` is `Name: message`, empty when there is none."""
        if len(self._ring) >= HALF_RING:
            self._crowded()
        self._ring.append(
            (
                REQUEST, trace, span, parent, step, method, path, status,
                started_at, total_us, wait_us, handler_us, error, stack,
            )
        )  # fmt: skip

    def attempt(
        self,
        *,
        trace: TraceId,
        span: SpanId,
        parent: SpanId | None,
        run: RunId,
        step: StepId,
        attempt: int,
        outcome: str,
        created_at: int,
        ready_at: int,
        claimed_at: int,
        sent_at: int,
        answered_at: int,
        committed_at: int,
        wait_us: int,
        handler_us: int,
        error_name: str = "",
        error_message: str = "",
        error_stack: str = "",
    ) -> None:
        """An attempt ended. `sent_at` and `answered_at` 0: it never got to a worker."""
        if len(self._ring) >= HALF_RING:
            self._crowded()
        self._ring.append(
            (
                ATTEMPT, trace, span, parent, run, step, attempt, outcome,
                created_at, ready_at, claimed_at, sent_at, answered_at, committed_at,
                wait_us, handler_us, error_name, error_message, error_stack,
            )
        )  # fmt: skip

    def run_changed(self, run: RunId, step: StepId, state: RunState, trace: TraceId, attempt: int) -> None:
        """A run moved, for the live feed."""
        self._tell_feed((RUN, run, step, state, trace, attempt, self._clock.now_ms()))

    def instance_changed(self, instance: str, workflow: str, state: InstanceState, trace: TraceId) -> None:
        """A workflow instance changed, for the live feed."""
        self._tell_feed((INSTANCE, instance, workflow, state, trace, self._clock.now_ms()))

    def _tell_feed(self, record: Record) -> None:
        if not (self.feed.is_heard or self._is_always_heard):
            self._unheard.append(record)
            self._unheard_count += 1
            return
        if len(self._ring) >= HALF_RING:
            self._crowded()
        self._ring.append(record)

    def log(
        self,
        *,
        level: str,
        message: str,
        at: int,
        step: StepId | None = None,
        trace: TraceId | None = None,
        run: RunId | None = None,
        attempt: int = 0,
        fields: bytes | None = None,
        source: str = "engine",
    ) -> None:
        """A log line. Beyond `LOG_LINES_PER_S` of one step (or source) a second it is dropped and counted."""
        key = step or source
        lines = self._lines[key] = self._lines.get(key, 0) + 1
        if lines > LOG_LINES_PER_S:
            self._note_dropped(trace, run)
            return
        if len(message) + (len(fields) if fields else 0) > LIGHT_BYTES:
            message, fields = _cut(message, fields)
            self._ring_bytes += len(message) + (len(fields) if fields else 0)
            if self._ring_bytes > RING_BYTES and not self._hand_over():
                self.count("log_lines_dropped")
                self._note_dropped(trace, run)
                return
        if len(self._ring) >= HALF_RING:
            self._crowded()
        self._ring.append((LOG, level, message, at, step, trace, run, attempt, fields, source))

    def log_dropped(self, trace: TraceId, run: RunId | None) -> None:
        """A line of the run, or of the request of the trace, was dropped before it came here."""
        self._note_dropped(trace, run)

    def user_span(
        self,
        *,
        trace: TraceId,
        span: SpanId,
        parent: SpanId,
        name: str,
        step: StepId,
        run: RunId | None,
        started_at: int,
        duration_us: int,
        fields: bytes | None,
    ) -> None:
        """A span of the author's own."""
        if len(self._ring) >= HALF_RING:
            self._crowded()
        if fields and len(fields) > LIGHT_BYTES:
            _, fields = _cut("", fields)
        self._ring.append((SPAN, trace, span, parent, name, step, run, started_at, duration_us, fields))

    def edge_observed(self, source: StepId, target: str, *, request: SpanId | None = None) -> None:
        """A step triggered a target: an observed edge of the flow graph."""
        if len(self._ring) >= HALF_RING:
            self._crowded()
        self._ring.append((EDGE, source, target, request))

    def state_changed(self, group: str, key: str | None) -> None:
        """A key of the state store changed, or (None) all of a group; for the feed, while somebody listens."""
        if self.feed.is_heard or self._is_always_heard:
            self._state_changes.note(group, key)

    def count(self, name: str, by: int = 1) -> None:
        """Raise a counter; `counters` has them all since the engine started."""
        self.counters[name] = self.counters.get(name, 0) + by

    def _hand_over(self) -> bool:
        """Give the ring to the writer; False when it still has as much as it may have."""
        raise NotImplementedError

    def _note_dropped(self, trace: TraceId | None, run: RunId | None) -> None:
        if trace is None:
            return  # of no run: the line that sums them up is all there is to say
        key = (trace, run or "")
        if key in self._dropped or len(self._dropped) < DROPPED_RUNS_MAX:
            self._dropped[key] = self._dropped.get(key, 0) + 1

    @property
    def _is_empty(self) -> bool:
        return not (self._ring or self._unheard or self._dropped)

    def _take(self) -> tuple[list[Record], int]:
        """What waits, and how many changes of runs were left out because nobody listened; empty afterwards."""
        ring, self._ring = self._ring, deque(maxlen=RING_RECORDS)
        self._ring_bytes = 0
        unheard, self._unheard = self._unheard, deque(maxlen=RUNS_UNHEARD)
        left_out, self._unheard_count = self._unheard_count - len(unheard), 0
        lines, self._dropped = self._dropped, {}
        dropped = [(DROPPED, *key, count) for key, count in lines.items()]
        return [*unheard, *ring, *dropped], left_out

    def _tell_of_dropped_lines(self) -> None:
        lines, self._lines = self._lines, {}
        for key, count in lines.items():
            if count > LOG_LINES_PER_S:
                dropped = count - LOG_LINES_PER_S
                self.count("log_lines_dropped", dropped)
                self._complain(
                    f"{dropped} log lines of {key} were dropped: more than {LOG_LINES_PER_S} a second"
                )

    def _complain(self, message: str) -> None:
        self._ring.append((LOG, "warn", message, self._clock.now_ms(), None, None, None, 0, None, "engine"))

    def _crowded(self) -> None:
        """The ring is half full: hand over if the writer is free, else the oldest record may go."""
        if not self._hand_over() and len(self._ring) >= RING_RECORDS:
            self.count("telemetry_dropped")


def _cut(message: str, fields: bytes | None) -> tuple[str, bytes | None]:
    """Keep long lines from filling the ring; the mark says how much is gone."""
    # A worker cuts at the same length and adds its mark: not to be cut again.
    if len(message.encode("utf-8", "replace")) > LOG_BYTES_MAX + MARK_BYTES:
        message = cut_text(message, LOG_BYTES_MAX)
    if fields is not None and len(fields) > LOG_BYTES_MAX:
        fields = msgspec.json.encode({"cut": cut_text(fields.decode("utf-8", "replace"), LOG_BYTES_MAX)})
    return message, fields
