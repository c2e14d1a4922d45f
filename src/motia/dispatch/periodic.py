"""The loop of a duty: ticks at an interval and whenever it is woken.

Invariants
1. Ticks of one duty never overlap; a wake during a tick causes one more tick.
2. A tick that raises is logged and the loop goes on; a refused commit is reported as an outage.
3. `stop()` lets a tick under way finish (a claim that was asked for must not get lost), at most
   `STOP_LIMIT_S`, then cancels it.
"""

from __future__ import annotations

import asyncio

from motia.dispatch.node_state import NodeState
from motia.dispatch.timing import done_within
from motia.model import LedgerUnavailable
from motia.runtime import Duty

STOP_LIMIT_S = 5.0
AFTER_ERROR_S = 1.0


class Periodic(Duty):
    """A duty with one loop; subclasses write `_tick`."""

    def __init__(self, state: NodeState, *, name: str, interval_s: float) -> None:
        """`interval_s`: longest wait between two ticks."""
        super().__init__()
        self._state = state
        self._name = name
        self._interval_s = interval_s
        self._is_stopping = False
        self._is_woken = False
        self._idle: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Tick as soon as possible; cheap, from the loop's thread only."""
        self._is_woken = True
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    async def _tick(self) -> float | None:
        """Do the duty once; seconds until the next tick is due, None: the interval."""
        raise NotImplementedError

    async def _start(self) -> None:
        self._is_stopping = False
        self._task = asyncio.create_task(self._loop(), name=f"motia-{self._name}")

    async def _stop(self) -> None:
        self._is_stopping = True
        self.wake()
        task, self._task = self._task, None
        if task is None:
            return
        if not await done_within(self._state.clock, task, STOP_LIMIT_S):
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _loop(self) -> None:
        while not self._is_stopping:
            self._is_woken = False
            delay_s = await self._guarded_tick()
            if not self._is_woken and not self._is_stopping:
                await self._rest(self._interval_s if delay_s is None else min(delay_s, self._interval_s))

    async def _guarded_tick(self) -> float | None:
        try:
            return await self._tick()
        except LedgerUnavailable as error:
            self._state.ledger_failed(error)
        except Exception as error:
            self._state.recorder.count("duty_errors")
            self._state.log("error", f"{self._name} failed and goes on: {type(error).__name__}: {error}")
        return AFTER_ERROR_S

    async def _rest(self, delay_s: float) -> None:
        self._idle = asyncio.get_running_loop().create_future()
        try:
            await done_within(self._state.clock, self._idle, delay_s)
        finally:
            self._idle = None
