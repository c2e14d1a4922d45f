"""Passes an answer of the project's API on, as it comes: lines of JSON, each whole.

Invariants
1. The first line is the head, the last how the answer ended; between them are pieces of the body.
2. Whether a body is text is decided by its first piece. Text is cut between characters; pieces of
   anything else are base64 that can be put together.
3. Who reads and leaves ends the exchange at once, also while nothing comes.
"""

from __future__ import annotations

import asyncio
import base64
import codecs
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import msgspec
from starlette.responses import Response

from motia.runtime import Clock
from motia.workbench.http_client import Ended, Exchange

LINES = "application/x-ndjson"
_decoder = codecs.getincrementaldecoder("utf-8")

T = TypeVar("T")


class AnswerHead(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="head"):
    """The head; `duration_ms` since the request was sent. `trace`: the id of the trace that it made."""

    status: int
    headers: tuple[tuple[str, str], ...]
    trace: str | None
    is_stream: bool
    """Its length is not known: it may come piece by piece."""
    duration_ms: float


class AnswerPiece(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="piece"):
    """A part of the body: `text`, or `base64` of what is no text."""

    text: str | None = None
    base64: str | None = None
    duration_ms: float


class AnswerEnd(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="end"):
    """There is no more. `ended` other than `whole`: there was more of it, or may have been."""

    ended: Ended
    duration_ms: float


AnswerLine = AnswerHead | AnswerPiece | AnswerEnd


class Relay(Response):
    """The response that passes `exchange` on, and closes it however it ends."""

    media_type = LINES

    def __init__(self, exchange: Exchange, clock: Clock, started_mono: float) -> None:
        """Tell times since `started_mono`."""
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._exchange = exchange
        self._clock = clock
        self._started_mono = started_mono

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send line by line until the end, or until nobody reads."""
        try:
            await unless_gone(receive, self._pass_on(send))
        finally:
            self._exchange.close()

    async def _pass_on(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for line in self._lines():
            body = msgspec.json.encode(line) + b"\n"
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _lines(self) -> AsyncIterator[AnswerLine]:
        exchange = self._exchange
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in exchange.headers)
        yield AnswerHead(
            status=exchange.status,
            headers=headers,
            trace=next((value for name, value in headers if name.lower() == "x-trace-id"), None),
            is_stream=exchange.is_stream,
            duration_ms=self._duration_ms(),
        )
        shape: _Text | _Binary | None = None
        async for piece in exchange.pieces():
            shape = shape or _shape_of(piece)
            for part in shape.take(piece):
                yield msgspec.structs.replace(part, duration_ms=self._duration_ms())
        ended = exchange.ended or Ended.BROKEN
        for part in shape.rest(is_whole=ended is Ended.WHOLE) if shape is not None else ():
            yield msgspec.structs.replace(part, duration_ms=self._duration_ms())
        yield AnswerEnd(ended=ended, duration_ms=self._duration_ms())

    def _duration_ms(self) -> float:
        return round((self._clock.mono() - self._started_mono) * 1_000, 3)


async def unless_gone(receive: Any, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` gives; None, and `work` cancelled, once the client of a request that was read is gone."""
    doing = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({doing, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await doing if doing.done() else None
    finally:
        for task in (doing, gone):
            task.cancel()
        await asyncio.wait({doing, gone})


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Text:
    """Pieces of UTF-8; a character that is parted waits for its rest."""

    def __init__(self) -> None:
        self._decoder = _decoder("replace")

    def take(self, piece: bytes) -> list[AnswerPiece]:
        text = self._decoder.decode(piece)
        return [AnswerPiece(text=text, duration_ms=0.0)] if text else []

    def rest(self, *, is_whole: bool) -> list[AnswerPiece]:
        """A character that a cut went through is left out; one that never came is shown as such."""
        text = self._decoder.decode(b"", final=True) if is_whole else ""
        return [AnswerPiece(text=text, duration_ms=0.0)] if text else []


class _Binary:
    """Pieces of base64 of three bytes each time, so that they can be put together."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, piece: bytes) -> list[AnswerPiece]:
        piece = self._rest + piece
        size = len(piece) - len(piece) % 3
        self._rest = piece[size:]
        return [_encoded(piece[:size])] if size else []

    def rest(self, *, is_whole: bool) -> list[AnswerPiece]:
        return [_encoded(self._rest)] if self._rest else []


def _encoded(piece: bytes) -> AnswerPiece:
    return AnswerPiece(base64=base64.b64encode(piece).decode(), duration_ms=0.0)


def _shape_of(piece: bytes) -> _Text | _Binary:
    try:
        is_text = "\x00" not in _decoder("strict").decode(piece)
    except UnicodeDecodeError:
        is_text = False
    return _Text() if is_text else _Binary()
