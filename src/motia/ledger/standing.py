"""Where each member of an instance stands, made of its runs and of what is on record. Pure.

A dead run that an open run of its error step was told of decides nothing yet: that one may trigger the
member again, and the new run takes the dead one's place (`ledger.instances`, invariant 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from motia.ledger.instances import (
    InstanceRecord,
    InstanceSnapshot,
    MemberRun,
    Memo,
    StartRequest,
    decode_spec,
    predecessors,
    steps_of,
)
from motia.ledger.numbers import created_at_of
from motia.model import (
    FINAL_STATES,
    Instance,
    InstanceSummary,
    MemberState,
    RunId,
    RunState,
    StepId,
    WorkflowSpec,
    run_number_of,
)

FAILED_STATES = (RunState.DEAD, RunState.CANCELLED, RunState.SKIPPED)
"""Ends that are none of success, the gravest first."""
OPEN_ORDER = (
    *(RunState.RUNNING, RunState.RETRYING, RunState.READY, RunState.SCHEDULED),
    *(RunState.BLOCKED, RunState.PARKED),
)
"""Of several open runs, the one that stands for the member."""
NOBODY: Mapping[RunId, RunId] = {}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a member stands. `state` None: nobody has triggered it."""

    state: RunState | None = None
    is_over: bool = False
    run: RunId | None = None
    """Its newest run."""
    completed: RunId | None = None
    """The run that completed last."""
    completed_at: int = 0
    failed: RunId | None = None
    """The newest run that gave it a failed state."""
    reason: str = ""
    handled_by: RunId | None = None
    """An open run of its error step: until that is over the member has neither failed nor completed."""

    @property
    def has_completed(self) -> bool:
        """Whether what comes after it may go."""
        return self.is_over and self.state is RunState.COMPLETED

    @property
    def has_failed(self) -> bool:
        """Whether what comes after it never can."""
        return self.state in FAILED_STATES and self.handled_by is None


def handlers_of(snapshot: InstanceSnapshot) -> dict[RunId, RunId]:
    """Open runs of error steps, by the dead run that each was told of.

    One that is parked waits for a step that nobody has, and does not count.
    """
    return {run.handles: run.run for run in snapshot.runs if run.handles is not None and is_under_way(run)}


def is_under_way(run: MemberRun) -> bool:
    """Whether a run may still end, or trigger something."""
    is_lost = run.handles is not None and run.state is RunState.PARKED
    return run.state not in FINAL_STATES and not is_lost


def standings(snapshot: InstanceSnapshot) -> dict[StepId, Standing]:
    """Every member's standing, the start step first."""
    record = snapshot.record
    runs: dict[StepId, list[MemberRun]] = {}
    for run in snapshot.runs:
        runs.setdefault(run.step, []).append(run)
    spec = decode_spec(record.spec)
    handled = handlers_of(snapshot)
    found = {
        step: standing_of(runs.get(step, ()), record.memos.get(step, Memo()), handled)
        for step in steps_of(spec)
    }
    if record.request is not None:
        found[spec.start] = _standing_of_request(record.request)
    return found


def standing_of(runs: Iterable[MemberRun], memo: Memo, handled: Mapping[RunId, RunId] = NOBODY) -> Standing:
    """Of a member with these runs: failed as soon as one of them is, completed when all are.

    Args:
        runs: Those of the member that count, in the order of acceptance.
        memo: What is on record of it.
        handled: Dead runs whose error step is at it, with its run: they decide nothing yet.
    """
    runs = list(runs)
    if not runs:
        return Standing(
            state=memo.state,
            is_over=memo.state is not None,
            run=memo.run,
            completed=memo.run if memo.state is RunState.COMPLETED else None,
            failed=memo.run if memo.state in FAILED_STATES else None,
            reason=memo.reason,
        )
    tried = [run for run in runs if run.run in handled]
    is_over = not tried and all(run.state in FINAL_STATES for run in runs)
    newest = runs[-1].run
    for state in FAILED_STATES:
        failed = [run for run in runs if run.state is state and run.run not in handled]
        if failed:
            last = failed[-1]
            return Standing(
                state=state, is_over=is_over, run=newest, failed=last.run, reason=last.reason or ""
            )
    if tried:
        last = tried[-1]
        return Standing(
            state=last.state,
            run=newest,
            failed=last.run,
            reason=last.reason or "",
            handled_by=handled[last.run],
        )
    if not is_over:
        present = {run.state for run in runs}
        return Standing(state=next(state for state in OPEN_ORDER if state in present), run=newest)
    last = max(runs, key=lambda run: (run.finished_at or 0, run.run))
    return Standing(
        state=RunState.COMPLETED,
        is_over=True,
        run=newest,
        completed=last.run,
        completed_at=last.finished_at or 0,
    )


def _standing_of_request(request: StartRequest) -> Standing:
    return Standing(state=request.state, is_over=request.state is not RunState.RUNNING, reason=request.reason)


def waits_for(spec: WorkflowSpec, step: StepId, standings: Mapping[StepId, Standing]) -> tuple[StepId, ...]:
    """Those of a member's predecessors that have not completed."""
    return tuple(one for one in predecessors(spec, step) if not standings[one].has_completed)


def instance_of(snapshot: InstanceSnapshot) -> Instance:
    """The instance as it is shown."""
    record, found = snapshot.record, standings(snapshot)
    spec = decode_spec(record.spec)
    after = {member.step: member.after for member in spec.members}
    members = tuple(
        MemberState(
            step=step,
            after=after.get(step, ()),
            state=standing.state,
            run=standing.run,
            waits_for=waits_for(spec, step, found),
            reason=standing.reason,
            handled_by=standing.handled_by,
        )
        for step, standing in found.items()
    )
    return Instance(
        id=record.id,
        workflow=record.workflow,
        trace=record.trace,
        state=record.state,
        spec=spec,
        members=members,
        opened_at=opened_at(record.id),
        due_at=record.due_at,
        finished_at=record.finished_at,
        reason=record.reason,
        version=record.version,
    )


def summary_of(record: InstanceRecord) -> InstanceSummary:
    """The instance as a list shows it."""
    return InstanceSummary(
        id=record.id,
        workflow=record.workflow,
        trace=record.trace,
        state=record.state,
        opened_at=opened_at(record.id),
        due_at=record.due_at,
        finished_at=record.finished_at,
        members_total=record.members_total,
        members_completed=record.members_completed,
        reason=record.reason,
    )


def opened_at(instance: str) -> int:
    """When an instance was opened, ms since the epoch: ids of instances and runs are of one kind."""
    return created_at_of(run_number_of(instance))
