"""What a response looks like on the wire: status lines, header lines, the date, the error shape.

Invariants
1. No header line is built from a step's words without `header_line`, which refuses CR, LF and NUL: a
   response cannot be split.
2. Every error answer has the one JSON shape `{"error": {"code", "message", "traceId", …}}`.
"""

from __future__ import annotations

import re
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final

import msgspec

JSON_LINE: Final = b"content-type: application/json\r\n"
NO_STORE_LINE: Final = b"cache-control: no-store\r\n"
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
HEADER_LINES_CACHED: Final = 1_024
CACHED_VALUE_CHARS_MAX: Final = 128

BODILESS: Final = frozenset({204, 304})
"""Statuses whose responses have no body by definition."""

OWN_HEADERS: Final = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers about the connection or the framing: the edge writes them itself, a step's are left out."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_encode = msgspec.json.Encoder().encode


class UnsafeHeader(Exception):
    """A header that a step set cannot be sent; the message names it."""


def _status_lines() -> dict[int, bytes]:
    phrases = {status.value: status.phrase for status in HTTPStatus}
    return {
        status: f"HTTP/1.1 {status} {phrases.get(status, 'Status')}\r\n".encode()
        for status in range(200, 600)
    }


STATUS_LINES: Final = _status_lines()


class DateLine:
    """The `date` header line, formatted at most once a second."""

    def __init__(self) -> None:
        self._second = -1
        self._line = b""

    def at(self, now_ms: int) -> bytes:
        """The line for this instant."""
        second = now_ms // 1_000
        if second != self._second:
            self._second = second
            self._line = f"date: {formatdate(second, usegmt=True)}\r\n".encode()
        return self._line


_lines: dict[tuple[str, str], bytes] = {}


def header_line(header: tuple[str, str]) -> bytes:
    """`name: value` with its line end; empty for the headers that the edge writes itself.

    Raises:
        UnsafeHeader: The name is not a token, or the value holds CR, LF, NUL or another control.
    """
    line = _lines.get(header)
    if line is not None:
        return line
    name, value = header
    if _NAME.match(name) is None:
        raise UnsafeHeader(f"the response header name {name[:100]!r} is not an HTTP token")
    if _FORBIDDEN.search(value) is not None:
        raise UnsafeHeader(
            f"the value of the response header {name!r} holds a line break or a control character"
        )
    # What latin-1 cannot hold goes out as UTF-8, as browsers send it themselves.
    encoded = (
        value.strip(" \t").encode("latin-1")
        if value.isascii()
        else value.strip(" \t").encode("utf-8", "replace")
    )
    line = b"" if name.lower() in OWN_HEADERS else name.lower().encode() + b": " + encoded + b"\r\n"
    if len(_lines) < HEADER_LINES_CACHED and len(value) <= CACHED_VALUE_CHARS_MAX:
        _lines[header] = line
    return line


def header_lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    """All lines of `headers`, in order; raises `UnsafeHeader` as `header_line` does."""
    if len(headers) == 1:
        return header_line(headers[0])
    return b"".join([header_line(header) for header in headers])


def error_body(*, code: str, message: str, trace: str, details: Any = None, hint: str = "") -> bytes:
    """The one JSON shape of an error."""
    error: dict[str, Any] = {"code": code, "message": message, "traceId": trace}
    if details is not None:
        error["details"] = details
    if hint:
        error["hint"] = hint
    return _encode({"error": error})
