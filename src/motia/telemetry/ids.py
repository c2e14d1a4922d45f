"""Trace and span ids in W3C's form: cheap, unguessable enough, and in order of time.

Invariants
1. A trace id is 32 hex digits: 48 bits of time (ms since the epoch), 48 random bits of this
   process, 32 bits of a counter. Ids of one process sort in the order in which they were made, also
   when the wall clock steps back.
2. A span id is 16 hex digits: 32 random bits of this process, never zero, and a counter.
"""

from __future__ import annotations

import itertools
import random

from motia.model import SpanId, TraceId
from motia.runtime import Clock

_COUNTER_MASK = 0xFFFF_FFFF


class IdSource:
    """Makes ids without a lock; the counters are atomic under the interpreter lock."""

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        """Draw this process's random bits from `chance`."""
        self._clock = clock
        self._tail = f"{chance.getrandbits(48):012x}"
        self._span_head = f"{chance.randrange(1, 1 << 32):08x}"
        self._traces = itertools.count(1)
        self._spans = itertools.count(1)
        self._last_ms = -1
        self._head = ""

    def trace(self) -> TraceId:
        """A new trace id."""
        now = self._clock.now_ms()
        if now > self._last_ms:
            self._last_ms = now
            self._head = f"{now:012x}{self._tail}"
        return TraceId(f"{self._head}{next(self._traces) & _COUNTER_MASK:08x}")

    def span(self) -> SpanId:
        """A new span id."""
        return SpanId(f"{self._span_head}{next(self._spans) & _COUNTER_MASK:08x}")
