"""Answers that come piece by piece, and readers that leave."""

import asyncio
import base64
import json

import msgspec
import pytest

from motia.workbench import ControlApi
from motia.workbench.relay import _Binary, _shape_of, _Text, unless_gone

LIMIT_S = 10
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-trace-id: abc\r\n\r\n"


class Api:
    """Answers with a head and then with what it is told to; knows when its client is gone."""

    def __init__(self):
        self.to_send = asyncio.Queue()
        self.asked = asyncio.Event()
        self.left = asyncio.Event()
        self.port = 0

    async def __call__(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        self.asked.set()
        sending = asyncio.ensure_future(self._send(writer))
        await reader.read()
        self.left.set()
        sending.cancel()
        writer.close()

    async def _send(self, writer):
        while piece := await self.to_send.get():
            writer.write(piece)
        writer.close()


@pytest.fixture
async def api():
    made = Api()
    server = await asyncio.start_server(made, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


class Reader:
    """A client in the shape of ASGI that reads line by line and may leave."""

    def __init__(self, world, api):
        body = json.dumps({"method": "GET", "path": "/"}).encode()
        self._coming = asyncio.Queue()
        self._coming.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self.got = asyncio.Queue()
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/requests",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        addresses = {"api": f"http://127.0.0.1:{api.port}"}
        app = ControlApi(msgspec.structs.replace(world.deps, addresses=lambda: addresses))
        self.serving = asyncio.ensure_future(app(scope, self._coming.get, self.got.put))

    async def message(self):
        async with asyncio.timeout(LIMIT_S):
            return await self.got.get()

    async def line(self):
        return json.loads((await self.message())["body"])

    async def leave(self):
        await self._coming.put({"type": "http.disconnect"})
        async with asyncio.timeout(LIMIT_S):
            await self.serving


@pytest.fixture
def reader(world, api):
    return Reader(world, api)


async def test_head_and_each_piece_are_shown_when_they_come(reader, api):
    await api.to_send.put(HEAD)
    assert (await reader.message())["status"] == 200
    head = await reader.line()
    await api.to_send.put(b"data: 1\n\n")
    first = await reader.line()
    await api.to_send.put(b"data: 2\n\n")
    second = await reader.line()
    await api.to_send.put(b"")
    end = await reader.line()

    assert (head["kind"], head["status"], head["trace"], head["is_stream"]) == ("head", 200, "abc", True)
    assert (first["text"], second["text"]) == ("data: 1\n\n", "data: 2\n\n")
    assert head["duration_ms"] <= first["duration_ms"] <= second["duration_ms"]
    assert end["ended"] == "whole"
    assert (await reader.message())["more_body"] is False


async def test_who_leaves_a_silent_stream_takes_the_request_along(reader, api):
    await api.to_send.put(HEAD)
    await reader.message()

    await reader.leave()

    async with asyncio.timeout(LIMIT_S):
        await api.left.wait()


async def test_who_leaves_before_the_head_takes_the_request_along(reader, api):
    async with asyncio.timeout(LIMIT_S):
        await api.asked.wait()

    await reader.leave()

    async with asyncio.timeout(LIMIT_S):
        await api.left.wait()


async def test_an_answer_that_breaks_off_says_so(reader, api):
    await api.to_send.put(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi")
    await api.to_send.put(b"")
    await reader.message()

    lines = [await reader.line() for _ in range(3)]

    assert (lines[1]["text"], lines[2]["ended"]) == ("hi", "broken")


def taken(shape, *pieces, is_whole=True):
    parts = [part for piece in pieces for part in shape.take(piece)] + shape.rest(is_whole=is_whole)
    return [part.text if part.text is not None else part.base64 for part in parts]


def test_a_character_that_is_parted_waits_for_its_rest():
    euro = "€".encode()

    assert taken(_Text(), b"a" + euro[:1], euro[1:]) == ["a", "€"]
    assert taken(_Text(), b"a" + euro[:1], is_whole=False) == ["a"]
    assert taken(_Text(), b"a" + euro[:1]) == ["a", "\ufffd"]


def test_pieces_of_base64_can_be_put_together():
    content = bytes(range(256))

    pieces = taken(_Binary(), content[:1], content[1:100], content[100:])

    assert base64.b64decode("".join(pieces)) == content


@pytest.mark.parametrize(
    ("piece", "shape"),
    [(b"a", _Text), ("€".encode()[:2], _Text), (b"\xff", _Binary), (b"a\x00", _Binary)],
)
def test_the_first_piece_decides_what_a_body_is(piece, shape):
    assert type(_shape_of(piece)) is shape


async def test_work_that_fails_fails_for_who_waits():
    async def fails():
        raise ValueError("no")

    async def forever():
        await asyncio.Event().wait()

    with pytest.raises(ValueError, match="no"):
        await unless_gone(forever, fails())
