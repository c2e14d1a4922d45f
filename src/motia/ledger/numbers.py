"""Run numbers: the order of acceptance, and the instant of it, in one integer.

A number is (milliseconds since 2024-01-01T00:00Z << 22) + a counter, and rises with every run, also
when the clock is set back. So inserts append, a creation time is a range of numbers, and
`created_at` needs no column: it is the instant in the number and never goes back.
"""

from __future__ import annotations

from motia.model import RunId, RunNotFound, run_number_of

EPOCH_MS = 1_704_067_200_000
COUNTER_BITS = 22


class RunNumbers:
    """Assigns run numbers; one instance per open ledger."""

    __slots__ = ("last",)

    def __init__(self, last: int = 0) -> None:
        """Continue above `last`, the highest number given so far."""
        self.last = last

    def take(self, now_ms: int) -> int:
        """The next number; numbers taken at one instant are consecutive."""
        self.last = max(first_number_at(now_ms), self.last + 1)
        return self.last


def first_number_at(instant_ms: int) -> int:
    """The lowest number of a run created at `instant_ms` (ms since the epoch) or later."""
    return max(instant_ms - EPOCH_MS, 0) << COUNTER_BITS


def created_at_of(number: int) -> int:
    """The creation instant of a run, ms since the epoch."""
    return (number >> COUNTER_BITS) + EPOCH_MS


def number_of(run: RunId) -> int:
    """The number of a run id that came from outside; -1, which no run has, when it is not one."""
    try:
        return run_number_of(run)
    except ValueError:
        return -1


def no_such_run(run: RunId) -> RunNotFound:
    """The error for an id that no run has."""
    return RunNotFound(
        f"no run has the id {run!r}", hint="finished runs are deleted after the retention time"
    )
