"""Snapshots of workflow instances as tests of the rules want them."""

from __future__ import annotations

from typing import Any

import msgspec
from dispatch_world import workflow_spec

from motia.ledger import InstanceRecord, InstanceSnapshot, MemberRun, StartRequest
from motia.model import (
    FINAL_STATES,
    InstanceState,
    NodeId,
    RunState,
    SpanId,
    StepId,
    TraceId,
    WorkflowSpec,
    run_id_of,
)

DIAMOND = workflow_spec("w", "start", {"a": [], "b": [], "c": ["a", "b"]}, on_failure=StepId("fail"))
REQUEST = StartRequest(span=SpanId("s"), node=NodeId("n"))


def runs_of(*states: tuple[Any, ...]) -> tuple[MemberRun, ...]:
    """Runs as (step, state); `held` is a blocked run that the instance holds.

    With a third, the number of a dead run: a run of its error step.
    """
    return tuple(
        MemberRun(
            run=run_id_of(number),
            step=StepId(step),
            state=RunState.BLOCKED if state == "held" else RunState(state),
            is_held=state == "held",
            finished_at=number if state in FINAL_STATES else None,
            reason="why" if state == "dead" else None,
            handles=run_id_of(handled[0]) if handled else None,
        )
        for number, (step, state, *handled) in enumerate(states, start=1)
    )


def snapshot(*states: tuple[Any, ...], spec: WorkflowSpec = DIAMOND, **options: Any) -> InstanceSnapshot:
    values: dict[str, Any] = {
        "id": "0" * 16,
        "workflow": spec.id,
        "trace": TraceId("t"),
        "state": InstanceState.RUNNING,
        "is_open": True,
        "version": 1,
        "due_at": None,
        "finished_at": None,
        "reason": "",
        "spec": msgspec.json.encode(spec),
        "memos": {},
        "members_total": 4,
        "members_completed": 0,
        "start_run": run_id_of(1),
        "request": None,
        "failure": None,
    }
    return InstanceSnapshot(record=InstanceRecord(**(values | options)), runs=runs_of(*states))
