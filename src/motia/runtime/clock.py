"""The clock seam: the only place that reads wall or monotonic time.

Instants are milliseconds since the Unix epoch (`…_at`), monotonic readings are seconds
(`…_mono`), durations carry their unit. A room takes a `Clock`; production hands in
`SystemClock`, tests and simulations a `FrozenClock` that moves only when told.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol

NS_PER_MS = 1_000_000


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Do not make the call; nothing happens when it was made or cancelled before."""


class Clock(Protocol):
    """Time as a parameter."""

    def now_ms(self) -> int:
        """Wall time, milliseconds since the Unix epoch."""
        ...

    def mono(self) -> float:
        """Monotonic seconds; only differences mean anything."""
        ...

    async def sleep(self, delay_s: float) -> None:
        """Return once `delay_s` seconds have passed; cancellation returns at once."""

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` on the running loop after `delay_s` seconds, never before this returns."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        """Wall time, milliseconds since the Unix epoch."""
        return time.time_ns() // NS_PER_MS

    def mono(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    async def sleep(self, delay_s: float) -> None:
        """Sleep on the running loop."""
        await asyncio.sleep(delay_s)

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Schedule on the running loop."""
        return asyncio.get_running_loop().call_later(delay_s, callback)


class _FrozenTimer:
    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FrozenClock:
    """A clock that moves only by `advance`; timers fire in order of their due time.

    Between two timers the loop is given turns until nothing new becomes runnable at once, so
    that what a timer started is finished (as far as it needs no real I/O) before the next fires.
    """

    SETTLE_TURNS = 50

    def __init__(self, start_at: int = 1_767_225_600_000) -> None:
        """Start at `start_at` (ms since the epoch; by default 2026-01-01T00:00:00Z)."""
        self._now_ms = float(start_at)
        self._mono = 1_000.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, _FrozenTimer]] = []

    def now_ms(self) -> int:
        """The frozen wall time."""
        return int(self._now_ms)

    def mono(self) -> float:
        """The frozen monotonic time."""
        return self._mono

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Schedule for `advance` to fire."""
        timer = _FrozenTimer(callback)
        heapq.heappush(self._timers, (self._mono + max(delay_s, 0.0), next(self._order), timer))
        return timer

    async def sleep(self, delay_s: float) -> None:
        """Wait until `advance` has moved past `delay_s`."""
        if delay_s <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        timer = self.call_later(delay_s, lambda: None if woken.done() else woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    def next_timer_s(self) -> float | None:
        """Seconds until the next live timer; None when there is none."""
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        return max(self._timers[0][0] - self._mono, 0.0) if self._timers else None

    async def advance(self, delay_s: float) -> None:
        """Move time forward by `delay_s` seconds, firing what becomes due on the way, in order."""
        until_mono = self._mono + delay_s
        await self.settle()
        while (wait_s := self.next_timer_s()) is not None and self._mono + wait_s <= until_mono:
            self._move(wait_s)
            _, _, timer = heapq.heappop(self._timers)
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()
            await self.settle()
        self._move(until_mono - self._mono)
        await self.settle()

    def jump(self, delay_s: float) -> None:
        """Step the wall clock alone by `delay_s` (either way), as an administrator or NTP would."""
        self._now_ms += delay_s * 1_000

    async def settle(self) -> None:
        """Give the loop turns so that what is runnable runs."""
        for _ in range(self.SETTLE_TURNS):
            await asyncio.sleep(0)

    def _move(self, delay_s: float) -> None:
        self._mono += delay_s
        self._now_ms += delay_s * 1_000
