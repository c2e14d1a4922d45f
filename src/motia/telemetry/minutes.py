"""Metrics from the stored minutes: summed up to parts of some minutes, percentiles of each part.

Invariants
1. A part is what the histograms of its minutes add up to: its percentiles are exact as the minutes' are.
2. Parts that are over are kept (`KEPT_BUCKETS` of a step and part at most): a screen that asks every
   second costs the minutes that are new.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import apsw
import msgspec

from motia.telemetry.rollup import MINUTE_MS, Bucket, percentiles_us, total_of
from motia.telemetry.views import MetricPoint, StepMetrics

POINTS_MAX = 360
KEPT_BUCKETS = 5_000
SETTLED_MS = 2 * MINUTE_MS
"""After so long nothing is added to a minute any more."""
SELECT_MINUTES = (  # primary key
    "SELECT step, minute, count, errors, histogram FROM minutes WHERE minute >= ? AND minute < ?"
)
SHARES = (0.50, 0.95, 0.99)

Part = dict[str, Bucket]


def part_ms_of(window_ms: int, part_ms: int | None) -> int:
    """The length of a part: `part_ms`, or as many minutes as make `POINTS_MAX` parts at most."""
    if part_ms is not None:
        return part_ms
    minutes = -(-window_ms // MINUTE_MS)
    return max(-(-minutes // POINTS_MAX), 1) * MINUTE_MS


class Minutes:
    """The reader of minutes; called from one thread."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: OrderedDict[tuple[int, int], Part] = OrderedDict()
        self._kept_buckets = 0

    def forget(self) -> None:
        """Keep nothing: the file is another one."""
        self._kept.clear()
        self._kept_buckets = 0

    def metrics(
        self, db: apsw.Connection, step: str | None, *, since_at: int, until_at: int, part_ms: int, now: int
    ) -> tuple[StepMetrics, ...]:
        """The sum of all steps (or of `step`) first, then each step."""
        first = since_at - since_at % MINUTE_MS
        seconds = max((until_at - since_at) / 1_000, 1.0)
        by_step: dict[str, dict[int, Bucket]] = {}
        sums: dict[int, Bucket] = {}
        for at, part in self._parts(db, first, until_at, part_ms, now):
            for name, bucket in part.items():
                if step is None:
                    by_step.setdefault(name, {})[at] = bucket
                    sums.setdefault(at, Bucket(histogram={})).merge(bucket)
                elif name == step:
                    sums[at] = bucket
        if step is not None:
            return (_step_metrics(step, sums, seconds),)
        parts = (_step_metrics(name, by_step[name], seconds) for name in sorted(by_step))
        return (_step_metrics("", sums, seconds), *parts)

    def _parts(
        self, db: apsw.Connection, first: int, until_at: int, part_ms: int, now: int
    ) -> Iterator[tuple[int, Part]]:
        """Parts by time; the first begins at `first`, the others at multiples of their length."""
        bounds: list[tuple[int, int]] = []
        at = first
        while at <= until_at:
            bounds.append((at, min(at - at % part_ms + part_ms, until_at + 1)))
            at = bounds[-1][1]
        # Taken now: what is kept below may push out what was kept before.
        parts = {bound: self._kept.get(bound) for bound in bounds}
        for begin, end in _stretches([bound for bound in bounds if parts[bound] is None]):
            found = self._read(db, begin, end, part_ms, first)
            for bound in bounds:
                if begin <= bound[0] < end:
                    parts[bound] = found.get(bound[0], {})
                    if bound[1] + SETTLED_MS <= now:
                        self._keep(bound, found.get(bound[0], {}))
        return ((begin, part) for (begin, _), part in parts.items() if part)

    def _read(self, db: apsw.Connection, begin: int, end: int, part_ms: int, first: int) -> dict[int, Part]:
        parts: dict[int, Part] = {}
        for step, minute, count, errors, histogram in db.execute(SELECT_MINUTES, (begin, end)):
            counts = msgspec.json.decode(histogram, type=dict[int, int], strict=False)
            part = parts.setdefault(max(minute - minute % part_ms, first), {})
            one = Bucket(count=count, errors=errors, histogram=counts)
            if step in part:
                part[step].merge(one)
            else:
                part[step] = one
        return parts

    def _keep(self, key: tuple[int, int], part: Part) -> None:
        self._kept[key] = part
        self._kept_buckets += len(part) + 1
        while self._kept_buckets > KEPT_BUCKETS:
            _, gone = self._kept.popitem(last=False)
            self._kept_buckets -= len(gone) + 1


def _stretches(bounds: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Parts that follow each other as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in bounds:
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _step_metrics(step: str, parts: dict[int, Bucket], seconds: float) -> StepMetrics:
    total = total_of(parts.values())
    p50_us, p95_us, p99_us = percentiles_us(total.histogram, SHARES)
    return StepMetrics(
        step=step,
        count=total.count,
        errors=total.errors,
        rate_per_s=round(total.count / seconds, 3),
        p50_us=p50_us,
        p95_us=p95_us,
        p99_us=p99_us,
        points=tuple(_point(at, bucket) for at, bucket in sorted(parts.items())),
    )


def _point(at: int, bucket: Bucket) -> MetricPoint:
    p50_us, p95_us, p99_us = percentiles_us(bucket.histogram, SHARES)
    return MetricPoint(
        minute_at=at, count=bucket.count, errors=bucket.errors, p50_us=p50_us, p95_us=p95_us, p99_us=p99_us
    )
