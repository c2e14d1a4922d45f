"""Waiting until attempts have landed, or until the whole node has nothing to do."""

from __future__ import annotations

import asyncio

from motia.dispatch.claimer import Claimer
from motia.dispatch.node_state import NodeState
from motia.dispatch.promoter import Promoter
from motia.dispatch.timing import done_within
from motia.model import LedgerUnavailable, RunState, StepId, StepKind

POLL_S = 0.05


class Idleness:
    """Told of each flight that ends."""

    def __init__(self, state: NodeState, *, claimer: Claimer, promoter: Promoter) -> None:
        self._state = state
        self._claimer = claimer
        self._promoter = promoter
        self._waiting: set[asyncio.Future[None]] = set()

    def moved(self) -> None:
        """A flight ended."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait_landed(self, timeout_s: float) -> bool:
        """Wait until no attempt is in flight, at most `timeout_s` seconds; whether none is."""
        clock = self._state.clock
        until_mono = clock.mono() + timeout_s
        while self._state.flights and clock.mono() < until_mono:
            await self._next_move(until_mono - clock.mono())
        return not self._state.flights

    async def wait_idle(self, timeout_s: float) -> None:
        """See `Dispatcher.wait_idle`."""
        clock = self._state.clock
        until_mono = clock.mono() + timeout_s
        while True:
            busy = await self._busy()
            if not busy and not self._state.flights and not self._state.bells.is_unsettled():
                return
            if clock.mono() >= until_mono:
                listed = ", ".join(f"{step}: {count} {state}" for step, state, count in busy)
                raise TimeoutError(
                    f"not idle after {timeout_s:g} s: {listed or 'attempts in flight, or a workflow'}"
                )
            await self._next_move(POLL_S)

    async def _busy(self) -> list[tuple[StepId, str, int]]:
        state = self._state
        try:
            await self._promoter.promote()
            await self._claimer.poll()
            self._claimer.wake()
            depths = await state.ledger.depths()
        except LedgerUnavailable as error:
            state.ledger_failed(error)
            return [(StepId("ledger"), "unavailable", 1)]
        busy: list[tuple[StepId, str, int]] = []
        for depth in depths:
            spec = state.catalog.step(depth.step)
            is_outside = spec is not None and spec.kind is StepKind.NOOP
            for run_state in (RunState.RUNNING, RunState.READY):
                count = depth.by_state.get(run_state, 0)
                is_waiting = run_state is RunState.READY and (is_outside or depth.step in state.paused)
                if count and not is_waiting:
                    busy.append((depth.step, run_state.value, count))
        return busy

    async def _next_move(self, timeout_s: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await done_within(self._state.clock, future, timeout_s)
        finally:
            self._waiting.discard(future)
