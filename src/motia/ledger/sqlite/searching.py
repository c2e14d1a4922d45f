"""Searches that no index answers: window after window of runs, newest first, until the time is up.

Invariants
1. A search that ends early looked at every run from `stopped_at` on, and at none before it.
2. The time is looked at between windows: it is overrun by one window of `WINDOW_RUNS` runs at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apsw

from motia.runtime import Clock

WINDOW_RUNS = 5_000
SELECT_FLOOR = (  # primary key
    "SELECT id FROM runs NOT INDEXED WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1 OFFSET ?"
)
SELECT_FLOOR_OF_STEP = (  # runs_by_step alone
    "SELECT id FROM runs INDEXED BY runs_by_step WHERE step = ? AND id >= ? AND id < ?"
    " ORDER BY id DESC LIMIT 1 OFFSET ?"
)


class Search:
    """One search of at most `limit_ms`, from its first window on."""

    def __init__(self, clock: Clock, limit_ms: int) -> None:
        """Nothing has been looked at."""
        self._clock = clock
        self._limit_s = limit_ms / 1_000
        self._until_mono: float | None = None
        self.stopped_at: int | None = None
        """The number of the last run that was looked at, when the time was up before the end."""

    def windows(
        self, conn: apsw.Connection, *, low: int, before: int, step: str | None
    ) -> Iterator[tuple[int, int]]:
        """Stretches of run numbers `[low, before)`, newest first, each of `WINDOW_RUNS` runs (of `step`)."""
        if self._until_mono is None:
            self._until_mono = self._clock.mono() + self._limit_s
        while True:
            floor = self._floor(conn, low, before, step)
            if floor is None:
                yield low, before
                return
            yield floor, before
            before = floor
            if self._clock.mono() >= self._until_mono:
                # Of several searches at once only what all of them have looked at counts.
                self.stopped_at = floor if self.stopped_at is None else max(self.stopped_at, floor)
                return

    def _floor(self, conn: apsw.Connection, low: int, before: int, step: str | None) -> int | None:
        bindings: tuple[Any, ...] = (low, before, WINDOW_RUNS - 1)
        if step is None:
            row: Any = conn.execute(SELECT_FLOOR, bindings).fetchone()
        else:
            row = conn.execute(SELECT_FLOOR_OF_STEP, (step, *bindings)).fetchone()
        return None if row is None or row[0] <= low else row[0]
