"""Parked events are delivered when a step with their target appears.

Invariants
1. Each swap of the catalog is followed by one look at every parked target that is handled now.
2. Events are delivered oldest first; for a step with a key or a lane one by one, each with its own.
"""

from __future__ import annotations

import msgspec

from motia.dispatch.deliveries import delivery_of
from motia.dispatch.node_state import NodeState
from motia.dispatch.periodic import Periodic
from motia.model import CallerError, Delivery, Run, RunFilter, RunState, StepId, StepSpec

POLL_S = 60.0
BATCH = 500
PAGE = 1_000


class ParkedDelivery(Periodic):
    """See the head of this file. Woken by each new catalog; polls behind that."""

    def __init__(self, state: NodeState) -> None:
        super().__init__(state, name="parked-delivery", interval_s=POLL_S)

    async def _tick(self) -> float:
        state = self._state
        if not state.is_ledger_up:
            return POLL_S
        for target in sorted(await state.ledger.parked_targets()):
            subscribers = state.catalog.subscribers(target)
            if any(_is_keyed(spec) for spec in subscribers):
                await self._deliver_each(target, subscribers)
            elif subscribers:
                await self._deliver_all(target, subscribers)
        return POLL_S

    async def _deliver_all(self, target: str, subscribers: tuple[StepSpec, ...]) -> None:
        deliveries = self._deliveries(subscribers, None)
        while True:
            freed = await self._state.ledger.deliver_parked(target, deliveries, limit=BATCH)
            self._tell(subscribers, len(freed))
            if len(freed) < BATCH:
                return

    async def _deliver_each(self, target: str, subscribers: tuple[StepSpec, ...]) -> None:
        for run in await self._parked(target):
            try:
                value = msgspec.json.decode(run.payload)
                deliveries = self._deliveries(subscribers, value)
            except CallerError:
                deliveries = self._deliveries(subscribers, None)
            await self._state.ledger.deliver_parked(target, deliveries, limit=1)
            self._tell(subscribers, 1)

    async def _parked(self, target: str) -> list[Run]:
        """Parked runs of a target, oldest first."""
        found: list[Run] = []
        cursor: str | None = None
        where = RunFilter(step=StepId(target), states=(RunState.PARKED,))
        while True:
            page = await self._state.ledger.list_runs(where, limit=PAGE, cursor=cursor)
            found.extend(run for run in page.runs if run.target == target)
            cursor = page.cursor
            if cursor is None:
                return found[::-1]

    def _deliveries(self, subscribers: tuple[StepSpec, ...], value: object) -> tuple[Delivery, ...]:
        return tuple(delivery_of(spec, value, key=None, depth_max=None) for spec in subscribers)

    def _tell(self, subscribers: tuple[StepSpec, ...], freed: int) -> None:
        if freed:
            self._state.recorder.count("unparked", freed)
            for spec in subscribers:
                self._state.bells.ready(spec.id)


def _is_keyed(spec: StepSpec) -> bool:
    return spec.key is not None or (spec.concurrency is not None and spec.concurrency.key is not None)
