"""W3C trace context: `traceparent` in, `traceresponse` out."""

from __future__ import annotations

import re
from typing import Final

from motia.model import SpanId, TraceId

_TRACEPARENT: Final = re.compile(rb"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?\Z")
_NO_TRACE: Final = b"0" * 32
_NO_SPAN: Final = b"0" * 16


def parse_traceparent(value: bytes) -> tuple[TraceId, SpanId] | None:
    """Trace and parent span of a `traceparent` header; None when it is not one, as the W3C asks."""
    found = _TRACEPARENT.match(value.strip())
    if found is None or found[1] == _NO_TRACE or found[2] == _NO_SPAN:
        return None
    return TraceId(found[1].decode()), SpanId(found[2].decode())


def trace_lines(trace: TraceId, span: SpanId) -> bytes:
    """Header lines that tell the client its trace."""
    return f"x-trace-id: {trace}\r\ntraceresponse: 00-{trace}-{span}-01\r\n".encode()
