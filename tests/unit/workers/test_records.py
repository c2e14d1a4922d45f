"""What workers tell is put on record."""

from __future__ import annotations

from typing import Any

import msgspec

from motia.model import RunId, SpanId, StepId, TraceId
from motia.protocol import Log, Span, Stalled
from motia.runtime import FrozenClock
from motia.workers import Lane, Origin, WorkerRecords

ORIGIN = Origin(
    step=StepId("s"),
    trace=TraceId("t"),
    span=SpanId("p"),
    run=RunId("r"),
    attempt=2,
    lane=Lane.BACKGROUND,
    ticket=1,
)


class Kept:
    """A recorder that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **fields: self.told.append((name, fields))


def told_of(tell: Any) -> list[tuple[str, dict[str, Any]]]:
    recorder = Kept()
    tell(WorkerRecords(recorder=recorder, clock=FrozenClock()))  # type: ignore[arg-type]
    return recorder.told


def test_a_line_of_a_step_is_under_its_run_and_one_of_a_worker_under_its_name() -> None:
    line = Log(level="info", message="m", source="print", fields=msgspec.Raw(b"{}"))
    ((_, of_step),) = told_of(lambda records: records.on_log(ORIGIN, "python-1", line))
    ((_, of_worker),) = told_of(lambda records: records.on_log(None, "python-1", line))

    assert (of_step["step"], of_step["run"], of_step["attempt"]) == ("s", "r", 2)
    assert (of_step["source"], of_step["fields"], of_step["at"]) == ("print", b"{}", FrozenClock().now_ms())
    assert (of_worker["step"], of_worker["source"]) == (None, "print of python-1")


def test_a_span_belongs_to_its_invocation() -> None:
    span = Span(invocation=1, span="x", parent="p", name="n", started_at=1, duration_us=2)

    ((name, fields),) = told_of(lambda records: records.on_span(ORIGIN, span))

    assert (name, fields["trace"], fields["run"], fields["duration_us"]) == ("user_span", "t", "r", 2)


def test_a_stall_is_counted_and_says_which_step() -> None:
    stalled = Stalled(invocation=1, step="s", ms=900, stack="at x")

    counted, (name, fields) = told_of(lambda records: records.on_stalled("node-1", stalled))

    assert counted[0] == "count"
    assert (name, fields["level"], fields["step"]) == ("log", "warn", "s")
    assert "900 ms" in fields["message"]
