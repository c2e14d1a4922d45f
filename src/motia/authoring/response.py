"""What an api handler answers, and how it becomes status, headers and bytes.

Header values that could smuggle a second header (CR, LF, NUL) are refused; `content-length` and
`transfer-encoding` belong to the engine and are dropped.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from motia.authoring.encoding import encode_json
from motia.model import CallerError

Pairs = tuple[tuple[str, str], ...]
HeaderValues = Mapping[str, str | int | Iterable[str]] | Iterable[tuple[str, str]]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE = re.compile(r"[^\x00\r\n]*")
_ENGINE_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive", "upgrade"})
SSE_HEADERS: Pairs = (
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-cache"),
    ("x-accel-buffering", "no"),
)


class Response:
    """An answer: built by `response()`. `stream` is set when the body comes in pieces."""

    __slots__ = ("body", "headers", "is_sse", "status")

    def __init__(self, *, body: Any, status: int, headers: Pairs, is_sse: bool = False) -> None:
        self.body = body
        self.status = status
        self.headers = headers
        self.is_sse = is_sse

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def with_header(self, name: str, value: str) -> Response:
        """The same answer with one header more; for middleware."""
        return Response(
            body=self.body,
            status=self.status,
            headers=(*self.headers, *_pairs_of({name: value})),
            is_sse=self.is_sse,
        )


def response(body: Any = None, *, status: int = 200, headers: HeaderValues | None = None) -> Response:
    """An answer of an api handler.

    Args:
        body: Any JSON value; text and bytes are sent as they are; an iterator or async iterator of
            text or bytes is streamed piece by piece; None: no body.
        status: HTTP status, 200 to 599.
        headers: By name; a list of values repeats the header (`set-cookie`). Without `content-type`
            it follows from the body.

    Raises:
        CallerError: The status or a header cannot be sent.
    """
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise CallerError(f"a response has a status from 200 to 599, not {status!r}")
    return Response(body=body, status=status, headers=_pairs_of(headers or {}))


class ServerSentEvent:
    """One event of a server-sent stream with its fields; built by `sse()`."""

    __slots__ = ("data", "event", "id", "retry_ms")

    def __init__(self, data: Any, *, event: str, id: str, retry_ms: int | None) -> None:
        self.data = data
        self.event = event
        self.id = id
        self.retry_ms = retry_ms


def sse(data: Any = None, *, event: str = "", id: str = "", retry_ms: int | None = None) -> ServerSentEvent:
    """An item for a generator handler that names its event type, id or reconnection delay (ms)."""
    for text in (event, id):
        if any(char in text for char in "\r\n\0"):
            raise CallerError(f"event and id of a server-sent event are one line of text, not {text!r}")
    return ServerSentEvent(data, event=event, id=id, retry_ms=retry_ms)


def is_stream(value: object) -> bool:
    """Whether `value` is an iterator to send piece by piece."""
    return (
        isinstance(value, AsyncIterator | Iterator) or inspect.isasyncgen(value) or inspect.isgenerator(value)
    )


def response_of(value: Any) -> Response:
    """The answer that a handler's return value stands for."""
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(body=None, status=204, headers=())
    if is_stream(value):
        return Response(body=value, status=200, headers=SSE_HEADERS, is_sse=True)
    return Response(body=value, status=200, headers=())


def encode_body(answer: Response, *, what: str) -> tuple[Pairs, bytes]:
    """Headers (with content-type) and bytes of an answer that is not streamed.

    Raises:
        ValueNotJson: The body is neither text nor bytes nor JSON.
    """
    body = answer.body
    if body is None:
        return answer.headers, b""
    if isinstance(body, str):
        content, media = body.encode("utf-8", "replace"), "text/plain; charset=utf-8"
    elif isinstance(body, bytes | bytearray | memoryview):
        content, media = bytes(body), "application/octet-stream"
    else:
        content, media = encode_json(body, what=what), "application/json"
    if answer.headers and answer.header("content-type") is not None:
        return answer.headers, content
    return (("content-type", media), *answer.headers), content


def encode_piece(item: Any, *, is_sse: bool, what: str) -> bytes:
    """The bytes of one item of a stream.

    Raises:
        ValueNotJson: A server-sent item is not JSON.
        CallerError: A plain stream yielded neither text nor bytes.
    """
    if is_sse:
        return _encode_sse(item, what)
    if isinstance(item, str):
        return item.encode("utf-8", "replace")
    if isinstance(item, bytes | bytearray | memoryview):
        return bytes(item)
    raise CallerError(f"{what} yielded a {type(item).__name__}: a streamed body consists of text or bytes")


def _encode_sse(item: Any, what: str) -> bytes:
    head = b""
    if isinstance(item, ServerSentEvent):
        if item.event:
            head += b"event: " + item.event.encode() + b"\n"
        if item.id:
            head += b"id: " + item.id.encode() + b"\n"
        if item.retry_ms is not None:
            head += b"retry: %d\n" % item.retry_ms
        item = item.data
    if isinstance(item, bytes | bytearray | memoryview):
        item = bytes(item).decode("utf-8", "replace")
    if isinstance(item, str):
        lines = re.split(r"\r\n|\r|\n", item)
        return head + b"".join(b"data: " + line.encode("utf-8", "replace") + b"\n" for line in lines) + b"\n"
    return head + b"data: " + encode_json(item, what=what) + b"\n\n"


def _pairs_of(headers: HeaderValues) -> Pairs:
    pairs: list[tuple[str, str]] = []
    items: Iterable[tuple[Any, Any]] = headers.items() if isinstance(headers, Mapping) else headers
    for name, value in items:
        values = [value] if isinstance(value, str | int | float) else list(value)
        pairs.extend((_name_of(name), _value_of(name, str(one))) for one in values)
    return tuple(pair for pair in pairs if pair[0] not in _ENGINE_HEADERS)


def _name_of(name: str) -> str:
    lowered = str(name).lower()
    if _NAME.fullmatch(lowered) is None:
        raise CallerError(f"{name!r} is no name of a header")
    return lowered


def _value_of(name: str, value: str) -> str:
    if _VALUE.fullmatch(value) is None:
        raise CallerError(f"the header {name!r} has a line break or NUL in its value")
    return value
