"""Token buckets: how often something may happen, and how often of late."""

from __future__ import annotations

from collections import OrderedDict

from motia.runtime import Clock


class Bucket:
    """Allows `burst` at once and one more every `refill_s` seconds."""

    def __init__(self, clock: Clock, *, burst: int, refill_s: float) -> None:
        """Begin full."""
        self._clock = clock
        self._burst = burst
        self._refill_s = refill_s
        self._left = float(burst)
        self._at_mono = clock.mono()

    @property
    def is_empty(self) -> bool:
        """Whether `take` would say no now."""
        self._refill()
        return self._left < 1

    def take(self) -> bool:
        """Take one if one is there."""
        self._refill()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _refill(self) -> None:
        now_mono = self._clock.mono()
        self._left = min(self._left + (now_mono - self._at_mono) / self._refill_s, self._burst)
        self._at_mono = now_mono


class Buckets:
    """A bucket for each name, for the `names_max` that were used last; whoever comes back starts full."""

    def __init__(self, clock: Clock, *, burst: int, refill_s: float, names_max: int) -> None:
        """No name has used anything."""
        self._clock = clock
        self._burst = burst
        self._refill_s = refill_s
        self._names_max = names_max
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def of(self, name: str) -> Bucket:
        """The bucket of `name`."""
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(self._clock, burst=self._burst, refill_s=self._refill_s)
        self._buckets.move_to_end(name)
        while len(self._buckets) > self._names_max:
            self._buckets.popitem(last=False)
        return bucket
