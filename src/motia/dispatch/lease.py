"""The node's lease: taken at the start, renewed by the engine, never by step code.

Invariants
1. The lease is renewed every `RENEW_S` and lives `TTL_MS`: two renewals may fail.
2. After a lapse the node takes a new lease and then asks about each of its claims: those that are
   another's now are stopped and their answers ignored, the others go on.
3. While the ledger refuses commits, renewing is the probe: its first success ends the outage.
"""

from __future__ import annotations

from motia.dispatch.node_state import Flight, NodeState
from motia.dispatch.periodic import Periodic
from motia.model import RunState

TTL_MS = 15_000
RENEW_S = 5.0
PROBE_S = 1.0


class LeaseKeeper(Periodic):
    """See the head of this file."""

    def __init__(self, state: NodeState) -> None:
        super().__init__(state, name="lease", interval_s=RENEW_S)
        self._renew_at_mono = 0.0

    async def register(self) -> None:
        """Take the lease."""
        await self._state.ledger.register(self._state.node, ttl_ms=TTL_MS)
        self._renew_at_mono = self._state.clock.mono() + RENEW_S

    async def unregister(self) -> None:
        """Give the lease up, so that others need not wait for it."""
        await self._state.ledger.unregister(self._state.node)

    async def _tick(self) -> float:
        state = self._state
        wait_s = self._renew_at_mono - state.clock.mono()
        if wait_s > 0 and state.is_ledger_up:
            return wait_s
        is_ours = await state.ledger.renew(state.node, ttl_ms=TTL_MS)
        if not is_ours:
            await self._recover()
        self._renew_at_mono = state.clock.mono() + RENEW_S
        state.ledger_returned()
        return RENEW_S

    async def _recover(self) -> None:
        """Take a new lease; stop the claims that were adopted meanwhile."""
        state = self._state
        await self.register()
        lost = 0
        for flight in list(state.flights.values()):
            if not await self._is_ours(flight):
                flight.is_lost = True
                flight.cancel("shutdown")
                lost += 1
        state.recorder.count("leases_lost")
        state.log("warn", f"the lease of node {state.node} had lapsed; {lost} runs are with others now")

    async def _is_ours(self, flight: Flight) -> bool:
        run = await self._state.ledger.get(flight.claim.run)
        return (
            run is not None
            and run.state is RunState.RUNNING
            and run.epoch == flight.claim.epoch
            and run.node == self._state.node
        )
