from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from motia.testing.http import Answer, send

Address = tuple[str, int]


@asynccontextmanager
async def serving(*pieces: bytes) -> AsyncIterator[Address]:
    """A server that answers whatever it is sent with `pieces`, and closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[:2]


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"
HEAD = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"


async def test_an_answer_is_read_whole_in_any_pieces() -> None:
    async with serving(
        b"HTTP/1.1 201 Cre", b"ated\r\nX-A: B\r\nContent-Length: 4\r\n", b"\r\nab", b"cd"
    ) as address:
        answer = await send(address, HEAD, b"")

    assert (answer.status, answer.text, answer.headers["x-a"]) == (201, "abcd", "B")


async def test_chunks_are_joined() -> None:
    async with serving(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", b"1\r\nd\r\n0\r\n\r\n"
    ) as at:
        assert (await send(at, HEAD, b"")).body == b"abcd"


async def test_an_answer_to_head_has_no_body() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n") as address:
        answer = await send(address, HEAD, b"", is_head=True)

    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("pieces", [(), (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc",)])
async def test_an_answer_that_breaks_off_is_an_error(pieces: tuple[bytes, ...]) -> None:
    async with serving(*pieces) as address:
        with pytest.raises(ConnectionError, match="before the answer was whole"):
            await send(address, HEAD, b"")


def test_events_are_decoded_where_they_are_json() -> None:
    text = b': hello\n\ndata: {"a":1}\n\nevent: x\ndata: two\ndata: lines\n\ndata:3\n\n'

    assert Answer(status=200, headers={}, body=text).events() == [{"a": 1}, "two\nlines", 3]
