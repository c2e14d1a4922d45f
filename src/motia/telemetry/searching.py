"""Lists over tables whose row ids are times: read downwards, window after window, until the time is up.

Invariants
1. A page that ends early looked at every row from its cursor on, and at none below it.
2. The time is looked at between windows of `WINDOW_ROWS`: it is overrun by one window at most.
3. Each statement names the index it leans on, or reads a stretch of the table by its ids.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import apsw

from motia.runtime import Clock
from motia.telemetry import schema

WINDOW_ROWS = 5_000
SEARCH_S = 0.1
ID_MAX = (1 << 63) - 1


class Page(NamedTuple):
    """Rows, newest first. `searched_from_at`: the time was up, what was written before has not been looked at."""

    rows: list[tuple[Any, ...]]
    cursor: str | None
    searched_from_at: int | None


class Way(NamedTuple):
    """How rows are reached: an index (none: the table), the terms that it answers, and their values."""

    index: str = ""
    terms: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()


class Clauses:
    """The WHERE clause of one list; see the head of this file."""

    def __init__(self, before_id: int | None) -> None:
        """Rows below `before_id`, the cursor of the page before; all when it is None."""
        self._parts: list[str] = []
        self._values: list[Any] = []
        self._top = ID_MAX if before_id is None else before_id
        self._from_id = 0

    def add(self, part: str, *values: Any) -> None:
        """Rows of which `part` holds."""
        self._parts.append(part)
        self._values.extend(values)

    def equal(self, column: str, value: Any) -> None:
        """Rows with this value, unless it is None."""
        if value is not None:
            self.add(f"{column} = ?", value)

    def since(self, at: int | None, *, slack_ms: int) -> None:
        """Rows of `at` or later; they were written at most `slack_ms` before that."""
        if at is not None:
            self.add("at >= ?", at)
            self._from_id = max(at - slack_ms, 0) << schema.ROW_ID_SHIFT

    def until(self, at: int | None, *, slack_ms: int) -> None:
        """Rows of `at` or earlier; they were written at most `slack_ms` after that."""
        if at is not None:
            self.add("at <= ?", at)
            self._top = min(self._top, (at + slack_ms) << schema.ROW_ID_SHIFT)

    def page(
        self, db: apsw.Connection, table: str, columns: str, limit: int, *, way: Way, clock: Clock
    ) -> Page:
        """Up to `limit` rows by `way`, and where to go on."""
        until_mono = clock.mono() + SEARCH_S
        rows: list[tuple[Any, ...]] = []
        top = self._top
        while True:
            # Without a filter every row fits: the limit alone bounds what is read.
            floor = self._floor(db, table, way, top) if self._parts else None
            rows += self._window(db, table, columns, way, floor or self._from_id, top, limit + 1 - len(rows))
            if len(rows) > limit:
                return Page(rows[:limit], str(rows[limit - 1][0]), None)
            if floor is None:
                return Page(rows, None, None)
            if clock.mono() >= until_mono:
                return Page(rows, str(floor), floor >> schema.ROW_ID_SHIFT)
            top = floor

    def _window(
        self, db: apsw.Connection, table: str, columns: str, way: Way, low: int, top: int, limit: int
    ) -> list[tuple[Any, ...]]:
        where = " AND ".join([*way.terms, "id < ?", "id >= ?", *self._parts])
        sql = f"SELECT {columns} FROM {table} {_indexed(way)} WHERE {where} ORDER BY id DESC LIMIT ?"
        return db.execute(sql, (*way.values, top, low, *self._values, limit)).fetchall()

    def _floor(self, db: apsw.Connection, table: str, way: Way, top: int) -> int | None:
        """The id of the last row of the next window; None when the window reaches the end."""
        where = " AND ".join([*way.terms, "id < ?", "id >= ?"])
        row: Any = db.execute(
            f"SELECT id FROM {table} {_indexed(way)} WHERE {where} ORDER BY id DESC LIMIT 1 OFFSET ?",
            (*way.values, top, self._from_id, WINDOW_ROWS - 1),
        ).fetchone()
        return row[0] if row and row[0] > self._from_id else None


def _indexed(way: Way) -> str:
    return f"INDEXED BY {way.index}" if way.index else "NOT INDEXED"
