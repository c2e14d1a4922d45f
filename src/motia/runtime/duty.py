"""The one life-cycle contract of everything that runs inside a node.

Invariants
1. `start()` returns when the duty is ready; `stop()` when nothing of it runs any more.
2. Both are safe twice, concurrently and in the wrong order: a second call waits for the first.
3. A duty that failed to start is stopped: what it had opened is closed before the error leaves.
"""

from __future__ import annotations

import asyncio


class Duty:
    """Base of every long-lived part; subclasses write `_start` and `_stop`."""

    def __init__(self) -> None:
        self._lifecycle = asyncio.Lock()
        self._is_started = False

    @property
    def is_started(self) -> bool:
        """Whether the duty is between a finished `start()` and a `stop()`."""
        return self._is_started

    async def start(self) -> None:
        """Start the duty; return when it is ready. Does nothing when it is started already."""
        async with self._lifecycle:
            if self._is_started:
                return
            try:
                await self._start()
            except BaseException:
                await self._stop()
                raise
            self._is_started = True

    async def stop(self) -> None:
        """Stop the duty; return when nothing of it runs. Does nothing when it is not started."""
        async with self._lifecycle:
            if not self._is_started:
                return
            self._is_started = False
            await self._stop()

    async def _start(self) -> None:
        """Open what the duty needs. Called with the life-cycle lock held."""

    async def _stop(self) -> None:
        """Close what `_start` opened, also when it got only half way. Must not raise."""
