"""One HTTP request over a connection of its own, and its answer up to a bound."""

from __future__ import annotations

import asyncio

import httptools
import msgspec

CONNECT_LIMIT_S = 5.0
PIECE_BYTES = 64 * 1024
HEAD_BYTES_MAX = 64 * 1024


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. `is_cut`: the body went on."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    is_cut: bool


async def ask(
    host: str,
    port: int,
    request: bytes,
    *,
    is_head: bool,
    bytes_max: int,
    limit_s: float,
    stream_s: float,
) -> Answer:
    """Send `request` (`connection: close`) and read its answer.

    An answer that announces no length is a stream: it is read for `stream_s` seconds from its head on.

    Args:
        host: Where to connect.
        port: Where to connect.
        request: The whole message.
        is_head: The answer to HEAD has no body, whatever its headers say.
        bytes_max: Most bytes of the body.
        limit_s: Most seconds until the end of an answer, or until its head when it is a stream.
        stream_s: Seconds that a stream is read for.

    Raises:
        OSError: No connection, or it broke before the head was complete.
        TimeoutError: No head within `limit_s`.
        ValueError: What came is not HTTP.
    """
    async with asyncio.timeout(CONNECT_LIMIT_S):
        reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(request)
        heard = _Heard(bytes_max, is_head=is_head)
        async with asyncio.timeout(limit_s):
            await _read(reader, heard, until_head=True)
        is_ended = heard.is_done
        try:
            async with asyncio.timeout(stream_s if heard.is_stream else limit_s):
                await _read(reader, heard, until_head=False)
                is_ended = True
        except (TimeoutError, OSError):
            is_ended = False
    finally:
        writer.transport.abort()
    return Answer(
        status=heard.status,
        headers=tuple(heard.headers),
        body=bytes(heard.body[:bytes_max]),
        is_cut=not (is_ended and heard.is_done) or len(heard.body) > bytes_max,
    )


async def _read(reader: asyncio.StreamReader, heard: _Heard, *, until_head: bool) -> None:
    while not (heard.is_done or heard.is_full or (until_head and heard.has_head)):
        piece = await reader.read(PIECE_BYTES)
        if not piece:
            if not heard.has_head:
                raise ConnectionError("the connection ended before an answer came")
            heard.at_end_of_file()
            return
        heard.feed(piece)


class _Heard:
    """Callbacks of the parser, and what they gathered."""

    def __init__(self, bytes_max: int, *, is_head: bool) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.has_head = False
        self.is_done = False
        self.is_stream = True
        self._bytes_max = bytes_max
        self._head_bytes = 0
        self._is_head = is_head
        self._parser = httptools.HttpResponseParser(self)

    @property
    def is_full(self) -> bool:
        """Whether more of the body would only be thrown away."""
        return len(self.body) > self._bytes_max

    def feed(self, piece: bytes) -> None:
        """Take what came.

        Raises:
            ValueError: It is not HTTP.
        """
        self._head_bytes += 0 if self.has_head else len(piece)
        if self._head_bytes > HEAD_BYTES_MAX + PIECE_BYTES:
            raise ValueError("the head of the answer has no end")
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserError as error:
            if not self.is_done:
                raise ValueError(f"the answer is not HTTP: {error}") from error

    def at_end_of_file(self) -> None:
        """A body without a length ends with its connection; another one is cut."""
        names = {name.lower() for name, _ in self.headers}
        self.is_done = self.is_done or not names & {b"content-length", b"transfer-encoding"}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called for each header."""
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Called at the end of the head."""
        self.status = self._parser.get_status_code()
        if self.status < 200:  # an interim answer: the real one follows
            self.headers.clear()
            return
        self.has_head = True
        self.is_stream = not any(name.lower() == b"content-length" for name, _ in self.headers)
        self.is_done = self._is_head

    def on_body(self, piece: bytes) -> None:
        """Called for each piece of the body."""
        if not self.is_full:
            self.body += piece

    def on_message_complete(self) -> None:
        """Called at the end of the answer."""
        self.is_done = self.is_done or self.has_head
