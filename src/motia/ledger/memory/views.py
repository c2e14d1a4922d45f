"""What the memory ledger shows of its runs: one, lists, counts; contracts are in the seam."""

from __future__ import annotations

from motia.ledger.memory.rows import fits
from motia.ledger.memory.runs import MemoryRuns
from motia.ledger.numbers import created_at_of, number_of
from motia.ledger.rules import COUNT_MAX, check_limit
from motia.ledger.seam import KeyHolder, QueueDepth
from motia.model import Attempt, Run, RunFilter, RunId, RunPage, RunState, RunTally, StepId, run_id_of


class MemoryViews(MemoryRuns):
    """The part of `MemoryLedger` that only reads runs."""

    async def get(self, run: RunId) -> Run | None:
        """See `Ledger.get`."""
        row = self._table.rows.get(number_of(run))
        return None if row is None else row.to_run()

    async def attempts(self, run: RunId) -> list[Attempt]:
        """See `Ledger.attempts`."""
        row = self._table.rows.get(number_of(run))
        return [] if row is None else list(row.attempts)

    async def children(self, run: RunId, *, limit: int = 1_000) -> list[Run]:
        """See `Ledger.children`."""
        numbers = self._table.children.get(number_of(run), [])
        return [self._table.rows[number].to_run() for number in numbers[: check_limit(limit)]]

    async def replays(self, run: RunId, *, limit: int = 1_000) -> list[Run]:
        """See `Ledger.replays`."""
        numbers = self._table.replays.get(number_of(run), [])
        return [self._table.rows[number].to_run() for number in reversed(numbers[-check_limit(limit) :])]

    async def list_runs(
        self, where: RunFilter, *, limit: int, cursor: str | None = None, search_ms: int | None = None
    ) -> RunPage:
        """See `Ledger.list_runs`; what is in memory is searched to the end."""
        check_limit(limit)
        before = None if cursor is None else number_of(RunId(cursor))
        found: list[Run] = []
        for row in reversed(self._table.rows.values()):
            if (before is None or row.number < before) and fits(row, where):
                if len(found) == limit:
                    return RunPage(runs=tuple(found), cursor=found[-1].id)
                found.append(row.to_run())
        return RunPage(runs=tuple(found))

    async def count_runs(self, where: RunFilter) -> dict[RunState, int]:
        """See `Ledger.count_runs`."""
        counts: dict[RunState, int] = {}
        for row in self._table.rows.values():
            if row.state is not None and fits(row, where):
                counts[row.state] = min(counts.get(row.state, 0) + 1, COUNT_MAX)
        return counts

    async def tally_runs(self, where: RunFilter, *, search_ms: int | None = None) -> RunTally:
        """See `Ledger.tally_runs`."""
        return RunTally(by_state=await self.count_runs(where))

    async def depths(self) -> list[QueueDepth]:
        """See `Ledger.depths`."""
        oldest: dict[StepId, int] = {}
        for row in self._table.rows.values():
            if row.state is RunState.READY:
                oldest.setdefault(row.step, created_at_of(row.number))
        return [
            QueueDepth(
                step=step,
                by_state={state: count for state, count in counts.items() if count},
                oldest_ready_at=oldest.get(step),
            )
            for step, counts in sorted(self._table.counts.items())
            if any(counts.values())
        ]

    async def key_holder(self, run: RunId) -> KeyHolder | None:
        """See `Ledger.key_holder`."""
        row = self._table.rows.get(number_of(run))
        if row is None or row.state is not RunState.BLOCKED or not row.is_queued:
            return None
        members = self._table.queues[row.key_of_queue].members.values()
        head = min(members, key=lambda row: (row.state is RunState.BLOCKED, row.number))
        assert head.state is not None
        return KeyHolder(run=run_id_of(head.number), state=head.state, due_at=head.due_at)

    async def running(self, step: StepId, *, lane: str | None = None, limit: int = 20) -> list[Run]:
        """See `Ledger.running`."""
        rows = [
            row
            for row in self._table.running.values()
            if row.step == step and (lane is None or row.lane == lane)
        ]
        rows.sort(key=lambda row: (row.started_at, row.number))
        return [row.to_run() for row in rows[: check_limit(limit)]]
