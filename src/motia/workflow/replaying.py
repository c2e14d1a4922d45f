"""Replaying a member: what counts no more, what begins again, and what waits again. Pure."""

from __future__ import annotations

import msgspec

from motia.ledger import FAILED_STATES, InstanceSnapshot, decode_spec, predecessors, standings, steps_of
from motia.model import FINAL_STATES, InstanceConflict, RunId, RunState, StepId
from motia.workflow.rules import behind

AGAIN_MAX = 1_000
WAITS_AGAIN = (RunState.SKIPPED, RunState.CANCELLED)
"""Ends of a member behind the replayed one that are a consequence, not its own fault."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`replayed`: the run whose payload is taken, None when there is none. `again`: runs that wait again."""

    replayed: RunId | None
    again: tuple[tuple[StepId, RunId], ...]
    supersedes: tuple[RunId, ...]
    forgets: tuple[StepId, ...]
    """Members whose record is taken back."""


def plan_replay(snapshot: InstanceSnapshot, step: StepId) -> Plan:
    """How to replay the member `step`.

    Raises:
        InstanceConflict: It is no member with runs of its own, it is not over, or what comes before
            it has not completed. Nothing was changed.
    """
    record = snapshot.record
    spec, found = decode_spec(record.spec), standings(snapshot)
    if step not in steps_of(spec):
        raise InstanceConflict(
            f"workflow {record.workflow} has no member {step!r} in instance {record.id}",
            hint=f"its members: {', '.join(steps_of(spec))}",
        )
    if record.request is not None and step == spec.start:
        raise InstanceConflict(
            f"{step} was a request, which cannot be replayed", hint="send the request again"
        )
    standing = found[step]
    runs = [run for run in snapshot.runs if run.step == step]
    if any(run.state not in FINAL_STATES for run in runs):
        raise InstanceConflict(
            f"{step} has a run that is not finished", hint="cancel it first, or wait until it is finished"
        )
    is_handled = standing.handled_by is not None
    if not standing.is_over and not is_handled:
        raise InstanceConflict(
            f"{step} has not been triggered yet", hint="it is when what it waits for completes"
        )
    if not standing.has_failed and not is_handled:
        raise InstanceConflict(
            f"{step} has completed", hint="replay a member that is dead, skipped or cancelled"
        )
    waits = [one for one in predecessors(spec, step) if not found[one].has_completed]
    if waits:
        states = ", ".join(f"{one} ({found[one].state or 'not triggered'})" for one in waits)
        raise InstanceConflict(
            f"{step} comes after {states}, which has not completed",
            hint="replay that one: what was skipped because of it goes on then",
        )
    later = [one for one in behind(spec, step) if found[one].state in WAITS_AGAIN and found[one].is_over]
    again = [run for run in snapshot.runs if run.step in later and run.state in WAITS_AGAIN]
    failed = [run for run in runs if run.state in FAILED_STATES]
    if len(again) > AGAIN_MAX:
        raise InstanceConflict(
            f"{len(again):,} runs behind {step} would begin again; {AGAIN_MAX:,} are allowed",
            hint="trigger the start step again",
        )
    return Plan(
        replayed=standing.failed,
        again=tuple((run.step, run.run) for run in again),
        supersedes=tuple(run.run for run in (*failed, *again)),
        forgets=(step, *later),
    )
