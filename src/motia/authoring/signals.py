"""The cancel signal of an invocation: set once, seen from tasks and threads alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from motia.authoring.outcomes import Cancelled


class Signal:
    """Set when the handler should stop: `timeout`, `cancel`, `shutdown` or `disconnect`."""

    __slots__ = ("_lock", "_reason", "_waiters")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason = ""
        self._waiters: list[Callable[[], None]] = []

    @property
    def reason(self) -> str:
        """Why the handler should stop; empty while it should not."""
        return self._reason

    def is_set(self) -> bool:
        """Whether the handler should stop."""
        return bool(self._reason)

    def raise_if_set(self) -> None:
        """Leave the handler when it should stop.

        Raises:
            Cancelled: The signal is set; the run ends as cancelled.
        """
        if self._reason:
            raise Cancelled(self._reason)

    async def wait(self) -> str:
        """Wait until the signal is set and return the reason. Cancelling the wait changes nothing."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()

        def wake() -> None:
            loop.call_soon_threadsafe(lambda: None if woken.done() else woken.set_result(None))

        self._add(wake)
        try:
            await woken
        finally:
            self._remove(wake)
        return self._reason

    def wait_blocking(self, timeout_s: float | None = None) -> bool:
        """In a plain function: wait at most `timeout_s` seconds; whether the signal is set."""
        woken = threading.Event()
        self._add(woken.set)
        try:
            return woken.wait(timeout_s)
        finally:
            self._remove(woken.set)

    def set(self, reason: str) -> None:
        """Set the signal; a second reason is ignored."""
        with self._lock:
            if self._reason:
                return
            self._reason = reason
            waiters, self._waiters = self._waiters, []
        for wake in waiters:
            wake()

    def _add(self, wake: Callable[[], None]) -> None:
        with self._lock:
            if not self._reason:
                self._waiters.append(wake)
                return
        wake()

    def _remove(self, wake: Callable[[], None]) -> None:
        with self._lock:
            if wake in self._waiters:
                self._waiters.remove(wake)
