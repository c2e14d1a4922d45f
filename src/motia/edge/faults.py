"""Errors that the edge answers with itself: each knows its status, code and what the caller can do."""

from __future__ import annotations

from typing import Any

from motia.model import MotiaError


class HttpFault(MotiaError):
    """A request that the edge refuses; `status`, `code`, `message`, `details` and `hint` are the answer.

    `headers` are further header lines, ready to send. With `closes` the connection ends after the
    answer, because what follows on it cannot be trusted or is not wanted.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        message: str,
        hint: str = "",
        details: Any = None,
        headers: bytes = b"",
        closes: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, details=details)
        self.http_status = status
        self.http_code = code
        self.headers = headers
        self.closes = closes
