"""Workflow instances as stores keep them: what is on record, who joins, what changes. Pure.

Invariants (of every store)
1. A run joins the instances of its trace in the commit that accepts it, and is held there unless its
   predecessors are on record as completed (`Memo.is_free`).
2. Each joined run raises the instance's version and takes back the freedom of the members after it.
   So a change made of a snapshot is never made over a run that the snapshot does not have; states of
   runs only go forward meanwhile.
3. Runs of an open instance are not deleted, whatever their age.
4. An instance that ended stays open while runs of it are under way: what these trigger of its members
   joins, and is skipped.
5. The run of an error step that a dead member was told to joins in the commit of that death. When it
   triggers that member again, the commit that accepts the new run makes the dead one count no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from motia.model import (
    Accepted,
    Delivery,
    InstanceState,
    NewEvent,
    NodeId,
    Opening,
    RunError,
    RunId,
    RunState,
    SpanId,
    StepId,
    TraceId,
    WorkflowSpec,
)


class Memo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is on record of a member, for when its runs are gone or it never had one."""

    state: RunState | None = None
    """Its end, once it is over."""
    run: RunId | None = None
    reason: str = ""
    is_free: bool = False
    """Its predecessors have completed: its runs are not held."""


class StartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The request that is an instance's start, in place of a run. `state`: running, completed or dead."""

    span: SpanId
    node: NodeId
    state: RunState = RunState.RUNNING
    reason: str = ""
    payload: bytes | None = None
    result: bytes | None = None


class InstanceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The row of an instance."""

    id: str
    workflow: str
    trace: TraceId
    state: InstanceState
    is_open: bool
    """Something of it may still move."""
    version: int
    due_at: int | None
    finished_at: int | None
    reason: str
    spec: bytes
    memos: Mapping[StepId, Memo]
    members_total: int
    members_completed: int
    start_run: RunId | None
    """The run that opened it."""
    request: StartRequest | None
    failure: RunId | None
    """The run of `on_failure`."""


class MemberRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of an instance that counts: none that was replayed since."""

    run: RunId
    step: StepId
    state: RunState
    is_held: bool
    finished_at: int | None
    reason: str | None
    handles: RunId | None = None
    """Of a run of an error step, which is no member: the dead run that it was told of."""


class InstanceSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """An instance and its runs at one moment, in the order of acceptance."""

    record: InstanceRecord
    runs: tuple[MemberRun, ...]


class MemberEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that an instance triggers. With `error` its run is dead from the start."""

    event: NewEvent
    error: RunError | None = None
    reason: str = ""


class Skip(msgspec.Struct, frozen=True):
    """A held run that will never be set free, and why."""

    run: RunId
    reason: str


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """A change of an instance, made of the snapshot with `version`; None leaves a field as it is."""

    instance: str
    version: int
    memos: Mapping[StepId, Memo]
    """All of them."""
    frees: tuple[RunId, ...] = ()
    skips: tuple[Skip, ...] = ()
    cancels: tuple[RunId, ...] = ()
    cancel_reason: str = ""
    supersedes: tuple[RunId, ...] = ()
    """Finished runs that count no more, for they are replayed."""
    events: tuple[MemberEvent, ...] = ()
    failure: NewEvent | None = None
    request: StartRequest | None = None
    state: InstanceState | None = None
    reason: str = ""
    """With `state`."""
    due_at: int | None = None
    """With `state` running: when the time that begins again is over."""
    closes: bool = False
    """Nothing of it moves any more."""


class MovedRun(msgspec.Struct, frozen=True):
    """A run that changed its state."""

    run: RunId
    step: StepId
    state: RunState


class Advanced(msgspec.Struct, frozen=True, kw_only=True):
    """What `advance` did; nothing when the version was another one."""

    is_current: bool
    freed: tuple[MovedRun, ...] = ()
    ended: tuple[MovedRun, ...] = ()
    """Skipped or cancelled."""
    unblocked: tuple[StepId, ...] = ()
    """Steps a run of which is ready because one ahead in its key was cancelled."""
    stopping: tuple[RunId, ...] = ()
    """Runs that are running and were asked to stop."""
    accepted: tuple[Accepted, ...] = ()
    """Of `events`, and of `failure` at the end."""


class RequestEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How a request of a start step ended; `opens` are opened when it succeeded and triggered nothing."""

    trace: TraceId
    span: SpanId
    is_success: bool
    reason: str = ""
    payload: bytes | None = None
    result: bytes | None = None
    opens: tuple[Opening, ...] = ()


class Due(msgspec.Struct, frozen=True):
    """Instances whose time is over, and when the next one's will be."""

    instances: tuple[str, ...]
    next_due_at: int | None


@lru_cache(maxsize=256)
def decode_spec(spec: bytes) -> WorkflowSpec:
    """The configuration of an instance."""
    return msgspec.json.decode(spec, type=WorkflowSpec)


def predecessors(spec: WorkflowSpec, step: StepId) -> tuple[StepId, ...]:
    """What a member waits for; the start step when it names nothing, and nothing for the start step."""
    if step == spec.start:
        return ()
    for member in spec.members:
        if member.step == step:
            return member.after or (spec.start,)
    return ()


def steps_of(spec: WorkflowSpec) -> tuple[StepId, ...]:
    """The start step and the members."""
    return (spec.start, *(member.step for member in spec.members))


# joining


def opened(
    opening: Opening, trace: TraceId, *, instance: str, start_run: RunId | None, now: int
) -> InstanceRecord:
    """A new instance."""
    request = None
    if opening.request_span is not None:
        request = StartRequest(span=opening.request_span, node=opening.node or NodeId(""))
    return InstanceRecord(
        id=instance,
        workflow=opening.workflow,
        trace=trace,
        state=InstanceState.RUNNING,
        is_open=True,
        version=1,
        due_at=None if opening.timeout_ms is None else now + opening.timeout_ms,
        finished_at=None,
        reason="",
        spec=opening.spec,
        memos={},
        members_total=len(steps_of(decode_spec(opening.spec))),
        members_completed=0,
        start_run=start_run,
        request=request,
        failure=None,
    )


def wanted(event: NewEvent, present: Iterable[InstanceRecord]) -> tuple[Opening, ...]:
    """Which of the event's workflows it opens: none that runs in the trace already.

    A request opens one only with a member of it, and only once.
    """
    present = list(present)
    running = {record.workflow for record in present if record.state is InstanceState.RUNNING}
    requests = {(record.workflow, record.request.span) for record in present if record.request is not None}
    steps = {delivery.step for delivery in event.deliveries}
    return tuple(
        opening
        for opening in event.opens
        if opening.workflow not in running
        and (opening.workflow, opening.request_span) not in requests
        and (
            opening.request_span is None
            or any(member.step in steps for member in decode_spec(opening.spec).members)
        )
    )


def joinable(present: Iterable[InstanceRecord], opening: Iterable[Opening]) -> list[InstanceRecord]:
    """The instances that runs of the trace join: running ones; one that ended only when no other runs."""
    present = list(present)
    running = {record.workflow for record in present if record.state is InstanceState.RUNNING}
    running |= {one.workflow for one in opening}
    return [
        record
        for record in present
        if record.state is InstanceState.RUNNING or record.workflow not in running
    ]


def joins(record: InstanceRecord, step: StepId) -> bool | None:
    """Whether a run of `step` is held by the instance; None: it has no part in it."""
    spec = decode_spec(record.spec)
    is_running = record.state is InstanceState.RUNNING
    if step == spec.start:
        return False if is_running and record.request is None else None
    if any(member.step == step for member in spec.members):
        return not (is_running and record.memos.get(step, Memo()).is_free)
    return None


def joins_new(opening: Opening, delivery: Delivery) -> bool | None:
    """The same for an instance that is about to be opened."""
    spec = decode_spec(opening.spec)
    if delivery.step == spec.start:
        return False
    return True if any(member.step == delivery.step for member in spec.members) else None


def after_join(record: InstanceRecord, steps: Iterable[StepId]) -> InstanceRecord:
    """The record once runs of `steps` have joined: these have not completed, and what comes after waits again."""
    spec, joined = decode_spec(record.spec), set(steps)
    memos = {}
    for step, memo in record.memos.items():
        if step in joined and memo.state is RunState.COMPLETED:
            memo = Memo(is_free=memo.is_free)
        if memo.is_free and joined.intersection(predecessors(spec, step)):
            memo = msgspec.structs.replace(memo, is_free=False)
        memos[step] = memo
    return msgspec.structs.replace(record, memos=memos, version=record.version + 1)


def after_error_step(record: InstanceRecord) -> InstanceRecord:
    """The record once runs of an error step have joined."""
    return msgspec.structs.replace(record, version=record.version + 1)


def is_undecided(record: InstanceRecord, step: StepId) -> bool:
    """Whether a further run of a member may still take a dead one's place."""
    memo = record.memos.get(step, Memo())
    return record.state is InstanceState.RUNNING and memo.state is None


def is_member(record: InstanceRecord, step: StepId) -> bool:
    """Whether a step is the start step or a member, and no error step."""
    return step in steps_of(decode_spec(record.spec))


def after_request(record: InstanceRecord, end: RequestEnd) -> InstanceRecord:
    """The record once its request has ended."""
    assert record.request is not None
    request = msgspec.structs.replace(
        record.request,
        state=RunState.COMPLETED if end.is_success else RunState.DEAD,
        reason=end.reason,
        payload=end.payload,
        result=end.result,
    )
    return msgspec.structs.replace(record, request=request, version=record.version + 1)


def is_of_request(record: InstanceRecord, end: RequestEnd) -> bool:
    """Whether the instance waits for the end of this request."""
    request = record.request
    return request is not None and request.span == end.span and request.state is RunState.RUNNING


def after_advance(record: InstanceRecord, change: Advance, *, now: int) -> InstanceRecord:
    """The record with what `change` says of it; the runs are the store's."""
    spec = decode_spec(record.spec)
    completed = sum(change.memos.get(step, Memo()).state is RunState.COMPLETED for step in steps_of(spec))
    record = msgspec.structs.replace(
        record,
        version=record.version + 1,
        memos=dict(change.memos),
        members_completed=completed,
        request=record.request if change.request is None else change.request,
        is_open=record.is_open and not change.closes,
    )
    if change.state is None:
        return record
    is_running = change.state is InstanceState.RUNNING
    return msgspec.structs.replace(
        record,
        state=change.state,
        reason=change.reason,
        is_open=is_running or record.is_open,
        finished_at=None if is_running else now,
        due_at=change.due_at if is_running else record.due_at,
    )
