"""Metrics from the stored minutes: summed up to parts of some minutes, percentiles of each part.

Invariants
1. A part is what the histograms of its minutes add up to: its percentiles are exact as the minutes' are.
2. Parts that are over are kept (`KEPT_SUMS` of a step and part at most): a screen that asks every
   second costs the minutes that are new. All are let go when the wall clock was set back (the reader
   does it): minutes that were over are counted in again.
3. What minutes were folded into is read in their place, as far as it goes: a day costs 288 rows a step.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import apsw
import msgspec

from motia.telemetry import schema
from motia.telemetry.folding import SETTLED_MS, folded_until
from motia.telemetry.rollup import (
    MINUTE_MS,
    ROLLUP_WIDTHS_MS,
    Bucket,
    percentiles_us,
    stored_bucket,
    total_of,
)
from motia.telemetry.views import MetricPoint, StepMetrics

POINTS_MAX = 360
PARTS_MIN = (1, 5, 10, 30, 60)
"""Lengths of parts, in minutes, that rows of the store add up to."""
KEPT_SUMS = 10_000
SHARES = (0.50, 0.95, 0.99)


class _Sum(msgspec.Struct):
    """A step in one part."""

    bucket: Bucket
    point: MetricPoint


Part = dict[str, _Sum]
"""By step; under an empty id the sum of all."""


def part_ms_of(window_ms: int, part_ms: int | None) -> int:
    """The length of a part: `part_ms`, or the shortest of `PARTS_MIN` that makes `POINTS_MAX` parts at most."""
    if part_ms is not None:
        return part_ms
    lengths = (minutes * MINUTE_MS for minutes in PARTS_MIN)
    return next((length for length in lengths if window_ms <= length * POINTS_MAX), PARTS_MIN[-1] * MINUTE_MS)


class Minutes:
    """The reader of minutes; called from one thread."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: OrderedDict[tuple[int, int], Part] = OrderedDict()
        self._kept_sums = 0

    def forget(self) -> None:
        """Keep nothing: the file is another one."""
        self._kept.clear()
        self._kept_sums = 0

    def metrics(
        self, db: apsw.Connection, step: str | None, *, since_at: int, until_at: int, part_ms: int, now: int
    ) -> tuple[StepMetrics, ...]:
        """The sum of all steps (or of `step`) first, then each step."""
        first = since_at - since_at % MINUTE_MS
        seconds = max((until_at - since_at) / 1_000, 1.0)
        by_step: dict[str, list[_Sum]] = {"": []} if step is None else {step: []}
        for part in self._parts(db, first, until_at, part_ms, now):
            for name, one in part.items():
                if step is None:
                    by_step.setdefault(name, []).append(one)
                elif name == step:
                    by_step[step].append(one)
        return tuple(_step_metrics(name, by_step[name], seconds) for name in sorted(by_step))

    def _parts(self, db: apsw.Connection, first: int, until_at: int, part_ms: int, now: int) -> list[Part]:
        """Parts by time; the first begins at `first`, the others at multiples of their length."""
        bounds: list[tuple[int, int]] = []
        at = first
        while at <= until_at:
            bounds.append((at, min(at - at % part_ms + part_ms, until_at + 1)))
            at = bounds[-1][1]
        # Taken now: what is kept below may push out what was kept before.
        parts = {bound: self._kept.get(bound) for bound in bounds}
        for begin, end in _stretches([bound for bound in bounds if parts[bound] is None]):
            found = _read(db, begin, end, part_ms, first)
            for bound in bounds:
                if begin <= bound[0] < end:
                    part = parts[bound] = _summed(bound[0], found.get(bound[0], {}))
                    if bound[1] + SETTLED_MS <= now:
                        self._keep(bound, part)
        return [part for part in parts.values() if part]

    def _keep(self, key: tuple[int, int], part: Part) -> None:
        self._kept[key] = part
        self._kept_sums += len(part) + 1
        while self._kept_sums > KEPT_SUMS:
            _, gone = self._kept.popitem(last=False)
            self._kept_sums -= len(gone) + 1


def _read(
    db: apsw.Connection, begin: int, end: int, part_ms: int, first: int
) -> dict[int, dict[str, Bucket]]:
    parts: dict[int, dict[str, Bucket]] = {}
    for step, at, *stored in _rows(db, begin, end, part_ms):
        part = parts.setdefault(max(at - at % part_ms, first), {})
        one = stored_bucket(*stored)
        if step in part:
            part[step].merge(one)
        else:
            part[step] = one
    return parts


def _rows(db: apsw.Connection, begin: int, end: int, part_ms: int) -> Iterator[tuple[Any, ...]]:
    """Step, time, count, errors and histogram of what makes up the time: the widest rows that fit into parts."""
    fitting = [width_ms for width_ms in ROLLUP_WIDTHS_MS if part_ms % width_ms == 0]
    wide_begin = wide_end = begin
    if fitting:
        width_ms = fitting[-1]
        wide_begin = min(begin + -begin % width_ms, end)
        wide_end = max(min(end - end % width_ms, folded_until(db, width_ms)), wide_begin)
        yield from db.execute(schema.SELECT_ROLLUPS, (width_ms, wide_begin, wide_end))
    yield from db.execute(schema.SELECT_MINUTES, (begin, wide_begin))
    yield from db.execute(schema.SELECT_MINUTES, (wide_end, end))


def _stretches(bounds: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Parts that follow each other as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in bounds:
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _summed(at: int, buckets: dict[str, Bucket]) -> Part:
    if not buckets:
        return {}
    all_of_them = {"": total_of(buckets.values()), **buckets}
    return {step: _Sum(bucket, _point(at, bucket)) for step, bucket in all_of_them.items()}


def _point(at: int, bucket: Bucket) -> MetricPoint:
    p50_us, p95_us, p99_us = percentiles_us(bucket.histogram, SHARES)
    return MetricPoint(
        minute_at=at, count=bucket.count, errors=bucket.errors, p50_us=p50_us, p95_us=p95_us, p99_us=p99_us
    )


def _step_metrics(step: str, sums: list[_Sum], seconds: float) -> StepMetrics:
    total = total_of(one.bucket for one in sums)
    p50_us, p95_us, p99_us = percentiles_us(total.histogram, SHARES)
    return StepMetrics(
        step=step,
        count=total.count,
        errors=total.errors,
        rate_per_s=round(total.count / seconds, 3),
        p50_us=p50_us,
        p95_us=p95_us,
        p99_us=p99_us,
        points=tuple(one.point for one in sums),
    )
