"""Runs that nobody executes any more become ready again: a dead node's, and this node's orphans.

Invariants
1. A run of a node without a lease is adopted within one lease plus one scan.
2. A run that the ledger gives to this node but that is not in flight here, in two scans with one
   epoch, is released without blame: whatever lost it, it does not stay `running` for ever.
3. A cancel that another process asked for reaches the handler within one scan.
"""

from __future__ import annotations

from motia.dispatch.node_state import NodeState
from motia.dispatch.periodic import Periodic
from motia.model import Epoch, Run, RunFilter, RunId, RunState

SCAN_S = 5.0
PAGE = 1_000


class Rescuer(Periodic):
    """See the head of this file."""

    def __init__(self, state: NodeState) -> None:
        super().__init__(state, name="rescuer", interval_s=SCAN_S)
        self._suspected: set[tuple[RunId, Epoch]] = set()

    async def adopt(self) -> int:
        """Make the runs of nodes without a lease ready; how many there were."""
        state = self._state
        adopted = await state.ledger.adopt(state.node)
        if adopted:
            state.recorder.count("adopted", len(adopted))
            state.log("warn", f"{len(adopted)} runs of a node that is gone are ready again")
            for step in sorted(await state.ledger.ready_steps()):
                state.bells.ready(step)
        return len(adopted)

    async def _tick(self) -> float:
        state = self._state
        if state.is_ledger_up:
            await self.adopt()
            await self._scan()
            state.paused = set(await state.ledger.paused())
        return SCAN_S

    async def _scan(self) -> None:
        """Look at the runs that the ledger says are here."""
        state = self._state
        orphans: set[tuple[RunId, Epoch]] = set()
        cursor: str | None = None
        while True:
            page = await state.ledger.list_runs(
                RunFilter(states=(RunState.RUNNING,)), limit=PAGE, cursor=cursor
            )
            flying = state.flying()
            for run in page.runs:
                if run.node == state.node:
                    if (run.id, run.epoch) not in flying:
                        orphans.add((run.id, run.epoch))
                    elif run.cancel_requested:
                        self._cancel(run)
            cursor = page.cursor
            if cursor is None:
                break
        await self._free(orphans & self._suspected)
        self._suspected = orphans

    def _cancel(self, run: Run) -> None:
        for flight in self._state.flights_of(run.id):
            flight.cancel("cancel")

    async def _free(self, orphans: set[tuple[RunId, Epoch]]) -> None:
        state = self._state
        for run_id, epoch in sorted(orphans):
            run = await state.ledger.get(run_id)
            if run is None or (run_id, epoch) in state.flying():
                continue
            finished = await state.ledger.release(run_id, epoch, reason="orphaned")
            if finished.is_current:
                state.recorder.count("orphans")
                state.log(
                    "warn",
                    "a run without an attempt is ready again",
                    step=run.step,
                    run=run_id,
                    trace=run.trace,
                )
                state.bells.ready(run.step)
