"""Ends of workers, as those who keep them see it."""

from __future__ import annotations

import msgspec


class Death(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker ended. `is_expected`: it was told to."""

    reason: str
    is_expected: bool
    ready_s: float
    """How long it had been ready."""


class WorkerLost(Exception):
    """The worker died before it was where it should get to; the message says why."""
