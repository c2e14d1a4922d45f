"""Folds minutes that are over into wider rows: a screen that shows a day must not read 1,440 rows a step.

Invariants
1. A row of a width is the sum of all minutes it spans. It is made when they are settled, oldest first: what
   begins before `folded_until` of a width is folded, or there was nothing in it.
2. A fold is one small transaction; an engine that ends in between goes on where it was.
3. A minute that is written again, because the clock was set back, takes the rows that span it with it.
"""

from __future__ import annotations

from typing import Any

import apsw

from motia.telemetry import schema
from motia.telemetry.rollup import MINUTE_MS, ROLLUP_WIDTHS_MS, Bucket, bucket_row, stored_bucket

NARROWEST_MS = ROLLUP_WIDTHS_MS[0]
SETTLED_MS = 2 * MINUTE_MS
"""After so long nothing is added to a minute any more."""


def fold(db: apsw.Connection, now_ms: int) -> bool:
    """Make the rows of the oldest span that is due, of each width; whether there was one."""
    has_folded = False
    for width_ms in ROLLUP_WIDTHS_MS:
        begin = _next_span(db, width_ms)
        if begin is None or begin + width_ms + SETTLED_MS > now_ms:
            continue
        sums: dict[str, Bucket] = {}
        for step, _, *stored in db.execute(schema.SELECT_MINUTES, (begin, begin + width_ms)):
            sums.setdefault(step, Bucket(histogram={})).merge(stored_bucket(*stored))
        rows = ((width_ms, begin, step, *bucket_row(bucket)) for step, bucket in sums.items())
        db.executemany(schema.REPLACE_ROLLUP, rows)
        has_folded = True
    return has_folded


def unfold(db: apsw.Connection, minute: int) -> None:
    """Take back the rows that span `minute` and what follows; they are folded again."""
    for width_ms in ROLLUP_WIDTHS_MS:
        db.execute(
            "DELETE FROM rollups WHERE width_ms = ? AND at >= ?", (width_ms, minute - minute % width_ms)
        )


def folded_until(db: apsw.Connection, width_ms: int) -> int:
    """Up to when (ms since the epoch) there are rows of this width; 0 when there are none."""
    row: Any = db.execute("SELECT max(at) FROM rollups WHERE width_ms = ?", (width_ms,)).fetchone()
    return 0 if row[0] is None else row[0] + width_ms


def _next_span(db: apsw.Connection, width_ms: int) -> int | None:
    """When the first span begins that has minutes and no row; None without minutes."""
    until = folded_until(db, width_ms)
    row: Any = db.execute("SELECT min(minute) FROM minutes WHERE minute >= ?", (until,)).fetchone()
    return None if row[0] is None else row[0] - row[0] % width_ms
