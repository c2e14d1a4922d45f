"""Waiting for a run to finish: told at once when it finishes here, polled for when elsewhere."""

from __future__ import annotations

import asyncio

from motia.dispatch.node_state import NodeState
from motia.dispatch.timing import done_within
from motia.model import FINAL_STATES, LedgerUnavailable, Run, RunId, RunNotFound

POLL_S = 1.0


class Waiters:
    """Who waits for which run."""

    def __init__(self, state: NodeState) -> None:
        self._state = state
        self._waiting: dict[RunId, set[asyncio.Future[None]]] = {}

    def finished(self, run: RunId) -> None:
        """The run reached a final state."""
        for future in self._waiting.pop(run, ()):
            if not future.done():
                future.set_result(None)

    async def wait(self, run: RunId, timeout_s: float) -> Run:
        """The run when it is final, or as it is after `timeout_s` seconds.

        An outage of the ledger meanwhile is waited through.

        Raises:
            RunNotFound: No such run.
            LedgerUnavailable: The time is over and the ledger does not answer.
        """
        clock = self._state.clock
        until_mono = clock.mono() + timeout_s
        while True:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(run, set()).add(future)
            try:
                found = await self._look(run, is_last=clock.mono() >= until_mono)
                if found is not None and (found.state in FINAL_STATES or clock.mono() >= until_mono):
                    return found
                await done_within(clock, future, min(until_mono - clock.mono(), POLL_S))
            finally:
                self._forget(run, future)

    async def _look(self, run: RunId, *, is_last: bool) -> Run | None:
        try:
            found = await self._state.ledger.get(run)
        except LedgerUnavailable:
            if is_last:
                raise
            return None
        if found is None:
            raise RunNotFound(f"no run has the id {run}", hint="it may be older than the retention")
        return found

    def _forget(self, run: RunId, future: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(run)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiting[run]
