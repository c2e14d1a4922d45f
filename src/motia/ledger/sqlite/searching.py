"""Searches that no index answers, and counts: window after window of runs, newest first, until the time is up.

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
SELECT_FLOOR_OF_KIND = (  # runs_by_kind alone
    "SELECT id FROM runs INDEXED BY runs_by_kind WHERE kind <> 'event' AND kind = ? AND id >= ? AND id < ?"
    " ORDER BY id DESC LIMIT 1 OFFSET ?"
)
SELECT_COMPLETED = (  # primary key
    "SELECT count(*), min(id), sum(state = 'completed') FROM"
    " (SELECT id, state FROM runs NOT INDEXED WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?)"
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
        self,
        conn: apsw.Connection,
        *,
        low: int,
        before: int,
        step: str | None,
        kind: str | None = None,
    ) -> Iterator[tuple[int, int]]:
        """Stretches of run numbers `[low, before)`, newest first, each of `WINDOW_RUNS` runs.

        They are runs of `step`, or of `kind` (never `event`), where one is given.
        """
        self._begin()
        while True:
            floor = self._floor(conn, low, before, step, kind)
            if floor is None:
                yield low, before
                return
            yield floor, before
            before = floor
            if self._is_over(floor):
                return

    def count_completed(self, conn: apsw.Connection, *, low: int, before: int, most: int) -> int:
        """Completed runs of the numbers `[low, before)`, about `most` at most, the newest first."""
        self._begin()
        count = 0
        while True:
            row: Any = conn.execute(SELECT_COMPLETED, (low, before, WINDOW_RUNS)).fetchone()
            seen, before, completed = row
            count += completed or 0
            if seen < WINDOW_RUNS or count >= most or self._is_over(before):
                return count

    def _begin(self) -> None:
        if self._until_mono is None:
            self._until_mono = self._clock.mono() + self._limit_s

    def _is_over(self, floor: int) -> bool:
        """Whether the time is up; then nothing below `floor` has been looked at."""
        assert self._until_mono is not None
        if self._clock.mono() < self._until_mono:
            return False
        # Of several searches at once only what all of them have looked at counts.
        self.stopped_at = floor if self.stopped_at is None else max(self.stopped_at, floor)
        return True

    def _floor(
        self, conn: apsw.Connection, low: int, before: int, step: str | None, kind: str | None
    ) -> int | None:
        bindings: tuple[Any, ...] = (low, before, WINDOW_RUNS - 1)
        if step is not None:
            row: Any = conn.execute(SELECT_FLOOR_OF_STEP, (step, *bindings)).fetchone()
        elif kind is not None:
            row = conn.execute(SELECT_FLOOR_OF_KIND, (kind, *bindings)).fetchone()
        else:
            row = conn.execute(SELECT_FLOOR, bindings).fetchone()
        return None if row is None or row[0] <= low else row[0]
