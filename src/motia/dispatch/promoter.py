"""Scheduled and retrying runs become ready when they are due: a timer to the next, a poll behind it."""

from __future__ import annotations

from motia.dispatch.node_state import NodeState
from motia.dispatch.periodic import Periodic


class Promoter(Periodic):
    """Wakes at the earliest due time that this node knows of, and every `poll_s` of the node."""

    def __init__(self, state: NodeState) -> None:
        super().__init__(state, name="promoter", interval_s=state.poll_s)
        self._next_due_at: int | None = None

    def due(self, due_at: int) -> None:
        """A run is due at `due_at` (ms since the epoch)."""
        if self._next_due_at is None or due_at < self._next_due_at:
            self._next_due_at = due_at
            self.wake()

    async def promote(self) -> None:
        """Make ready what is due; returns when nothing due is left."""
        state = self._state
        while True:
            self._next_due_at = None
            promoted = await state.ledger.promote()
            for step in sorted(promoted.ready_steps):
                state.bells.ready(step)
            if promoted.next_due_at is not None:
                self._learn(promoted.next_due_at)
            if promoted.next_due_at is None or promoted.next_due_at > state.ledger.now():
                return
            if not promoted.ready_steps:
                return

    async def _tick(self) -> float:
        state = self._state
        if not state.is_ledger_up:
            return state.poll_s
        await self.promote()
        if self._next_due_at is None:
            return state.poll_s
        return max((self._next_due_at - state.ledger.now()) / 1_000, 0.001)

    def _learn(self, due_at: int) -> None:
        if self._next_due_at is None or due_at < self._next_due_at:
            self._next_due_at = due_at
