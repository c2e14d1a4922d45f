"""One request and its answer on a connection.

Invariants
1. An exchange is answered at most once; what comes after the first answer is dropped.
2. An answer is one `bytes` object in one write, unless it is a stream.
3. After `is_gone` nothing is written: the client has left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from motia.edge.responses import BODILESS, JSON_LINE, NO_STORE_LINE, STATUS_LINES, error_body
from motia.model import SpanId, TraceId

if TYPE_CHECKING:
    from motia.edge.connection import Connection
    from motia.edge.faults import HttpFault

NEVER = float("inf")


class Exchange:
    """A request as it arrived, and how it is answered."""

    # Defaults live on the class: a request sets few of them, and this is made for each.

    method = ""
    target = ""
    path = ""
    """As received, not decoded."""
    query = ""
    body = b""
    is_http10 = False
    is_head = False
    keeps_alive = False
    fault: HttpFault | None = None
    """The request cannot be served: answer with this, in turn."""
    trace = TraceId("")
    span = SpanId("")
    parent: SpanId | None = None
    started_at = 0
    started_mono = 0.0
    status = 0
    is_answered = False
    is_gone = False
    is_chunked = False
    extra_lines = b""
    """Header lines that go out with whatever the answer is (CORS, trace)."""
    deadline_mono = NEVER
    on_timeout: Callable[[], None] | None = None
    """Called once when `deadline_mono` has passed and nothing was answered."""
    on_disconnect: Callable[[], None] | None = None
    on_drain: Callable[[], None] | None = None
    """Called when the engine drains while this is a stream that may end at once."""
    on_shutdown: Callable[[], None] | None = None
    """Called when the grace of a drain is over and this is not finished."""
    index: dict[bytes, bytes] = {}
    """Last value by name."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.headers: list[tuple[bytes, bytes]] = []
        """Names in lower case, in order of arrival."""

    def release(self) -> None:
        """Forget who served it: the callbacks refer back, and a cycle a request is work for the collector."""
        self.on_timeout = self.on_disconnect = self.on_drain = self.on_shutdown = None

    def send(self, status: int, lines: bytes, body: bytes = b"") -> None:
        """Answer whole. `lines` are further header lines, each with its line end."""
        if self.is_answered:
            return
        self.is_answered = True
        self.status = status
        if self.is_gone:
            return
        if status in BODILESS:
            tail = b"\r\n"
        elif self.is_head:
            tail = b"content-length: %d\r\n\r\n" % len(body)
        else:
            tail = b"content-length: %d\r\n\r\n%b" % (len(body), body)
        connection = self.connection
        connection.write(
            b"".join(
                (
                    STATUS_LINES[status],
                    connection.date_line(),
                    lines,
                    self.extra_lines,
                    self._connection_line(),
                    tail,
                )
            )
        )
        connection.finish(self)

    def send_error(
        self,
        status: int,
        *,
        code: str,
        message: str,
        details: Any = None,
        hint: str = "",
        lines: bytes = b"",
    ) -> None:
        """Answer with the error shape."""
        body = error_body(code=code, message=message, trace=self.trace, details=details, hint=hint)
        self.send(status, JSON_LINE + NO_STORE_LINE + lines, body)

    def send_fault(self, fault: HttpFault) -> None:
        """Answer with a refusal."""
        if fault.closes:
            self.keeps_alive = False
        self.send_error(
            fault.http_status,
            code=fault.http_code,
            message=fault.message,
            details=fault.details,
            hint=fault.hint,
            lines=fault.headers,
        )

    def begin_stream(self, status: int, lines: bytes) -> bool:
        """Send the head of a streamed answer; False when there is nobody or nothing to stream to.

        HTTP/1.1 gets chunks; to HTTP/1.0 the end of the connection is the end of the body.
        """
        if self.is_answered:
            return False
        self.is_answered = True
        self.status = status
        if self.is_gone:
            return False
        has_body = status not in BODILESS and not self.is_head
        if has_body and self.is_http10:
            self.keeps_alive = False
        self.is_chunked = has_body and not self.is_http10
        framing = b"transfer-encoding: chunked\r\n" if self.is_chunked else b""
        connection = self.connection
        connection.write(
            b"".join(
                (
                    STATUS_LINES[status],
                    connection.date_line(),
                    lines,
                    self.extra_lines,
                    self._connection_line(),
                    framing,
                    b"\r\n",
                )
            )
        )
        if not has_body:
            connection.finish(self)
        return has_body

    def send_piece(self, piece: bytes) -> None:
        """Send a piece of a stream at once; an empty one sends nothing."""
        if piece and not self.is_gone:
            self.connection.write(b"%x\r\n%b\r\n" % (len(piece), piece) if self.is_chunked else piece)

    def end_stream(self, *, broken: bool = False) -> None:
        """End a streamed answer. A `broken` one cuts the connection, so that the client can tell."""
        if self.is_gone:
            return
        if broken:
            self.connection.abort()
            return
        if self.is_chunked:
            self.connection.write(b"0\r\n\r\n")
        self.connection.finish(self)

    def _connection_line(self) -> bytes:
        if not self.keeps_alive:
            return b"connection: close\r\n"
        return b"connection: keep-alive\r\n" if self.is_http10 else b""
