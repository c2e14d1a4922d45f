"""One client connection: bytes in, exchanges out, answers back in order.

Parsing is httptools (llhttp, strict). Everything that a client can do to a server by being slow, large
or ambiguous is refused here, before any step hears of it.

Invariants
1. Answers leave in the order of their requests; the next request starts when the one before is answered.
2. A connection holds at most one body over one read plus `body_bytes`, and a head of at most
   `URL_BYTES_MAX` + `HEAD_BYTES_MAX` plus one read.
3. A request whose framing is ambiguous is answered 400 and nothing after it on the connection is read.
4. A connection always has a deadline: for the head, the body, the answer, the client's reading, or idleness.

Phases: from -> to -> by
| IDLE | HEAD | first byte of a request |
| HEAD | BODY | end of the headers |
| BODY | IDLE | end of the message; it is served at once or waits for its turn |
| any | LINGER | a fault, or `connection: close`, was answered: the rest is read and dropped |
"""

from __future__ import annotations

import asyncio
from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, cast

import httptools

from motia.edge.exchange import NEVER, Exchange
from motia.edge.faults import HttpFault
from motia.edge.responses import CONTINUE

if TYPE_CHECKING:
    from motia.edge.listener import Listener

HEAD_BYTES_MAX: Final = 16 * 1024
HEADERS_MAX: Final = 100
URL_BYTES_MAX: Final = 8 * 1024
PIPELINED_MAX: Final = 16
LINGER_S: Final = 1.0
BODY_RATE_MIN: Final = 240
"""Bytes a second that a body must keep after `BODY_RATE_GRACE_S`."""
BODY_RATE_GRACE_S: Final = 5.0


class Phase(IntEnum):
    """What the connection waits for."""

    IDLE = 0
    HEAD = 1
    BODY = 2
    LINGER = 3


# Looking a member up on its enum costs more than what is done with it here.
IDLE, HEAD, BODY, LINGER = Phase.IDLE, Phase.HEAD, Phase.BODY, Phase.LINGER


class _Refused(Exception):
    """Leaves the parser's callbacks; `fault` is the answer."""

    def __init__(self, fault: HttpFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def _refuse(status: int, code: str, message: str) -> _Refused:
    return _Refused(HttpFault(status, code, message=message, closes=True))


class Connection(asyncio.Protocol):
    """See the head of this file."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._clock = listener.clock
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._parser: Any = httptools.HttpRequestParser(self)
        self._phase = IDLE
        self._deadline_mono = NEVER
        self._now_mono = 0.0
        self._pending: deque[Exchange] = deque()
        self._active: Exchange | None = None
        self._is_pumping = False
        self._is_deaf = False
        self._is_reading = True
        self._paused_mono: float | None = None
        self._resumed: asyncio.Future[None] | None = None
        self._held_bytes = 0
        self.client = ""
        self._begin()

    def _begin(self) -> None:
        self._exchange = Exchange(self)
        self._url = b""
        self._head_bytes = 0
        self._head_fed = 0
        self._chunks: list[bytes] = []
        self._body_bytes = 0
        self._body_mono = 0.0
        self._is_trailer = False

    # transport callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self.client = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        now_mono = self._clock.mono()
        self._deadline_mono = now_mono + self._listener.limits.header_timeout_s
        if not self._listener.admit(self):
            self._now_mono = now_mono
            self._fail(
                HttpFault(503, "overloaded", message="too many connections", headers=b"retry-after: 1\r\n")
            )

    def data_received(self, data: bytes) -> None:
        """Parse what came and serve what is complete."""
        if self._is_deaf:
            return
        self._now_mono = self._clock.mono()
        if self._phase is HEAD:
            self._head_fed += len(data)
        try:
            self._parser.feed_data(data)
            if self._phase is HEAD and self._head_fed > HEAD_BYTES_MAX + URL_BYTES_MAX:
                raise _refuse(
                    431, "headers-too-large", f"a request's headers take at most {HEAD_BYTES_MAX} bytes"
                )
        except httptools.HttpParserUpgrade:
            # Nothing here upgrades: the request is answered as plain HTTP/1.1 and the connection ends.
            self._is_deaf = True
        except (httptools.HttpParserError, _Refused) as error:
            self._refuse(error)
        if self._pending:
            self._pump()

    def eof_received(self) -> bool | None:
        """The client sends no more: taken as its leaving."""
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the exchange being served that nobody waits for it."""
        self._listener.forget(self)
        self._let_go(self._held_bytes)
        self._is_deaf = True
        self._pending.clear()
        active, self._active = self._active, None
        if self._resumed is not None and not self._resumed.done():
            self._resumed.set_result(None)
        if active is not None:
            active.is_gone = True
            if active.on_disconnect is not None:
                active.on_disconnect()
            active.release()

    def pause_writing(self) -> None:
        """The client reads more slowly than it is written to."""
        self._paused_mono = self._clock.mono()
        self._resumed = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._paused_mono = None
        if self._resumed is not None and not self._resumed.done():
            self._resumed.set_result(None)
        self._resumed = None
        self._pump()

    # parser callbacks

    def on_message_begin(self) -> None:
        """First byte of a request."""
        self._phase = HEAD
        self._deadline_mono = self._now_mono + self._listener.limits.header_timeout_s

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self._url = self._url + url if self._url else url
        if len(self._url) > URL_BYTES_MAX:
            raise _refuse(414, "url-too-long", f"a URL takes at most {URL_BYTES_MAX} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer after a chunked body (dropped)."""
        self._head_bytes += len(name) + len(value) + 4
        headers = self._exchange.headers
        if self._head_bytes > HEAD_BYTES_MAX or len(headers) >= HEADERS_MAX:
            raise _refuse(
                431,
                "headers-too-large",
                f"a request has at most {HEADERS_MAX} headers of {HEAD_BYTES_MAX} bytes together",
            )
        if not self._is_trailer:
            headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Refuse what can be refused before the body is read."""
        self._is_trailer = True
        self._phase = BODY
        exchange = self._exchange
        parser = self._parser
        exchange.method = parser.get_method().decode("ascii")
        exchange.is_head = exchange.method == "HEAD"
        version = parser.get_http_version()
        exchange.is_http10 = version == "1.0"
        exchange.keeps_alive = parser.should_keep_alive() and not parser.should_upgrade()
        exchange.index = index = dict(exchange.headers)
        if version not in ("1.1", "1.0"):
            raise _refuse(505, "http-version", f"this server speaks HTTP/1.1 and HTTP/1.0, not {version}")
        if len(index) != len(exchange.headers):
            self._check_repeated()
        self._read_target(exchange)
        if b"content-length" in index or b"transfer-encoding" in index:
            self._check_body(exchange)
        if b"expect" in index:
            self._answer_expect(exchange)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self._listener.limits.body_bytes:
            raise self._too_large()
        self._held_bytes += len(body)
        if not self._listener.hold(len(body)):
            raise _refuse(503, "overloaded", "too many request bodies are in memory")
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        """The request is whole: it waits for its turn."""
        exchange = self._exchange
        chunks = self._chunks
        if chunks:
            exchange.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._pending.append(exchange)
        self._phase = IDLE
        self._deadline_mono = NEVER
        if not exchange.keeps_alive:
            self._is_deaf = True
        elif len(self._pending) >= PIPELINED_MAX and self._is_reading:
            self._is_reading = False
            self._transport.pause_reading()
        self._begin()

    # what is refused

    def _check_repeated(self) -> None:
        names = [name for name, _ in self._exchange.headers]
        for name in (b"host", b"content-length", b"transfer-encoding", b"content-type", b"expect"):
            if names.count(name) > 1:
                raise _refuse(
                    400, "bad-request", f"a request has one {name.decode()} header, this one has more"
                )

    def _read_target(self, exchange: Exchange) -> None:
        url = self._url
        if not url.startswith(b"/"):
            url = self._absolute_target(exchange, url)
        elif not exchange.is_http10 and b"host" not in exchange.index:
            raise _refuse(400, "bad-request", "an HTTP/1.1 request needs a Host header")
        target = url.decode("latin-1")
        if not target.isascii():
            raise _refuse(400, "bad-request", "the request target holds bytes that must be percent-encoded")
        exchange.target = target
        path, _, query = target.partition("?")
        exchange.path = path
        exchange.query = query.partition("#")[0]

    def _absolute_target(self, exchange: Exchange, url: bytes) -> bytes:
        if url == b"*" and exchange.method == "OPTIONS":
            return b"*"
        scheme, separator, rest = url.partition(b"://")
        if not separator or scheme.lower() not in (b"http", b"https"):
            raise _refuse(400, "bad-request", "the request target is neither a path nor an http URL")
        end = min((rest.find(mark) for mark in (b"/", b"?") if mark in rest), default=len(rest))
        host, path = rest[:end], rest[end:]
        if not host or b"@" in host:
            raise _refuse(400, "bad-request", "the request target's authority is not a host")
        # RFC 9112, 3.2.2: the target's host counts, the Host header is ignored.
        exchange.index[b"host"] = host
        return path if path.startswith(b"/") else b"/" + path

    def _check_body(self, exchange: Exchange) -> None:
        index = exchange.index
        encoding = index.get(b"transfer-encoding")
        if encoding is not None:
            if b"content-length" in index or exchange.is_http10:
                raise _refuse(400, "bad-request", "the length of the body is ambiguous")
            if encoding.strip().lower() != b"chunked":
                raise _refuse(501, "transfer-encoding", "the only transfer encoding here is chunked")
        elif int(index[b"content-length"]) > self._listener.limits.body_bytes:
            raise self._too_large()
        self._body_mono = self._now_mono
        self._deadline_mono = self._now_mono + self._listener.limits.request_timeout_s

    def _answer_expect(self, exchange: Exchange) -> None:
        if exchange.index[b"expect"].lower() != b"100-continue":
            raise _refuse(417, "expectation-failed", "the only expectation met here is 100-continue")
        has_body = (
            b"transfer-encoding" in exchange.index or exchange.index.get(b"content-length", b"0") != b"0"
        )
        if has_body and not exchange.is_http10 and self._active is None and not self._pending:
            self._transport.write(CONTINUE)

    def _too_large(self) -> _Refused:
        limit = self._listener.limits.body_bytes
        return _refuse(413, "body-too-large", f"a request body takes at most {limit} bytes")

    def _refuse(self, error: Exception) -> None:
        if self._is_deaf:
            return  # bytes after a request that closes the connection
        cause = error if isinstance(error, _Refused) else error.__context__
        if isinstance(cause, _Refused):
            self._fail(cause.fault)
        elif isinstance(error, httptools.HttpParserCallbackError) and cause is not None:
            self._listener.on_internal_error(cause)
            self._fail(HttpFault(500, "internal-error", message="internal error", closes=True))
        else:
            self._fail(
                HttpFault(400, "bad-request", message=f"this is not an HTTP request: {error}", closes=True)
            )

    def _fail(self, fault: HttpFault) -> None:
        """Answer the request being read with `fault` when its turn comes; read no further."""
        self._is_deaf = True
        self._deadline_mono = NEVER
        exchange = self._exchange
        exchange.fault = fault
        exchange.keeps_alive = False
        self._let_go(sum(map(len, self._chunks)))
        self._chunks.clear()
        self._pending.append(exchange)
        self._pump()

    # serving

    def _let_go(self, count: int) -> None:
        """Bytes of bodies are no longer in memory on our account."""
        count = min(count, self._held_bytes)
        self._held_bytes -= count
        self._listener.held_bytes -= count

    def _pump(self) -> None:
        """Serve what waits, one after the other, as long as each is answered at once."""
        if self._is_pumping:
            return
        self._is_pumping = True
        try:
            while self._pending and self._active is None and self._paused_mono is None:
                exchange = self._pending.popleft()
                self._active = exchange
                self._listener.serve(exchange, self._now_mono)
        finally:
            self._is_pumping = False
        if not self._is_reading and len(self._pending) < PIPELINED_MAX and not self._is_deaf:
            self._is_reading = True
            self._restart_deadline()
            self._transport.resume_reading()

    def _restart_deadline(self) -> None:
        """The time in which we did not read is not the client's slowness."""
        now_mono = self._clock.mono()
        if self._phase is HEAD:
            self._deadline_mono = now_mono + self._listener.limits.header_timeout_s
        elif self._phase is BODY:
            self._body_mono = now_mono
            self._deadline_mono = now_mono + self._listener.limits.request_timeout_s

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport; nothing happens when the client has left."""
        if not self._transport.is_closing():
            self._transport.write(data)

    async def drained(self) -> None:
        """Return when the client has read enough of what was written, or has left."""
        if self._resumed is not None:
            await asyncio.shield(self._resumed)

    def date_line(self) -> bytes:
        """The `date` header line of now."""
        return self._listener.date_line()

    def finish(self, exchange: Exchange) -> None:
        """`exchange` is answered: go on with the next, wait for one, or close."""
        if self._active is not exchange:
            return
        self._active = None
        exchange.release()
        if exchange.body:
            self._let_go(len(exchange.body))
        self._listener.on_answered(self)
        if not exchange.keeps_alive or self._listener.is_draining:
            self._close(lingers=exchange.fault is not None)
            return
        if self._phase is IDLE and not self._pending:
            self._deadline_mono = self._clock.mono() + self._listener.limits.keep_alive_s
        if not self._is_pumping:
            self._pump()

    def _close(self, *, lingers: bool) -> None:
        self._is_deaf = True
        self._pending.clear()
        if not lingers or self._transport.is_closing() or not self._transport.can_write_eof():
            self._transport.close()
            return
        # A close with unread bytes resets the connection, and the client may lose the answer: say
        # that we are done and read on for a moment.
        self._phase = LINGER
        self._deadline_mono = self._clock.mono() + LINGER_S
        self._transport.write_eof()

    def abort(self) -> None:
        """Cut the connection without sending what is still buffered."""
        self._transport.abort()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being read or served."""
        return self._active is None and not self._pending and self._phase is IDLE

    @property
    def active(self) -> Exchange | None:
        """The exchange being served."""
        return self._active

    def close_when_done(self) -> None:
        """The engine drains: close now when idle, else after the answer that is under way."""
        if self.is_idle:
            self._transport.close()
        elif self._active is not None:
            if not self._active.is_answered:
                self._active.keeps_alive = False
            if self._active.on_drain is not None:
                self._active.on_drain()

    def check(self, now_mono: float) -> None:
        """Enforce the deadlines; called a few times a second."""
        if self._paused_mono is not None:
            if now_mono - self._paused_mono > self._listener.limits.request_timeout_s:
                self.abort()
            return
        active = self._active
        if active is not None and now_mono > active.deadline_mono and active.on_timeout is not None:
            on_timeout, active.on_timeout = active.on_timeout, None
            on_timeout()
        elif not self._is_reading:
            return
        elif now_mono > self._deadline_mono:
            self._expire(now_mono)
        elif self._phase is BODY and self._body_mono and not self._is_deaf:
            elapsed_s = now_mono - self._body_mono
            if elapsed_s > BODY_RATE_GRACE_S and self._body_bytes < elapsed_s * BODY_RATE_MIN:
                self._expire(now_mono)

    def _expire(self, now_mono: float) -> None:
        self._now_mono = now_mono
        if self._phase is HEAD:
            self._fail(
                HttpFault(
                    408, "request-timeout", message="the headers were not complete in time", closes=True
                )
            )
        elif self._phase is BODY:
            self._fail(
                HttpFault(
                    408,
                    "request-timeout",
                    message=f"the body came too slowly: at least {BODY_RATE_MIN} bytes a second are asked",
                    closes=True,
                )
            )
        else:
            self._transport.close()
