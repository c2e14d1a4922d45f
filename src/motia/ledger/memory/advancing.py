"""Workflow instances of the memory ledger: the seam's methods; contracts are in the seam."""

from __future__ import annotations

from collections import Counter

import msgspec

from motia.ledger.instances import (
    Advance,
    Advanced,
    Due,
    InstanceSnapshot,
    MemberEvent,
    MovedRun,
    RequestEnd,
    Skip,
    after_advance,
)
from motia.ledger.memory.keeping import MemoryKeeping
from motia.ledger.memory.rows import is_final
from motia.ledger.numbers import number_of
from motia.ledger.rules import COUNT_MAX, check_limit, first_state_of_freed
from motia.ledger.standing import summary_of
from motia.model import (
    Accepted,
    InstancePage,
    InstanceState,
    RunId,
    RunState,
    StepId,
    TraceId,
)

HELD = (RunState.BLOCKED, RunState.PARKED)


class MemoryAdvancing(MemoryKeeping):
    """The part of `MemoryLedger` about workflow instances."""

    async def advance(self, change: Advance) -> Advanced:
        """See `Ledger.advance`."""
        record = self._instances.records.get(change.instance)
        if record is None or record.version != change.version:
            return Advanced(is_current=False)
        for run in change.supersedes:
            part = self._instances.parts[record.id].get(number_of(run))
            if part is not None:
                part.counts = False
        ended, unblocked, stopping = await self._cancel_runs(change)
        ended += [moved for skip in change.skips if (moved := self._skip(record.id, skip)) is not None]
        freed = [moved for run in change.frees if (moved := self._free(record.id, run)) is not None]
        self._instances.put(after_advance(record, change, now=self.now()))
        accepted = [self._trigger(one) for one in change.events]
        if change.failure is not None:
            accepted.append(self._insert_event(change.failure))
            current = self._instances.records[record.id]
            self._instances.put(msgspec.structs.replace(current, failure=accepted[-1].run))
        return Advanced(
            is_current=True,
            freed=tuple(freed),
            ended=tuple(ended),
            unblocked=tuple(unblocked),
            stopping=tuple(stopping),
            accepted=tuple(accepted),
        )

    async def _cancel_runs(self, change: Advance) -> tuple[list[MovedRun], list[StepId], list[RunId]]:
        ended: list[MovedRun] = []
        unblocked: list[StepId] = []
        stopping: list[RunId] = []
        for run in change.cancels:
            row = self._table.rows.get(number_of(run))
            if row is None or is_final(row):
                continue
            answer = await self.cancel(run, reason=change.cancel_reason)
            if answer.was is RunState.RUNNING:
                stopping.append(run)
                continue
            ended.append(MovedRun(run, row.step, RunState.CANCELLED))
            if answer.unblocked_step is not None:
                unblocked.append(answer.unblocked_step)
        return ended, unblocked, stopping

    def _let_go(self, instance: str, run: RunId) -> bool:
        part = self._instances.parts[instance].get(number_of(run))
        row = self._table.rows.get(number_of(run))
        if part is None or not part.is_held or row is None or row.state not in HELD:
            return False
        part.is_held = False
        return True

    def _skip(self, instance: str, skip: Skip) -> MovedRun | None:
        if not self._let_go(instance, skip.run):
            return None
        row = self._table.rows[number_of(skip.run)]
        row.reason = skip.reason
        self._finish(row, RunState.SKIPPED)
        return MovedRun(skip.run, row.step, RunState.SKIPPED)

    def _free(self, instance: str, run: RunId) -> MovedRun | None:
        if not self._let_go(instance, run):
            return None
        row = self._table.rows[number_of(run)]
        if self._instances.is_held(row.number) or row.state is RunState.PARKED:
            return None
        is_taken = row.delivery.key is not None and row.key_of_queue in self._table.queues
        row.ready_at = now = self.now()
        state = first_state_of_freed(due_at=row.due_at, now=now, is_key_taken=is_taken)
        if row.delivery.key is not None:
            self._table.queue_up(row)
        self._table.move(row, state)
        return MovedRun(run, row.step, state)

    def _trigger(self, one: MemberEvent) -> Accepted:
        accepted = self._insert_event(one.event)
        if one.error is None:
            return accepted
        for run in accepted.runs:
            row = self._table.rows[number_of(run)]
            row.error, row.reason = one.error, one.reason
            self._finish(row, RunState.DEAD)
        return msgspec.structs.replace(accepted, states=(RunState.DEAD,) * len(accepted.runs))

    async def end_request(self, end: RequestEnd) -> tuple[str, ...]:
        """See `Ledger.end_request`."""
        return self._instances.end_request(end, now=self.now())

    async def get_instance(self, instance: str) -> InstanceSnapshot | None:
        """See `Ledger.get_instance`."""
        return self._instances.snapshot(instance)

    async def instances_of_run(self, run: RunId) -> dict[str, bool]:
        """See `Ledger.instances_of_run`."""
        parts = self._instances.of_run.get(number_of(run), {})
        return {instance: part.is_held for instance, part in sorted(parts.items())}

    async def list_instances(
        self,
        *,
        workflow: str | None = None,
        state: InstanceState | None = None,
        trace: TraceId | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> InstancePage:
        """See `Ledger.list_instances`."""
        check_limit(limit)
        fitting = [
            record
            for record in sorted(self._instances.records.values(), key=lambda one: one.id, reverse=True)
            if (workflow is None or record.workflow == workflow)
            and (state is None or record.state is state)
            and (trace is None or record.trace == trace)
            and (cursor is None or record.id < cursor)
        ]
        found = tuple(map(summary_of, fitting[:limit]))
        return InstancePage(instances=found, cursor=found[-1].id if len(fitting) > limit else None)

    async def count_instances(self) -> dict[str, dict[InstanceState, int]]:
        """See `Ledger.count_instances`."""
        counts: dict[str, dict[InstanceState, int]] = {}
        every = Counter((record.workflow, record.state) for record in self._instances.records.values())
        for (workflow, state), count in every.items():
            counts.setdefault(workflow, {})[state] = min(count, COUNT_MAX)
        return counts

    async def open_instances(
        self, *, after: str | None = None, limit: int = 1_000
    ) -> list[tuple[str, TraceId]]:
        """See `Ledger.open_instances`."""
        records = sorted(self._instances.records.values(), key=lambda one: one.id)
        found = [(one.id, one.trace) for one in records if one.is_open and one.id > (after or "")]
        return found[: check_limit(limit)]

    async def due_instances(self, *, limit: int = 1_000) -> Due:
        """See `Ledger.due_instances`."""
        now = self.now()
        timed = sorted(
            (record.due_at, record.id)
            for record in self._instances.records.values()
            if record.state is InstanceState.RUNNING and record.due_at is not None
        )
        due = tuple(instance for due_at, instance in timed if due_at <= now)
        following = next((due_at for due_at, _ in timed if due_at > now), None)
        return Due(due[: check_limit(limit)], following)
