"""What a handler raises to say how its run goes on: values that cross the protocol alike in all languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any


class Outcome(Exception):
    """Root of the outcomes; catching it catches all of them."""


class HttpError(Outcome):
    """Answer a request with `status` and an error body of `message` and `details`.

    In an event or cron handler it is an error like any other and is retried by policy.
    """

    def __init__(
        self,
        status: int,
        message: str = "",
        details: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what is answered.

        Args:
            status: HTTP status, 400 to 599.
            message: What went wrong, for the client.
            details: Any JSON value for the client.
            headers: Further headers of the answer.

        Raises:
            ValueError: `status` is not an error status.
        """
        if not 400 <= status <= 599:
            raise ValueError(
                f"HttpError takes a status from 400 to 599, not {status}: use response() for others"
            )
        super().__init__(message or f"HTTP {status}")
        self.status = status
        self.message = message or f"HTTP {status}"
        self.details = details
        self.headers = dict(headers or {})


class Fatal(Outcome):
    """The run must not be tried again: it is dead at once."""


class RetryAfter(Outcome):
    """Try the run again after `seconds`, instead of the delay that its backoff says. It costs a retry."""

    def __init__(self, seconds: float | timedelta, message: str = "") -> None:
        """Say when.

        Args:
            seconds: Delay in seconds, or a timedelta; not negative.
            message: Why, for people.

        Raises:
            ValueError: The delay is negative or not a number.
        """
        delay_s = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        if not 0 <= delay_s <= 10 * 366 * 86_400:
            raise ValueError(f"RetryAfter takes a delay from 0 seconds to ten years, not {seconds!r}")
        super().__init__(message or f"try again in {delay_s:g} s")
        self.retry_after_ms = round(delay_s * 1_000)


class Cancelled(Outcome):
    """`ctx.signal` was set and `raise_if_set` noticed it; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"cancelled: {reason}")
        self.reason = reason
