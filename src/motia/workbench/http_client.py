"""One HTTP request over a connection of its own, and its answer, piece by piece, up to a bound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum

import httptools

CONNECT_LIMIT_S = 5.0
PIECE_BYTES = 64 * 1024
HEAD_BYTES_MAX = 64 * 1024


class Ended(StrEnum):
    """How the body of an answer ended for us."""

    WHOLE = "whole"
    TOO_LARGE = "too-large"
    TOO_LONG = "too-long"
    BROKEN = "broken"


class Exchange:
    """An answer whose head is there, and whose body is read as it comes. Whoever has it closes it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: _Heard, *, limit_s: float
    ) -> None:
        """Made by `ask`."""
        self._reader = reader
        self._writer = writer
        self._heard = heard
        self._limit_s = limit_s
        self.ended: Ended | None = None
        """None until `pieces` is at its end."""

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self._heard.status

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Its headers, in order."""
        return self._heard.headers

    @property
    def is_stream(self) -> bool:
        """Whether it announced no length."""
        return self._heard.is_stream

    async def pieces(self) -> AsyncIterator[bytes]:
        """What comes of the body, when it comes; at most the bytes and seconds that `ask` was given."""
        heard = self._heard
        until_mono = asyncio.get_running_loop().time() + self._limit_s
        try:
            while True:
                if piece := heard.take():
                    yield piece
                if heard.is_done or heard.is_over:
                    break
                # Around this wait alone: whoever takes the pieces has its own time.
                async with asyncio.timeout_at(until_mono):
                    await _read(self._reader, heard)
            self.ended = Ended.TOO_LARGE if heard.is_over else Ended.WHOLE
        except TimeoutError:
            self.ended = Ended.TOO_LONG
        except (OSError, ValueError):
            self.ended = Ended.BROKEN

    def close(self) -> None:
        """Leave: the other end sees its client go. Safe twice."""
        self._writer.transport.abort()


async def ask(
    host: str,
    port: int,
    request: bytes,
    *,
    is_head: bool,
    bytes_max: int,
    limit_s: float,
    stream_s: float,
) -> Exchange:
    """Send `request` (`connection: close`) and wait for the head of its answer.

    An answer that announces no length is a stream: it may go on for `stream_s` seconds.

    Args:
        host: Where to connect.
        port: Where to connect.
        request: The whole message.
        is_head: The answer to HEAD has no body, whatever its headers say.
        bytes_max: Most bytes of the body.
        limit_s: Most seconds until the head, and then for a body of a known length.
        stream_s: Most seconds for a stream, from its head on.

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
            while not heard.has_head:
                await _read(reader, heard)
    except BaseException:
        writer.transport.abort()
        raise
    return Exchange(reader, writer, heard, limit_s=stream_s if heard.is_stream else limit_s)


async def _read(reader: asyncio.StreamReader, heard: _Heard) -> None:
    """Wait for what comes next."""
    piece = await reader.read(PIECE_BYTES)
    if piece:
        heard.feed(piece)
        return
    if not heard.has_head:
        raise ConnectionError("the connection ended before an answer came")
    heard.at_end_of_file()
    if not heard.is_done:
        raise ConnectionError("the connection ended within the answer")


class _Heard:
    """Callbacks of the parser, and what they gathered."""

    def __init__(self, bytes_max: int, *, is_head: bool) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._body_bytes = 0
        self.has_head = False
        self.is_done = False
        self.is_stream = True
        self._bytes_max = bytes_max
        self._head_bytes = 0
        self._is_head = is_head
        self._parser = httptools.HttpResponseParser(self)

    @property
    def is_over(self) -> bool:
        """Whether the body is longer than the bound."""
        return self._body_bytes > self._bytes_max

    def take(self) -> bytes:
        """What came of the body since the last time."""
        piece = bytes(self._body)
        self._body.clear()
        return piece

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
        room = max(self._bytes_max - self._body_bytes, 0)
        self._body += piece[:room]
        self._body_bytes += len(piece)

    def on_message_complete(self) -> None:
        """Called at the end of the answer."""
        self.is_done = self.is_done or self.has_head
