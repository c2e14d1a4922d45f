"""Workflow instances of the memory ledger: the tables, and who joins; rules are in `ledger.instances`."""

from __future__ import annotations

from motia.ledger.instances import (
    InstanceRecord,
    InstanceSnapshot,
    MemberRun,
    RequestEnd,
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
from motia.ledger.memory.rows import Row, Table
from motia.ledger.numbers import RunNumbers, number_of
from motia.model import Accepted, Delivery, InstanceState, NewEvent, Opening, StepId, TraceId, run_id_of


class Part:
    """A run's part in an instance."""

    __slots__ = ("counts", "is_held", "step")

    def __init__(self, step: StepId, *, is_held: bool) -> None:
        """A part that counts."""
        self.step = step
        self.is_held = is_held
        self.counts = True


class InstanceTable:
    """Instances by id, open ones by trace, and the parts of runs both ways."""

    def __init__(self, table: Table, numbers: RunNumbers) -> None:
        """Empty; ids come from `numbers`, rows of runs are in `table`."""
        self.records: dict[str, InstanceRecord] = {}
        self.parts: dict[str, dict[int, Part]] = {}
        self.of_run: dict[int, dict[str, Part]] = {}
        self._open: dict[TraceId, list[str]] = {}
        self._table = table
        self._numbers = numbers

    def put(self, record: InstanceRecord) -> None:
        """Write a new or changed record."""
        if record.id not in self.records:
            self.parts[record.id] = {}
        self.records[record.id] = record
        known = self._open.setdefault(record.trace, [])
        if record.is_open and record.id not in known:
            known.append(record.id)
            known.sort()
        elif not record.is_open and record.id in known:
            known.remove(record.id)
        if not known:
            del self._open[record.trace]

    def open_in(self, trace: TraceId) -> list[InstanceRecord]:
        """The open instances of a trace, oldest first."""
        return [self.records[instance] for instance in self._open.get(trace, ())]

    def joining_of(self, event: NewEvent) -> Joining | None:
        """The part that instances have in an event, if any."""
        if event.opens or event.trace in self._open:
            return Joining(self, event)
        return None

    def join_error_step(self, event: NewEvent, accepted: Accepted) -> None:
        """Let the runs of an error step join where the dead run that they were told of counts."""
        if event.parent_run is None:
            return
        for record in self.open_in(event.trace):
            told = self.parts[record.id].get(number_of(event.parent_run))
            if told is None or not told.counts:
                continue
            new = [
                (run, one.step)
                for run, one in zip(accepted.runs, event.deliveries, strict=True)
                if not is_member(record, one.step)
            ]
            for run, step in new:
                self.add_part(record.id, number_of(run), step, is_held=False)
            if new:
                self.put(after_error_step(record))

    def take_places(self, record: InstanceRecord, event: NewEvent, steps: list[StepId]) -> None:
        """Make the dead runs count no more that new runs of `steps`, triggered by their error step, stand for."""
        if event.parent_run is None:
            return
        parent, parts = number_of(event.parent_run), self.parts[record.id]
        told, row = parts.get(parent), self._table.rows.get(parent)
        if told is None or row is None or row.event.parent_run is None or is_member(record, told.step):
            return
        dead = parts.get(number_of(row.event.parent_run))
        if dead is not None and dead.counts and dead.step in steps and is_undecided(record, dead.step):
            dead.counts = False

    def join_delivered(self, row: Row) -> bool:
        """Let a run that was parked join, unless it did when it was accepted; whether it is held."""
        known = self.of_run.get(row.number, {})
        is_held = self.is_held(row.number)
        for record in joinable(self.open_in(row.event.trace), ()):
            part = joins(record, row.step)
            if part is not None and record.id not in known:
                self.add_part(record.id, row.number, row.step, is_held=part)
                self.put(after_join(record, [row.step]))
                is_held = is_held or part
        return is_held

    def is_held(self, number: int) -> bool:
        """Whether an open instance holds a run."""
        parts = self.of_run.get(number, {})
        return any(part.is_held and self.records[one].is_open for one, part in parts.items())

    def add_part(self, instance: str, number: int, step: StepId, *, is_held: bool) -> None:
        """Let a run join."""
        part = Part(step, is_held=is_held)
        self.parts[instance][number] = part
        self.of_run.setdefault(number, {})[instance] = part

    def open_new(
        self, opening: Opening, trace: TraceId, *, start_run: int | None, now: int
    ) -> InstanceRecord:
        """Write a new instance."""
        instance = run_id_of(self._numbers.take(now))
        start = None if start_run is None else run_id_of(start_run)
        record = opened(opening, trace, instance=instance, start_run=start, now=now)
        self.put(record)
        return record

    def end_request(self, end: RequestEnd, *, now: int) -> tuple[str, ...]:
        """See `Ledger.end_request`."""
        present = self.open_in(end.trace)
        mine = [record for record in present if is_of_request(record, end)]
        for record in mine:
            self.put(after_request(record, end))
        touched = [record.id for record in mine]
        taken = {record.workflow for record in mine}
        taken |= {record.workflow for record in present if record.state is InstanceState.RUNNING}
        for opening in end.opens if end.is_success else ():
            if opening.workflow not in taken:
                new = self.open_new(opening, end.trace, start_run=None, now=now)
                self.put(after_request(new, end))
                touched.append(new.id)
        return tuple(touched)

    def snapshot(self, instance: str) -> InstanceSnapshot | None:
        """See `Ledger.get_instance`."""
        record = self.records.get(instance)
        if record is None:
            return None
        runs = []
        for number, part in sorted(self.parts[instance].items()):
            row = self._table.rows.get(number)
            if row is not None and row.state is not None and part.counts:
                runs.append(
                    MemberRun(
                        run=run_id_of(number),
                        step=part.step,
                        state=row.state,
                        is_held=part.is_held,
                        finished_at=row.finished_at,
                        reason=row.reason,
                        handles=None if is_member(record, part.step) else row.event.parent_run,
                    )
                )
        return InstanceSnapshot(record=record, runs=tuple(runs))

    def keeps(self, number: int) -> bool:
        """Whether a run is in an open instance, and so is not deleted."""
        return any(self.records[instance].is_open for instance in self.of_run.get(number, ()))

    def forget_run(self, number: int) -> None:
        """A run was deleted."""
        for instance in self.of_run.pop(number, ()):
            del self.parts[instance][number]

    def prune(self, finished_before: int | None, limit: int) -> int:
        """Delete instances that are over and finished before; None: whatever their age. How many."""
        over = [
            record
            for record in self.records.values()
            if not record.is_open
            and record.finished_at is not None
            and (finished_before is None or record.finished_at < finished_before)
        ]
        over.sort(key=lambda record: (record.finished_at or 0, record.id))
        for record in over[:limit]:
            for number in self.parts.pop(record.id):
                del self.of_run[number][record.id]
                if not self.of_run[number]:
                    del self.of_run[number]
            del self.records[record.id]
        return len(over[:limit])


class Joining:
    """What an event means for the instances of its trace: asked before its runs are added, written after."""

    def __init__(self, instances: InstanceTable, event: NewEvent) -> None:
        """Look at what is there."""
        present = instances.open_in(event.trace)
        self._instances = instances
        self._event = event
        self._opens = wanted(event, present)
        self._records = joinable(present, self._opens)

    def holds(self, delivery: Delivery) -> bool:
        """Whether a run of this delivery must wait for others."""
        return any(joins(record, delivery.step) for record in self._records) or any(
            joins_new(opening, delivery) for opening in self._opens
        )

    def write(self, numbers: list[int], now: int) -> tuple[str, ...]:
        """Open, and let the runs `numbers` join; the instances that were touched."""
        runs = list(zip(numbers, self._event.deliveries, strict=True))
        touched = []
        for record in self._records:
            parts = [(run, one.step, joins(record, one.step)) for run, one in runs]
            if joined := self._join(record.id, parts):
                self._instances.take_places(record, self._event, joined)
                self._instances.put(after_join(record, joined))
                touched.append(record.id)
        for opening in self._opens:
            start = next((run for run, one in runs if one.step == opening.start), None)
            record = self._instances.open_new(opening, self._event.trace, start_run=start, now=now)
            self._join(record.id, [(run, one.step, joins_new(opening, one)) for run, one in runs])
            touched.append(record.id)
        return tuple(touched)

    def _join(self, instance: str, parts: list[tuple[int, StepId, bool | None]]) -> list[StepId]:
        """The steps whose runs joined."""
        joined = []
        for number, step, is_held in parts:
            if is_held is not None:
                self._instances.add_part(instance, number, step, is_held=is_held)
                joined.append(step)
        return joined
