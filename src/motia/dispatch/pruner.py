"""Retention: deletes what is old or over the size cap, in small batches with pauses between them."""

from __future__ import annotations

from motia.dispatch.node_state import NodeState
from motia.dispatch.periodic import Periodic

INTERVAL_S = 60.0
BATCH = 500
PAUSE_S = 0.1


class Pruner(Periodic):
    """Runs every minute; while batches come back full, one after `PAUSE_S`, so that claims go between."""

    def __init__(self, state: NodeState) -> None:
        super().__init__(state, name="pruner", interval_s=INTERVAL_S)

    async def _tick(self) -> float:
        state = self._state
        if not state.is_ledger_up:
            return INTERVAL_S
        retention = state.config.retention
        pruned = await state.ledger.prune(
            finished_before=state.ledger.now() - int(retention.runs_s * 1_000),
            size_bytes_max=retention.runs_bytes,
            limit=BATCH,
        )
        if pruned:
            state.recorder.count("pruned", pruned)
        return PAUSE_S if pruned >= BATCH else INTERVAL_S
