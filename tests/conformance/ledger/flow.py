"""A small workflow for the tests of instances, and the calls that most of them make."""

from __future__ import annotations

from typing import Any

import msgspec

from motia.ledger import Advance, InstanceSnapshot, Memo
from motia.model import (
    Opening,
    Source,
    SpanId,
    StepId,
    TraceId,
    WorkflowMember,
    WorkflowSpec,
)

TRACE = TraceId("a" * 32)
OTHER = TraceId("b" * 32)
SPAN = SpanId("c" * 16)
START, FIRST, SECOND = StepId("start"), StepId("first"), StepId("second")
SPEC = WorkflowSpec(
    id="flow",
    start=START,
    members=(
        WorkflowMember(step=FIRST, constants=msgspec.Raw(b'{"x":1}')),
        WorkflowMember(step=SECOND, after=(FIRST,)),
    ),
    source=Source(file="flow.yaml", line=1),
)
FREE = Memo(is_free=True)


def opening(workflow: str = "flow", *, timeout_ms: int | None = None, **options: Any) -> Opening:
    spec = msgspec.structs.replace(SPEC, id=workflow, timeout_ms=timeout_ms)
    return Opening(
        workflow=workflow, start=START, spec=msgspec.json.encode(spec), timeout_ms=timeout_ms, **options
    )


async def open_one(h: Any, *, trace: TraceId = TRACE, **options: Any) -> str:
    """Open an instance with a run of its start step."""
    accepted = await h.accept(START, trace=trace, opens=(opening(**options),))
    (instance,) = accepted.instances
    return instance


async def look(h: Any, instance: str) -> InstanceSnapshot:
    snapshot = await h.ledger.get_instance(instance)
    assert snapshot is not None
    return snapshot


async def change(h: Any, instance: str, **options: Any) -> Any:
    """Advance from what is there now."""
    snapshot = await look(h, instance)
    options = {"memos": snapshot.record.memos, "version": snapshot.record.version, **options}
    return await h.ledger.advance(Advance(instance=instance, **options))
