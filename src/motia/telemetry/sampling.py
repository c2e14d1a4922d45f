"""Which successful api requests are stored: the first ones of each step and second.

Failed, slow and triggering ones never ask here. The rest of the counts are in the rollups, which
see every request.
"""

from __future__ import annotations

SLOW_US = 1_000_000
SAMPLES_FOR_P99 = 100


class Sampler:
    """Admits at most `per_s` plain requests per step and second; remembers what is slow for a step."""

    def __init__(self, per_s: int) -> None:
        """Store up to `per_s` a second; 0 stores none."""
        self._per_s = per_s
        self._second = -1
        self._stored: dict[str, int] = {}
        self._stored_slow: dict[str, int] = {}
        self._slow_us: dict[str, int] = {}

    def admits(self, step: str, total_us: int, now_ms: int) -> bool:
        """Whether this successful request is stored.

        Over a second: always. Slower than 99 of 100 of the step's last minute: from a budget of
        their own, because when everything slows down all of them are.
        """
        if total_us > SLOW_US:
            return True
        second = now_ms // 1_000
        if second != self._second:
            self._second = second
            self._stored.clear()
            self._stored_slow.clear()
        is_slow = total_us > self._slow_us.get(step, SLOW_US)
        spent = self._stored_slow if is_slow else self._stored
        stored = spent.get(step, 0)
        if stored >= self._per_s:
            return False
        spent[step] = stored + 1
        return True

    def learn(self, step: str, p99_us: int, samples: int) -> None:
        """Take the p99 of a finished minute as the bound of slowness, if enough was seen."""
        if samples >= SAMPLES_FOR_P99:
            self._slow_us[step] = p99_us
        else:
            self._slow_us.pop(step, None)
