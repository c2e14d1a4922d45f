"""What workers tell of their invocations, put on record: log lines, spans, stalls."""

from __future__ import annotations

from motia.model import StepId
from motia.protocol import Log, Span, Stalled
from motia.runtime import Clock
from motia.telemetry import Recorder
from motia.workers.report import stall_text
from motia.workers.seam import Origin


class WorkerRecords:
    """The part of `WorkerEvents` that only tells telemetry; who inherits it adds the rest."""

    def __init__(self, *, recorder: Recorder, clock: Clock) -> None:
        """Tell `recorder`; lines without an instant get the clock's."""
        self._recorder = recorder
        self._records_clock = clock

    def on_log(self, origin: Origin | None, worker: str, log: Log) -> None:
        """A log line of a step or of a worker itself."""
        self._recorder.log(
            level=log.level,
            message=log.message,
            at=log.at or self._records_clock.now_ms(),
            step=origin.step if origin else None,
            trace=origin.trace if origin else None,
            run=origin.run if origin else None,
            attempt=origin.attempt if origin else 0,
            fields=bytes(log.fields) if log.fields is not None else None,
            source=log.source if origin else f"{log.source} of {worker}",
        )

    def on_log_dropped(self, origin: Origin | None) -> None:
        """Keep whose line it was."""
        if origin is not None:
            self._recorder.log_dropped(origin.trace, origin.run)

    def on_span(self, origin: Origin, span: Span) -> None:
        """A span of the author's own."""
        self._recorder.user_span(
            trace=origin.trace,
            span=span.span,  # type: ignore[arg-type]
            parent=span.parent,  # type: ignore[arg-type]
            name=span.name,
            step=origin.step,
            run=origin.run,
            started_at=span.started_at,
            duration_us=span.duration_us,
            fields=bytes(span.fields) if span.fields is not None else None,
        )

    def on_stalled(self, worker: str, stalled: Stalled) -> None:
        """A worker's loop stands still: say which step and where."""
        self._recorder.count("stalled")
        self._recorder.log(
            level="warn",
            message=stall_text(worker, stalled),
            at=self._records_clock.now_ms(),
            step=StepId(stalled.step) if stalled.step else None,
            source="engine",
        )
