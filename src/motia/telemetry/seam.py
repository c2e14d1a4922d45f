"""What the other rooms tell telemetry. Every method is cheap, never waits and never raises.

A record is a tuple in a bounded ring; encoding, redaction and writing happen in batches elsewhere.
When a ring is full the oldest record goes and is counted.
"""

from __future__ import annotations

from typing import Protocol

from motia.model import InstanceState, RunId, RunState, SpanId, StepId, TraceId


class Recorder(Protocol):
    """See the head of this file. Instants are ms since the epoch, durations microseconds."""

    def new_trace(self) -> TraceId:
        """A new W3C trace id; ids of one process sort by time."""
        ...

    def new_span(self) -> SpanId:
        """A new W3C span id."""
        ...

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
        """An api request was answered."""

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
        """An attempt ended. `outcome`: completed, retrying, dead, cancelled, released.

        Becomes the spans queue (ready to claimed), dispatch (claimed to handler), handler and
        commit (answered to committed).
        """

    def run_changed(self, run: RunId, step: StepId, state: RunState, trace: TraceId, attempt: int) -> None:
        """A run moved, for the live feed."""

    def instance_changed(self, instance: str, workflow: str, state: InstanceState, trace: TraceId) -> None:
        """A workflow instance changed: its state, or where its members stand. For the live feed."""

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
        """A log line of a step (`source` logger, print, logging, stderr) or of the engine."""

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

    def log_dropped(self, trace: TraceId, run: RunId | None) -> None:
        """A log line of the run, or of the request of the trace, was not kept because there were too many."""

    def edge_observed(self, source: StepId, target: str, *, request: SpanId | None = None) -> None:
        """A step triggered a target: an observed edge of the flow graph.

        `request` is the span of the api request that it was done for: this one is stored, however
        many are alike.
        """

    def state_changed(self, group: str, key: str | None) -> None:
        """A key of the state store changed, or (None) all keys of a group, for the live feed."""

    def count(self, name: str, by: int = 1) -> None:
        """Raise a counter (`parked`, `stale`, `stalled`, `log_lines_dropped`…)."""
