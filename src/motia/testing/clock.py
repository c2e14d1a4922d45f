"""The clock of tests: frozen, and aware of work that needs real time to finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from motia.runtime import FrozenClock, SystemClock

TURNS_MAX = 200
PAUSE_S = 0.000_5
PATIENCE_S = 2.0
"""A handler that takes longer in real time than this is left running while the clock moves on."""
STOP_PATIENCE_S = 1.0
"""Real time that a stop gets before the clock flows, so that limits on what does not end take effect."""
FLOW_PAUSE_S = 0.01
FLOW_STEP_S = 0.25


class AppClock(FrozenClock):
    """Moves only by `advance`; between two timers it waits until the engine has nothing under way."""

    def __init__(self, start_at: int) -> None:
        """Start at `start_at`, ms since the epoch."""
        super().__init__(start_at)
        self.is_busy: Callable[[], bool] = lambda: False
        self._real = SystemClock()

    async def settle(self) -> None:
        """Give the loop turns, and handlers real time, until nothing is under way."""
        await self._turn()
        if not self.is_busy():
            return
        until_mono = self._real.mono() + PATIENCE_S
        while self.is_busy() and self._real.mono() < until_mono:
            await self._real.sleep(PAUSE_S)
            await self._turn()

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        """Let time pass by itself, 25 times as fast as it does, from one second on: for the end of a test.

        A worker process that does not answer is killed after a limit that a clock which stands still
        would never reach.
        """
        flow = asyncio.create_task(self._flow(), name="flowing-clock")
        try:
            yield
        finally:
            flow.cancel()
            await asyncio.gather(flow, return_exceptions=True)

    async def _flow(self) -> None:
        await self._real.sleep(STOP_PATIENCE_S)
        self.is_busy = lambda: False  # what is still busy now is what the limits are for
        while True:
            await self._real.sleep(FLOW_PAUSE_S)
            await self.advance(FLOW_STEP_S)

    async def _turn(self) -> None:
        # What is runnable is not public; a loop that does not tell gets a fixed number of turns.
        runnable = getattr(asyncio.get_running_loop(), "_ready", None)
        for _ in range(TURNS_MAX):
            await asyncio.sleep(0)
            if runnable is not None and not runnable:
                return
