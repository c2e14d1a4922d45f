import asyncio
import base64
import json

import pytest

from motia.workbench.request_routes import ANSWER_BYTES_MAX


class Api:
    """Stands for the edge: remembers what it was sent, and answers with `answer`."""

    def __init__(self):
        self.asked = b""
        self.answer = b"HTTP/1.1 200 OK\r\nx-trace-id: abc\r\ncontent-length: 2\r\n\r\nhi"
        self.port = 0

    async def __call__(self, reader, writer):
        self.asked = await reader.readuntil(b"\r\n\r\n")
        length = dict(
            line.split(b": ", 1) for line in self.asked.strip().split(b"\r\n")[1:] if b": " in line
        ).get(b"content-length", b"0")
        self.asked += await reader.readexactly(int(length))
        writer.write(self.answer)
        writer.close()


@pytest.fixture
async def api():
    made = Api()
    server = await asyncio.start_server(made, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
async def tester(world, api):
    async with world.client(addresses=lambda: {"api": f"http://127.0.0.1:{api.port}"}) as client:
        yield client


async def send(client, **given):
    return await client.post("/v1/requests", json={"method": "GET", "path": "/", **given})


async def shown(client, **given):
    """Head, body and end of an answer."""
    answer = await send(client, **given)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    head, *pieces, end = map(json.loads, answer.text.splitlines())
    assert (head.pop("kind"), end.pop("kind")) == ("head", "end")
    assert head["duration_ms"] <= end["duration_ms"]
    assert all(piece["kind"] == "piece" for piece in pieces)
    return head, "".join(piece["text"] or piece["base64"] for piece in pieces), end


async def test_a_request_goes_to_our_own_api_as_it_was_written(tester, api):
    head, body, end = await shown(
        tester, method="POST", path="/users?a=1", headers=[["X-A", "1"], ["x-a", "2"]], body='{"é": 1}'
    )

    assert (
        api.asked
        == (
            f"POST /users?a=1 HTTP/1.1\r\nhost: 127.0.0.1:{api.port}\r\nconnection: close\r\n"
            'X-A: 1\r\nx-a: 2\r\ncontent-length: 9\r\n\r\n{"é": 1}'
        ).encode()
    )
    assert (head["status"], body, head["trace"], end["ended"]) == (200, "hi", "abc", "whole")
    assert ["content-length", "2"] in head["headers"]
    assert head["is_stream"] is False


@pytest.mark.parametrize(
    "path", ["http://evil/", "//evil\\", "evil", "", "/a b", "/a\r\nx: y", "/é", "/" + "a" * 9_000]
)
async def test_a_path_is_a_path(tester, api, path):
    answer = await send(tester, path=path)

    if path.startswith("//evil"):
        assert api.asked.startswith(b"GET //evil")  # a path like any other: the address is ours
    else:
        assert answer.status_code == 400
        assert api.asked == b""


@pytest.mark.parametrize(
    "name", ["Host", "content-length", "TRANSFER-ENCODING", "connection", "upgrade", "te"]
)
async def test_what_frames_a_message_is_not_the_caller_s(tester, api, name):
    answer = await send(tester, headers=[[name, "1"]])

    assert answer.status_code == 400
    assert api.asked == b""


@pytest.mark.parametrize(
    "header", [["a b", "1"], ["", "1"], ["a", "1\r\nhost: evil"], ["a", "1\x00"], ["a", "é"]]
)
async def test_a_header_cannot_smuggle(tester, api, header):
    assert (await send(tester, headers=[header])).status_code == 400
    assert api.asked == b""


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "get", "GET / HTTP/1.1\r\n", ""])
async def test_a_method_is_one_of_the_known(tester, method):
    assert (await send(tester, method=method)).status_code == 400


async def test_a_body_and_headers_are_bounded(tester, api):
    assert (await send(tester, method="POST", body="x" * (1024 * 1024 + 1))).status_code == 413
    assert (await send(tester, headers=[["a", "1"]] * 91)).status_code == 400
    assert (await send(tester, headers=[["a", "x" * 15_000]])).status_code == 400
    assert api.asked == b""


async def test_bytes_that_are_no_text_come_as_base64(tester, api):
    api.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\xff\x00\x01\x02"

    assert (await shown(tester))[1] == base64.b64encode(b"\xff\x00\x01\x02").decode()


async def test_a_long_answer_is_cut_between_characters(tester, api):
    content = ("x" + "é" * ANSWER_BYTES_MAX).encode()
    api.answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(content), content)

    _, body, end = await shown(tester)

    assert (end["ended"], body) == ("too-large", "x" + "é" * ((ANSWER_BYTES_MAX - 1) // 2))


async def test_markup_in_an_answer_stays_text_in_json(tester, api):
    api.answer = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 8\r\n\r\n<script>"

    assert (await shown(tester))[1] == "<script>"


async def test_an_api_that_does_not_answer_is_502(world):
    async with world.client(addresses=lambda: {"api": "http://127.0.0.1:1"}) as client:
        answer = await send(client)

    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "no-answer")


async def test_without_an_engine_it_says_so(world):
    async with world.client(addresses=dict) as client:
        assert (await send(client)).json()["error"]["code"] == "not-running"
