"""Per-step, per-minute counts and latency histograms, exact whatever is sampled.

A latency falls into bucket floor(8 * log2(us + 1)): eight buckets an octave, so that a percentile is
at most 9 % too high. Buckets add up: over steps, over minutes, over restarts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

MINUTE_MS = 60_000
ROLLUP_WIDTHS_MS = (5 * MINUTE_MS, 60 * MINUTE_MS)
"""What minutes are folded into: each a multiple of the one before."""
BUCKETS_PER_OCTAVE = 8


class Bucket(msgspec.Struct):
    """Counts of one step in one minute (or a sum of such)."""

    count: int = 0
    errors: int = 0
    histogram: dict[int, int] = {}

    def add(self, latency_us: int, is_error: bool) -> None:
        """Count one request or attempt."""
        self.count += 1
        self.errors += is_error
        index = bucket_of(latency_us)
        self.histogram[index] = self.histogram.get(index, 0) + 1

    def merge(self, other: Bucket) -> None:
        """Add the counts of `other`."""
        self.count += other.count
        self.errors += other.errors
        for index, n in other.histogram.items():
            self.histogram[index] = self.histogram.get(index, 0) + n


def stored_bucket(count: int, errors: int, histogram: str) -> Bucket:
    """A bucket as its row has it."""
    counts = msgspec.json.decode(histogram, type=dict[int, int], strict=False)
    return Bucket(count=count, errors=errors, histogram=counts)


def bucket_row(bucket: Bucket) -> tuple[int, int, str]:
    """The columns that `stored_bucket` reads."""
    return bucket.count, bucket.errors, msgspec.json.encode(bucket.histogram).decode()


def bucket_of(latency_us: int) -> int:
    """The bucket of a latency; a negative one counts as 0."""
    return int(BUCKETS_PER_OCTAVE * math.log2(latency_us + 1)) if latency_us > 0 else 0


def upper_us(index: int) -> int:
    """The largest latency of a bucket, microseconds."""
    return int(2 ** ((index + 1) / BUCKETS_PER_OCTAVE)) - 1


def percentile_us(histogram: Mapping[int, int], share: float) -> int:
    """The latency that `share` (0 to 1) of the samples do not exceed; 0 without samples."""
    return percentiles_us(histogram, (share,))[0]


def percentiles_us(histogram: Mapping[int, int], shares: Sequence[float]) -> list[int]:
    """`percentile_us` of each of `shares`, which rise, in one look at the histogram."""
    total = sum(histogram.values())
    found: list[int] = []
    wanted = [math.ceil(total * share) for share in shares]
    seen = 0
    for index in sorted(histogram):
        seen += histogram[index]
        while len(found) < len(wanted) and seen >= wanted[len(found)]:
            found.append(upper_us(index))
    return found + [0] * (len(wanted) - len(found))


def total_of(buckets: Iterable[Bucket]) -> Bucket:
    """The sum of `buckets`."""
    total = Bucket()
    for bucket in buckets:
        total.merge(bucket)
    return total
