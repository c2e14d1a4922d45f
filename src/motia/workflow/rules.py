"""What becomes of an instance: a pure function from a snapshot to the change that is to be made.

| member | when | becomes |
|---|---|---|
| not triggered | all before it have completed | triggered by the engine |
| with held runs | all before it have completed | these are set free |
| not triggered, or with held runs | one before it is dead, cancelled or skipped | skipped, with the reason |
| dead, and its error step is at it | | waits: that may trigger it again, in place of the dead run |
| anything else | | left alone |

| instance | when | becomes |
|---|---|---|
| running | every member is over | completed, or failed when one is dead, skipped or cancelled |
| running | its time is over | timed_out; what is open is cancelled |
| ended | held runs joined it since | these are skipped |
| ended | nothing of it runs any more | closed |

Invariants
1. `decide` of the snapshot that its change leads to is None, or makes a further change: never the same again.
2. A member that has a run, or is on record as over, is not triggered.
3. A change has at most `MOVES_MAX` runs to move; with more nothing else happens, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from motia.ledger import (
    InstanceSnapshot,
    MemberRun,
    Memo,
    Skip,
    Standing,
    StartRequest,
    decode_spec,
    handlers_of,
    is_under_way,
    predecessors,
    standing_of,
    standings,
    steps_of,
)
from motia.model import (
    FINAL_STATES,
    InstanceState,
    RunId,
    RunState,
    StepId,
    WorkflowSpec,
)

MOVES_MAX = 1_000
TIMED_OUT = "workflow_timed_out"
"""Why a run was cancelled."""
CANCELLED = "workflow_cancelled"
LOST = "lost"
"""Why a start request is dead whose engine died."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What `on_failure` is told of: the dead member, or that the time is over (`step` None)."""

    step: StepId | None
    run: RunId | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done; `triggers` and `failure` still need their payloads."""

    memos: Mapping[StepId, Memo]
    frees: tuple[RunId, ...] = ()
    skips: tuple[Skip, ...] = ()
    cancels: tuple[RunId, ...] = ()
    cancel_reason: str = ""
    triggers: tuple[StepId, ...] = ()
    failure: Failure | None = None
    request: StartRequest | None = None
    state: InstanceState | None = None
    reason: str = ""
    closes: bool = False

    @property
    def moves(self) -> int:
        """How many runs it moves."""
        return len(self.frees) + len(self.skips) + len(self.cancels)


def decide(snapshot: InstanceSnapshot, *, now: int, is_request_lost: bool = False) -> Change | None:
    """The change to be made of `snapshot`; None: nothing is to be done.

    Args:
        snapshot: The instance as it is.
        now: The ledger's time, ms since the epoch.
        is_request_lost: The start is a request that nobody answers any more.
    """
    record = snapshot.record
    if not record.is_open:
        return None
    lost = None
    if is_request_lost and record.request is not None and record.request.state is RunState.RUNNING:
        lost = msgspec.structs.replace(record.request, state=RunState.DEAD, reason=LOST)
        snapshot = msgspec.structs.replace(snapshot, record=msgspec.structs.replace(record, request=lost))
    if record.state is not InstanceState.RUNNING:
        change = _after_the_end(snapshot)
    else:
        change = _moved_on(snapshot)
        if record.due_at is not None and record.due_at <= now and change.state is None:
            change = ended(snapshot, InstanceState.TIMED_OUT)
    change = msgspec.structs.replace(_bounded(snapshot, change), request=lost)
    return None if change == Change(memos=record.memos) else change


def ended(snapshot: InstanceSnapshot, state: InstanceState) -> Change:
    """The end of a running instance before its members are over: what is open is cancelled.

    Args:
        snapshot: A running instance.
        state: `timed_out` or `cancelled`; only the first is a failure that somebody is told of.
    """
    record, found = snapshot.record, standings(snapshot)
    spec = decode_spec(record.spec)
    reason = TIMED_OUT if state is InstanceState.TIMED_OUT else CANCELLED
    memos = {step: _memo(standing, is_free=False) for step, standing in found.items()}
    for step, standing in found.items():
        if standing.state is None:
            memos[step] = Memo(state=RunState.CANCELLED, reason=reason)
    is_failure = state is InstanceState.TIMED_OUT and spec.on_failure is not None and record.failure is None
    under_way = [run for run in snapshot.runs if is_under_way(run)]
    change = Change(
        memos=memos,
        # An error step tells somebody of a failure: that is not called back.
        cancels=tuple(run.run for run in under_way if run.handles is None),
        cancel_reason=reason,
        failure=Failure(step=None, run=None) if is_failure else None,
        state=state,
        reason="its time was over" if state is InstanceState.TIMED_OUT else "by hand",
        closes=not under_way and not _is_requested(snapshot),
    )
    return _bounded(snapshot, change)


def _moved_on(snapshot: InstanceSnapshot) -> Change:
    """What the ends of its members mean for a running instance."""
    record = snapshot.record
    spec = decode_spec(record.spec)
    found = standings(snapshot)
    held: dict[StepId, list[MemberRun]] = {}
    for run in snapshot.runs:
        if run.is_held and run.state not in FINAL_STATES:
            held.setdefault(run.step, []).append(run)
    free: set[StepId] = set()
    frees: list[RunId] = []
    skips: list[Skip] = []
    triggers: list[StepId] = []
    for step in in_order(spec):
        before = predecessors(spec, step)
        if not before:
            continue
        failed = next((one for one in before if found[one].has_failed), None)
        if failed is not None:
            reason = f"predecessor {failed} is {found[failed].state}"
            skips += [Skip(run.run, reason) for run in held.get(step, ())]
            found[step] = _skipped(snapshot, step, found[step], reason)
        elif all(found[one].has_completed for one in before):
            free.add(step)
            frees += [run.run for run in held.get(step, ())]
            if found[step].state is None:
                triggers.append(step)
    memos = {
        step: _memo(found[step], is_free=step in free)
        for step in steps_of(spec)
        if found[step].is_over or step in free
    }
    change = Change(memos=memos, frees=tuple(frees), skips=tuple(skips), triggers=tuple(triggers))
    return _with_end(snapshot, change, found)


def _with_end(snapshot: InstanceSnapshot, change: Change, found: Mapping[StepId, Standing]) -> Change:
    """Add whom to tell of the first failure, and the end once every member is over."""
    record = snapshot.record
    spec = decode_spec(record.spec)
    dead = next((step for step in steps_of(spec) if _is_dead(found[step])), None)
    if dead is not None and spec.on_failure is not None and record.failure is None:
        change = msgspec.structs.replace(change, failure=Failure(step=dead, run=found[dead].failed))
    if change.triggers or not all(found[step].is_over for step in steps_of(spec)):
        return change
    failed = [step for step in steps_of(spec) if found[step].has_failed]
    if not failed:
        return msgspec.structs.replace(change, state=InstanceState.COMPLETED, closes=True)
    cause = dead or next((one for one in failed if found[one].state is RunState.CANCELLED), failed[0])
    return msgspec.structs.replace(
        change, state=InstanceState.FAILED, reason=f"{cause} is {found[cause].state}", closes=True
    )


def _after_the_end(snapshot: InstanceSnapshot) -> Change:
    """An instance that ended with runs under way: skip what they trigger, close it after the last of them."""
    record = snapshot.record
    under_way = [run for run in snapshot.runs if is_under_way(run)]
    reason = f"the workflow instance is {in_words(record.state)}: replay one of its members to go on"
    skips = tuple(Skip(run.run, reason) for run in under_way if run.is_held)
    closes = len(skips) == len(under_way) and not _is_requested(snapshot)
    memos = dict(record.memos)
    if closes:
        memos |= {
            step: _memo(standing, is_free=False)
            for step, standing in standings(snapshot).items()
            if standing.is_over
        }
    return Change(memos=memos, skips=skips, closes=closes)


def _bounded(snapshot: InstanceSnapshot, change: Change) -> Change:
    """The change, or with too many runs to move its first part: nothing but moves."""
    if change.moves <= MOVES_MAX:
        return change
    skips = change.skips[:MOVES_MAX]
    frees = change.frees[: MOVES_MAX - len(skips)]
    cancels = change.cancels[: MOVES_MAX - len(skips) - len(frees)]
    return Change(
        memos=snapshot.record.memos,
        skips=skips,
        frees=frees,
        cancels=cancels,
        cancel_reason=change.cancel_reason,
    )


def _is_requested(snapshot: InstanceSnapshot) -> bool:
    """Whether its start is a request that is still under way, and may trigger members."""
    request = snapshot.record.request
    return request is not None and request.state is RunState.RUNNING


def _skipped(snapshot: InstanceSnapshot, step: StepId, before: Standing, reason: str) -> Standing:
    """Where a member stands once its held runs are skipped."""
    if before.state is None:
        return Standing(state=RunState.SKIPPED, is_over=True, reason=reason)
    runs = [
        msgspec.structs.replace(run, state=RunState.SKIPPED, reason=reason)
        if run.is_held and run.state not in FINAL_STATES
        else run
        for run in snapshot.runs
        if run.step == step
    ]
    return standing_of(runs, Memo(), handlers_of(snapshot)) if runs else before


def _is_dead(standing: Standing) -> bool:
    return standing.state is RunState.DEAD and standing.has_failed


def _memo(standing: Standing, *, is_free: bool) -> Memo:
    if not standing.is_over:
        return Memo(is_free=is_free)
    return Memo(
        state=standing.state,
        run=standing.completed or standing.failed,
        reason=standing.reason,
        is_free=is_free,
    )


def in_words(state: InstanceState) -> str:
    """A state as it is read in a sentence."""
    return state.value.replace("_", " ")


def in_order(spec: WorkflowSpec) -> tuple[StepId, ...]:
    """The steps of a workflow, each behind all that it comes after."""
    ordered: dict[StepId, None] = {spec.start: None}
    waiting = [member.step for member in spec.members]
    while waiting:
        ready = [step for step in waiting if all(one in ordered for one in predecessors(spec, step))]
        if not ready:
            break  # a cycle; checks refuse it, and its members wait for ever
        ordered.update(dict.fromkeys(ready))
        waiting = [step for step in waiting if step not in ordered]
    return tuple(ordered)


def behind(spec: WorkflowSpec, step: StepId) -> tuple[StepId, ...]:
    """Every step that comes after `step`, however far."""
    found: set[StepId] = {step}
    for one in in_order(spec):
        if found.intersection(predecessors(spec, one)):
            found.add(one)
    return tuple(one for one in in_order(spec) if one in found and one != step)
