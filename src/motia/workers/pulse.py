"""Signs of life of one busy worker: pings, and the word that none was answered for long."""

from __future__ import annotations

from collections.abc import Callable

from motia.protocol import Stalled
from motia.workers.flight import Flight

PING_EVERY_S = 5.0
PONG_S = 10.0


class Pulse:
    """Pings while something is in flight; a silence is told once until the next pong."""

    def __init__(self, ping: Callable[[int], None], on_stalled: Callable[[Stalled], None]) -> None:
        """Ask by `ping(token)`; `on_stalled` hears of silence."""
        self._ping = ping
        self._on_stalled = on_stalled
        self._ping_mono = -PING_EVERY_S
        self._token = 0
        self._is_open = False
        self._is_told = False

    def look(self, now_mono: float, oldest: Flight) -> None:
        """Ask when it is time to; tell when the answer is overdue, as a stall of the oldest flight."""
        if not self._is_open:
            if now_mono - self._ping_mono >= PING_EVERY_S:
                self._ping_mono = now_mono
                self._token += 1
                self._is_open = True
                self._ping(self._token)
        elif now_mono - self._ping_mono >= PONG_S and not self._is_told:
            self._is_told = True
            self._on_stalled(
                Stalled(
                    invocation=oldest.number,
                    step=oldest.invocation.step,
                    ms=int((now_mono - self._ping_mono) * 1_000),
                    stack="",
                )
            )

    def answered(self, token: int) -> None:
        """The loop turned."""
        if token == self._token:
            self._is_open = False
            self._is_told = False
