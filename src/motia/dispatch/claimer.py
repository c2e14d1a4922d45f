"""Claiming ready runs: as many as there are free slots, fairly over the steps that have some.

Invariants
1. Claims asked for never exceed the free slots: what is under way is reserved by language.
2. A step is hungry from the moment it may have a ready run until a claim of it came back short.
3. Notifications are hints: every `poll_s` of the node the ledger is asked which steps have ready runs.
4. Nothing is claimed while the node drains or the ledger refuses commits.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from motia.dispatch.executor import Executor
from motia.dispatch.node_state import NodeState
from motia.dispatch.periodic import Periodic
from motia.model import StepId, StepKind, StepSpec

BATCH_MAX = 1_000


class Claimer(Periodic):
    """See the head of this file."""

    def __init__(self, state: NodeState, *, executor: Executor) -> None:
        super().__init__(state, name="claimer", interval_s=state.poll_s)
        self._executor = executor
        self._hungry: dict[StepId, None] = {}
        """Steps that may have ready runs, the longest unserved first."""
        self._renotified: set[StepId] = set()
        self._held: set[StepId] = set()
        self._reserved: Counter[str] = Counter()
        self._poll_at_mono = 0.0

    def notify(self, step: StepId) -> None:
        """`step` may have a ready run."""
        self._hungry.setdefault(step)
        self._renotified.add(step)
        self.wake()

    def hold(self, step: StepId) -> None:
        """Claim no runs of `step` until `on_capacity` or the next poll."""
        self._held.add(step)

    def on_capacity(self) -> None:
        """Workers have room again, or others than before."""
        self._held.clear()
        self._executor.isolator.pump()
        self.wake()

    def slot_freed(self) -> None:
        """An invocation was answered."""
        if self._hungry:
            self.wake()

    def is_held(self, step: StepId) -> bool:
        """Whether the step waits for a worker."""
        return step in self._held

    def try_reserve(self, spec: StepSpec) -> bool:
        """Reserve a slot for a run inserted already claimed; False when it has to queue."""
        state = self._state
        if state.is_draining or not state.is_ledger_up or not self.is_started:
            return False
        if (
            spec.kind is StepKind.NOOP
            or spec.concurrency is not None
            or spec.id in self._hungry
            or spec.id in self._held
        ):
            return False
        if spec.id in state.paused or self._free(spec) <= 0:
            return False
        self._reserved[spec.language] += 1
        return True

    def unreserve(self, spec: StepSpec) -> None:
        """Give a reserved slot back: the run is with the workers now, or never will be."""
        self._reserved[spec.language] -= 1

    def poll_now(self) -> None:
        """Ask the ledger which steps have ready runs, as soon as possible."""
        self._poll_at_mono = 0.0
        self.wake()

    async def poll(self) -> None:
        """Ask the ledger which steps have ready runs."""
        for step in sorted(await self._state.ledger.ready_steps()):
            self._hungry.setdefault(step)

    async def _tick(self) -> float:
        state = self._state
        if state.is_draining or not state.is_ledger_up:
            return state.poll_s
        if state.clock.mono() >= self._poll_at_mono:
            self._poll_at_mono = state.clock.mono() + state.poll_s
            self._held.clear()
            self._executor.isolator.pump()
            await self.poll()
        while shares := self._shares():
            await asyncio.gather(*(self._claim(spec, share) for spec, share in shares))
        return max(self._poll_at_mono - state.clock.mono(), 0.0)

    def _shares(self) -> list[tuple[StepSpec, int]]:
        """Hungry steps with their share of the free slots, each at least one while there are any."""
        state = self._state
        if state.is_draining or not state.is_ledger_up:
            return []
        candidates: dict[str, list[StepSpec]] = {}
        for step in list(self._hungry):
            spec = state.catalog.step(step)
            if spec is None or spec.kind is StepKind.NOOP or step in state.paused:
                del self._hungry[step]
            elif step not in self._held and self._free(spec) > 0:
                candidates.setdefault(spec.language, []).append(spec)
        shares = []
        for specs in candidates.values():
            left = max(self._free(spec) for spec in specs)
            share = max(1, left // len(specs))
            for spec in specs:
                part = min(share, left, self._free(spec), BATCH_MAX)
                if part > 0:
                    shares.append((spec, part))
                    left -= part
        return shares

    async def _claim(self, spec: StepSpec, share: int) -> None:
        step = spec.id
        self._renotified.discard(step)
        self._hungry.pop(step, None)
        self._hungry[step] = None
        self._reserved[spec.language] += share
        try:
            claims = await self._state.ledger.claim(
                step, limit=share, node=self._state.node, concurrency=spec.concurrency
            )
        finally:
            self._reserved[spec.language] -= share
        if len(claims) < share and step not in self._renotified:
            self._hungry.pop(step, None)
        for claim in claims:
            self._executor.execute(claim)

    def _free(self, spec: StepSpec) -> int:
        if self._executor.isolator.is_blocking(spec.language):
            return 0
        return self._state.workers.free_slots(spec.id) - self._reserved[spec.language]
