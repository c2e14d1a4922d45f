"""Instances in the accept commit: who is opened, who joins, who is held. Functions of the writer's thread.

An event whose trace has no open instance and that opens none costs a look into the books.
"""

from __future__ import annotations

from typing import Any

import msgspec

from motia.ledger.instances import (
    InstanceRecord,
    Memo,
    RequestEnd,
    StartRequest,
    after_error_step,
    after_join,
    after_request,
    is_member,
    is_of_request,
    is_undecided,
    joinable,
    joins,
    joins_new,
    opened,
    wanted,
)
from motia.ledger.numbers import number_of
from motia.ledger.sqlite import instances_sql as sql
from motia.ledger.sqlite.store import Store, ids_json
from motia.model import (
    Accepted,
    Delivery,
    InstanceState,
    NewEvent,
    NodeId,
    Opening,
    RunState,
    SpanId,
    StepId,
    TraceId,
    run_id_of,
)

_encode = msgspec.json.Encoder().encode
_memos = msgspec.json.Decoder(dict[StepId, Memo])


class Joining:
    """What an event means for the instances of its trace: asked before its runs are written, written after."""

    def __init__(self, store: Store, event: NewEvent) -> None:
        present = read_open(store, event.trace)
        self._event = event
        self._opens = wanted(event, present)
        self._records = joinable(present, self._opens)

    def holds(self, delivery: Delivery) -> bool:
        """Whether a run of this delivery must wait for others."""
        return any(joins(record, delivery.step) for record in self._records) or any(
            joins_new(opening, delivery) for opening in self._opens
        )

    def write(self, store: Store, numbers: list[int], now: int) -> tuple[str, ...]:
        """Open, and let the runs `numbers` join; the instances that were touched."""
        runs = list(zip(numbers, self._event.deliveries, strict=True))
        touched = []
        for record in self._records:
            parts = [(number, one.step, joins(record, one.step)) for number, one in runs]
            if _write_parts(store, number_of_instance(record.id), parts):
                steps = [step for _, step, is_held in parts if is_held is not None]
                _take_places(store, record, self._event, steps)
                update(store, after_join(record, steps))
                touched.append(record.id)
        return (*touched, *(self._open(store, opening, runs, now) for opening in self._opens))

    def _open(self, store: Store, opening: Opening, runs: list[tuple[int, Delivery]], now: int) -> str:
        number = store.numbers.take(now)
        start = next((run for run, one in runs if one.step == opening.start), None)
        start_run = None if start is None else run_id_of(start)
        insert(
            store,
            opened(opening, self._event.trace, instance=run_id_of(number), start_run=start_run, now=now),
        )
        _write_parts(store, number, [(run, one.step, joins_new(opening, one)) for run, one in runs])
        return run_id_of(number)


def join_error_step(store: Store, event: NewEvent, accepted: Accepted) -> None:
    """Let the runs of an error step join where the dead run that they were told of counts."""
    if event.parent_run is None:
        return
    for record in read_open(store, event.trace):
        instance = number_of_instance(record.id)
        if store.row(sql.SELECT_COUNTED, (instance, number_of(event.parent_run))) is None:
            continue
        parts: list[tuple[int, StepId, bool | None]] = [
            (number_of(run), one.step, None if is_member(record, one.step) else False)
            for run, one in zip(accepted.runs, event.deliveries, strict=True)
        ]
        if _write_parts(store, instance, parts):
            update(store, after_error_step(record))


def _take_places(store: Store, record: InstanceRecord, event: NewEvent, steps: list[StepId]) -> None:
    """Make the dead runs count no more that new runs of `steps`, triggered by their error step, stand for."""
    if event.parent_run is None:
        return
    instance = number_of_instance(record.id)
    part = store.row(sql.SELECT_PART, (instance, number_of(event.parent_run)))
    if part is None or part[1] is None or is_member(record, part[0]):
        return
    counted = store.row(sql.SELECT_COUNTED, (instance, part[1]))
    if counted is not None and counted[0] in steps and is_undecided(record, counted[0]):
        store.write(sql.MARK_SUPERSEDED, (instance, ids_json((part[1],))))


def joining_of(store: Store, event: NewEvent) -> Joining | None:
    """The part that instances have in an event; None, as for nearly every event, when they have none."""
    if event.opens or event.trace in store.books.instances:
        return Joining(store, event)
    return None


def join_delivered(store: Store, trace: TraceId, step: StepId, number: int) -> bool:
    """Let a run that was parked join, unless it did when it was accepted; whether it is held."""
    if trace not in store.books.instances:
        return False
    known = {instance for instance, _ in store.rows(sql.SELECT_HOLDS_OF_RUN, (number,))}
    is_held = is_held_by_any(store, trace, number)
    for record in joinable(read_open(store, trace), ()):
        part = joins(record, step)
        if part is not None and number_of_instance(record.id) not in known:
            _write_parts(store, number_of_instance(record.id), [(number, step, part)])
            update(store, after_join(record, [step]))
            is_held = is_held or part
    return is_held


def is_held_by_any(store: Store, trace: TraceId, number: int) -> bool:
    """Whether an open instance of its trace holds a run."""
    open_ones = store.books.instances.get(trace, ())
    return any(
        is_held and instance in open_ones
        for instance, is_held in store.rows(sql.SELECT_HOLDS_OF_RUN, (number,))
    )


def end_request(store: Store, end: RequestEnd) -> tuple[str, ...]:
    """See `Ledger.end_request`."""
    present = read_open(store, end.trace)
    mine = [record for record in present if is_of_request(record, end)]
    for record in mine:
        update(store, after_request(record, end))
    if not end.is_success:
        return tuple(record.id for record in mine)
    taken = {record.workflow for record in mine}
    taken |= {record.workflow for record in present if record.state is InstanceState.RUNNING}
    touched = [record.id for record in mine]
    now = store.now()
    for opening in end.opens:
        if opening.workflow not in taken:
            number = store.numbers.take(now)
            new = opened(opening, end.trace, instance=run_id_of(number), start_run=None, now=now)
            insert(store, after_request(new, end))
            touched.append(new.id)
    return tuple(touched)


def read_open(store: Store, trace: TraceId) -> list[InstanceRecord]:
    """The open instances of a trace, oldest first."""
    numbers = store.books.instances.get(trace, ())
    return [record for number in numbers if (record := read(store, number)) is not None]


def read(store: Store, number: int) -> InstanceRecord | None:
    """The record of an instance."""
    row = store.row(sql.SELECT_INSTANCE, (number,))
    return None if row is None else record_of(row)


def insert(store: Store, record: InstanceRecord) -> None:
    """Write a new instance."""
    request = record.request
    store.write(
        sql.INSERT_INSTANCE,
        (
            number_of_instance(record.id),
            record.workflow,
            record.trace,
            record.state,
            1 if record.is_open else None,
            record.version,
            record.due_at,
            record.finished_at,
            record.reason,
            record.members_total,
            record.members_completed,
            None if record.start_run is None else number_of(record.start_run),
            None if request is None else request.span,
            None if request is None else request.node,
            None if request is None else request.state,
            None if request is None else request.reason,
            None if record.failure is None else number_of(record.failure),
            _encode(record.memos),
            record.spec,
            None if request is None else request.payload,
            None if request is None else request.result,
        ),
    )
    store.books.open_instance(record.trace, number_of_instance(record.id))


def update(store: Store, record: InstanceRecord) -> None:
    """Write what may change of an instance."""
    request, number = record.request, number_of_instance(record.id)
    store.write(
        sql.UPDATE_INSTANCE,
        (
            record.state,
            1 if record.is_open else None,
            record.version,
            record.due_at,
            record.finished_at,
            record.reason,
            record.members_completed,
            None if request is None else request.state,
            None if request is None else request.reason,
            None if request is None else request.payload,
            None if request is None else request.result,
            None if record.failure is None else number_of(record.failure),
            _encode(record.memos),
            number,
        ),
    )
    if record.is_open:
        store.books.open_instance(record.trace, number)
    else:
        store.books.close_instance(record.trace, number)


def number_of_instance(instance: str) -> int:
    """The row's number; -1, which none has, for what is no id."""
    return number_of(instance)  # type: ignore[arg-type]


def record_of(row: Any) -> InstanceRecord:
    """The record of a row of `COLUMNS`."""
    (number, workflow, trace, state, is_open, version, due_at, finished_at, reason, total) = row[:10]
    (completed, start_run, span, node, start_state, start_reason, failure, memos, spec) = row[10:19]
    request = None
    if span is not None:
        request = StartRequest(
            span=SpanId(span),
            node=NodeId(node),
            state=RunState(start_state),
            reason=start_reason,
            payload=row[19],
            result=row[20],
        )
    return InstanceRecord(
        id=run_id_of(number),
        workflow=workflow,
        trace=TraceId(trace),
        state=InstanceState(state),
        is_open=bool(is_open),
        version=version,
        due_at=due_at,
        finished_at=finished_at,
        reason=reason,
        spec=spec,
        memos=_memos.decode(memos),
        members_total=total,
        members_completed=completed,
        start_run=None if start_run is None else run_id_of(start_run),
        request=request,
        failure=None if failure is None else run_id_of(failure),
    )


def _write_parts(store: Store, instance: int, parts: list[tuple[int, StepId, bool | None]]) -> bool:
    """Let runs join; whether any did."""
    has_joined = False
    for number, step, is_held in parts:
        if is_held is not None:
            store.write(sql.INSERT_MEMBER_RUN, (instance, number, step, is_held))
            has_joined = True
    return has_joined
