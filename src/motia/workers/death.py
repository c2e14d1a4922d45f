"""Ends of workers, as those who keep them see it."""

from __future__ import annotations

import signal

import msgspec

_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT})


class Death(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker ended. `is_expected`: it was told to."""

    reason: str
    is_expected: bool
    ready_s: float
    """How long it had been ready."""


class LastFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker was loading when it ended by itself, was ended from outside, or was overdue."""

    file: str
    reason: str
    """How it ended."""
    output: str
    """The last that it wrote to standard error."""
    is_overdue: bool
    """It was ended because it took too long."""
    is_from_outside: bool
    """Ended by a signal that others send too, such as the kernel for want of memory."""


def may_be_from_outside(exit_code: int | None) -> bool:
    """Whether a process that ended so may have been ended by somebody else, such as the kernel or a person."""
    return exit_code in _OUTSIDE


class WorkerLost(Exception):
    """The worker died before it was where it should get to; the message says why."""

    def __init__(self, message: str, *, last_file: LastFile | None = None) -> None:
        """`last_file` None: it said of no file that it loads it, or it was ended by us for another reason."""
        super().__init__(message)
        self.last_file = last_file
