"""Requests that no well-meaning client sends, over raw sockets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

WAIT_S = 5.0
HOST = b"Host: localhost\r\n"
GET = b"GET /echo HTTP/1.1\r\n" + HOST


@pytest.fixture
async def echo(app: Any) -> Any:
    return with_echo(app)


def with_echo(app: Any) -> Any:
    async def handler(invocation: Any) -> Any:
        return app.answer({"body": invocation.body.decode("latin-1"), "path": invocation.request.path})

    for method in ("GET", "POST"):
        app.step(method, "/echo", handler)
        app.step(method, "/echo/:word", handler)
    return app


def status_of(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def bodies_of(response: bytes) -> list[Any]:
    """The JSON bodies of all responses in `response`."""
    bodies = []
    while response:
        head, _, rest = response.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        bodies.append(json.loads(rest[:length]))
        response = rest[length:]
    return bodies


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(b"hello\r\n\r\n", 400, id="no request at all"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, id="a TLS hello"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, id="an HTTP/2 preface"),
        pytest.param(
            b"GET /echo HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, id="two Hosts"
        ),
        pytest.param(b"GET /echo HTTP/1.1\r\n\r\n", 400, id="no Host"),
        pytest.param(b"GET /echo HTTP/0.9\r\n\r\n", 505, id="HTTP/0.9"),
        pytest.param(b"GET /echo HTTP/2.0\r\n" + HOST + b"\r\n", 505, id="HTTP/2.0"),
        pytest.param(b"GET echo HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="a target that is no path"),
        pytest.param(b"GET ftp://localhost/echo HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="a foreign scheme"),
        pytest.param(
            b"GET http://a@localhost/echo HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="userinfo in the target"
        ),
        pytest.param(b"CONNECT localhost:1 HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="CONNECT"),
        pytest.param(b"BREW /echo HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="an unknown method"),
        pytest.param(GET + b"X: a\x00b\r\n\r\n", 400, id="NUL in a header"),
        pytest.param(GET + b"X : a\r\n\r\n", 400, id="a space before the colon"),
        pytest.param(GET + b"X: a\r\n b\r\n\r\n", 400, id="a folded header"),
        pytest.param(GET + b": a\r\n\r\n", 400, id="a header without a name"),
        pytest.param(b"GET /echo HTTP/1.1\nHost: localhost\n\n", 400, id="bare line feeds"),
        pytest.param(b"GET /echo\x00 HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="NUL in the target"),
        pytest.param(b"GET /echo/\xff HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="raw bytes in the target"),
        pytest.param(GET + b"X: " + b"a" * 17_000 + b"\r\n\r\n", 431, id="a huge header"),
        pytest.param(GET + b"X: a\r\n" * 101 + b"\r\n", 431, id="too many headers"),
        pytest.param(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, id="a long URL"),
        pytest.param(GET + b"Expect: the-moon\r\n\r\n", 417, id="an unknown expectation"),
        pytest.param(GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, id="two lengths"),
        pytest.param(
            GET + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, id="the same length twice"
        ),
        pytest.param(GET + b"Content-Length: -1\r\n\r\n", 400, id="a negative length"),
        pytest.param(GET + b"Content-Length: +1\r\n\r\na", 400, id="a signed length"),
        pytest.param(GET + b"Content-Length: 1, 1\r\n\r\na", 400, id="a list of lengths"),
        pytest.param(GET + b"Content-Length: 99999999999999999999\r\n\r\n", 400, id="an endless length"),
        pytest.param(GET + b"Content-Length: 99999999999\r\n\r\n", 413, id="a length over the bound"),
        pytest.param(
            GET + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            id="smuggling CL.TE",
        ),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            400,
            id="smuggling TE.CL",
        ),
        pytest.param(GET + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501, id="an unknown encoding"),
        pytest.param(
            GET + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, id="a compressed transfer"
        ),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            400,
            id="TE.TE",
        ),
        pytest.param(GET + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", 400, id="a masked encoding"),
        pytest.param(
            b"GET /echo HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            id="chunks in 1.0",
        ),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, id="a chunk size that is no number"
        ),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400, id="a huge chunk size"
        ),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
            400,
            id="a chunk longer than it says",
        ),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n", 400, id="chunks with bare line feeds"
        ),
    ],
)
async def test_it_is_refused_and_the_connection_closed(echo: Any, request_bytes: bytes, status: int) -> None:
    response = await echo.raw(request_bytes)

    assert status_of(response) == status
    assert b"connection: close" in response
    error = bodies_of(response)[0]["error"]
    assert error["code"]
    assert error["traceId"]
    assert echo.workers.seen == []


@pytest.mark.parametrize(
    "path", ["/echo/%ff", "/echo/%C3%28", "/echo/%00", "/echo/a%0d%0ab", "/echo/%7f"], ids=str
)
async def test_a_path_that_hides_bytes_is_400(echo: Any, path: str) -> None:
    response = await echo.raw(f"GET {path} HTTP/1.1\r\nConnection: close\r\n".encode() + HOST + b"\r\n")

    assert status_of(response) == 400
    assert echo.workers.seen == []


async def test_what_follows_a_refused_request_is_never_served(echo: Any) -> None:
    smuggled = (
        b"POST /echo HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 30\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )

    response = await echo.raw(smuggled + GET + b"\r\n" + GET + b"\r\n")

    assert response.count(b"HTTP/1.1 ") == 1
    assert echo.workers.seen == []


async def test_what_follows_a_closing_request_is_never_served(echo: Any) -> None:
    response = await echo.raw(GET + b"Connection: close\r\n\r\n" + GET + b"\r\n")

    assert response.count(b"HTTP/1.1 ") == 1
    assert status_of(response) == 200


async def test_headers_sent_slowly_are_cut_off(make_app: Any) -> None:
    app = await make_app(limits={"header_timeout_s": 0.1})
    reader, writer = await app.connect()
    writer.write(b"GET /echo HTTP/1.1\r\nX-A:")

    response = await asyncio.wait_for(reader.read(), WAIT_S)
    await app.close(writer)

    assert status_of(response) == 408


async def test_a_header_byte_now_and_then_does_not_extend_the_limit(make_app: Any) -> None:
    app = await make_app(limits={"header_timeout_s": 0.2})
    reader, writer = await app.connect()
    reading = asyncio.ensure_future(reader.read())
    writer.write(b"GET /echo HTTP/1.1\r\n")
    async with asyncio.timeout(WAIT_S):
        while not reading.done():
            writer.write(b"X-A: b\r\n")
            await asyncio.wait([reading], timeout=0.02)
    await app.close(writer)

    assert status_of(await reading) == 408


async def test_a_connection_that_says_nothing_is_closed(make_app: Any) -> None:
    app = await make_app(limits={"header_timeout_s": 0.1})

    assert await app.raw(b"") == b""


async def test_an_idle_connection_is_closed(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"keep_alive_s": 0.1}))

    response = await app.raw(GET + b"\r\n")

    assert status_of(response) == 200


async def test_a_slow_body_is_cut_off(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"request_timeout_s": 0.1}))

    response = await app.raw(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")

    assert status_of(response) == 408
    assert app.workers.seen == []


async def test_a_client_that_does_not_read_is_cut_off(make_app: Any) -> None:
    app = await make_app(limits={"request_timeout_s": 0.2})
    pieces = app.Pieces()

    async def handler(invocation: Any) -> Any:
        return pieces.responded("application/octet-stream")

    app.step("GET", "/big", handler)
    _, writer = await app.connect()
    writer.transport.pause_reading()
    writer.write(b"GET /big HTTP/1.1\r\n" + HOST + b"\r\n")
    pieces.feed(*[b"x" * 1_000_000] * 20)

    await asyncio.wait_for(pieces.closed.wait(), WAIT_S)

    await app.close(writer)
    assert not pieces.queue.empty()


async def test_a_cut_body_runs_nothing(echo: Any) -> None:
    reader, writer = await echo.connect()
    writer.write(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")
    writer.write_eof()

    assert await asyncio.wait_for(reader.read(), WAIT_S) == b""
    await echo.close(writer)
    assert echo.workers.seen == []


async def test_a_body_over_the_bound_is_refused_before_it_is_read(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"body_bytes": 1_000}))

    response = await app.raw(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 1001\r\n\r\n")

    assert status_of(response) == 413


async def test_a_chunked_body_over_the_bound_is_refused_on_the_way(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"body_bytes": 1_000}))
    chunk = b"200\r\n" + b"x" * 512 + b"\r\n"

    response = await app.raw(
        b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3
    )

    assert status_of(response) == 413
    assert app.workers.seen == []


async def test_a_client_that_sends_on_after_413_still_reads_the_answer(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"body_bytes": 1_000}))
    head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 3000000\r\n\r\n"

    response = await app.raw(head + b"x" * 3_000_000)

    assert status_of(response) == 413


async def test_a_chunked_body_arrives_whole_and_its_trailers_are_dropped(echo: Any) -> None:
    request = b"POST /echo HTTP/1.1\r\n" + HOST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"

    response = await echo.raw(request + b"5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nHost: evil\r\n\r\n")

    assert bodies_of(response)[0]["body"] == "hello!"
    assert ("host", "evil") not in echo.workers.seen[0].request.headers


async def test_pipelined_requests_are_answered_in_order(app: Any) -> None:
    first = asyncio.Event()

    async def handler(invocation: Any) -> Any:
        word = json.loads(bytes(invocation.request.params["word"]))
        if word == "0":
            await first.wait()
        return app.answer({"word": word})

    app.step("GET", "/words/:word", handler)
    reader, writer = await app.connect()
    for number in range(40):
        closing = b"Connection: close\r\n" if number == 39 else b""
        writer.write(f"GET /words/{number} HTTP/1.1\r\n".encode() + HOST + closing + b"\r\n")
    while not app.workers.seen:
        await asyncio.sleep(0)
    first.set()

    response = await asyncio.wait_for(reader.read(), WAIT_S)

    await app.close(writer)
    assert [body["word"] for body in bodies_of(response)] == [str(number) for number in range(40)]


async def test_a_refusal_waits_for_the_answers_before_it(app: Any) -> None:
    leave = asyncio.Event()

    async def handler(invocation: Any) -> Any:
        await leave.wait()
        return app.answer({"slow": True})

    app.step("GET", "/echo", handler)
    reader, writer = await app.connect()
    writer.write(GET + b"\r\n" + b"garbage\r\n\r\n")
    while not app.workers.seen:
        await asyncio.sleep(0)
    leave.set()

    response = await asyncio.wait_for(reader.read(), WAIT_S)

    await app.close(writer)
    bodies = bodies_of(response)
    assert bodies[0] == {"slow": True}
    assert bodies[1]["error"]["code"] == "bad-request"


async def test_a_request_in_single_bytes_is_a_request(echo: Any) -> None:
    reader, writer = await echo.connect()
    for byte in b"POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi":
        writer.write(bytes([byte]))
        await asyncio.sleep(0)

    response = await asyncio.wait_for(reader.read(), WAIT_S)

    await echo.close(writer)
    assert bodies_of(response)[0] == {"body": "hi", "path": "/echo"}


async def test_expect_100_continue_is_answered_before_the_body(echo: Any) -> None:
    reader, writer = await echo.connect()
    writer.write(b"POST /echo HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    interim = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)
    writer.write(b"hi")

    final = await asyncio.wait_for(reader.readuntil(b"}"), WAIT_S)

    await echo.close(writer)
    assert interim == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert status_of(final) == 200


async def test_expect_100_continue_with_a_body_over_the_bound_is_413_at_once(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"body_bytes": 10}))

    response = await app.raw(
        b"POST /echo HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 20\r\n\r\n"
    )

    assert status_of(response) == 413


async def test_http_1_0_closes_unless_asked(echo: Any) -> None:
    response = await echo.raw(b"GET /echo HTTP/1.0\r\n\r\n")

    assert status_of(response) == 200
    assert b"connection: close" in response


async def test_http_1_0_keeps_alive_when_asked(echo: Any) -> None:
    request = b"GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"

    response = await echo.raw(request + b"GET /echo HTTP/1.0\r\n\r\n")

    assert response.count(b"HTTP/1.1 200") == 2


async def test_an_absolute_target_counts_over_the_host_header(echo: Any) -> None:
    ours = await echo.raw(b"GET http://localhost/echo HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
    foreign = await echo.raw(
        b"GET http://evil.example/echo HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
    )

    assert status_of(ours) == 200
    assert status_of(foreign) == 421


async def test_an_upgrade_is_ignored_and_the_connection_closed(echo: Any) -> None:
    response = await echo.raw(GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0\r\n\r\n")

    assert status_of(response) == 200
    assert b"connection: close" in response


async def test_options_of_the_server_is_answered(echo: Any) -> None:
    response = await echo.raw(b"OPTIONS * HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")

    assert status_of(response) == 204


async def test_json_nested_without_end_is_400(echo: Any) -> None:
    body = b"[" * 100_000
    head = b"POST /echo HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n" + HOST

    response = await echo.raw(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    assert status_of(response) == 400


async def test_one_connection_too_many_is_told_so(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"connections": 1}))
    _, writer = await app.connect()
    writer.write(GET + b"\r\n")
    while not app.workers.seen:
        await asyncio.sleep(0)

    response = await app.raw(b"")

    await app.close(writer)
    assert status_of(response) == 503
    assert b"retry-after: 1" in response


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "a b"]
)
async def test_a_foreign_host_is_refused_in_development(echo: Any, host: str) -> None:
    response = await echo.raw(f"GET /echo HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    assert status_of(response) == 421
    assert echo.workers.seen == []


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:1", "app.localhost", "127.0.0.1:3001", "[::1]:3001", "LOCALHOST."]
)
async def test_names_of_this_machine_are_served_in_development(echo: Any, host: str) -> None:
    response = await echo.raw(f"GET /echo HTTP/1.1\r\nConnection: close\r\nHost: {host}\r\n\r\n".encode())

    assert status_of(response) == 200


async def test_production_serves_any_single_host(make_app: Any) -> None:
    app = with_echo(await make_app(environment="production"))

    response = await app.raw(b"GET /echo HTTP/1.1\r\nConnection: close\r\nHost: shop.example\r\n\r\n")

    assert status_of(response) == 200


async def test_bodies_in_memory_are_bounded_over_all_connections(make_app: Any) -> None:
    app = with_echo(await make_app(limits={"body_bytes": 100}))
    head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\n"
    connections = [await app.connect() for _ in range(65)]
    for _, writer in connections:
        writer.write(head + b"x" * 99)

    answers = asyncio.as_completed([reader.read(12) for reader, _ in connections])
    first = await asyncio.wait_for(next(answers), WAIT_S)
    for _, writer in connections:
        await app.close(writer)
    for rest in answers:
        await rest
    while app.edge._listener.connection_count:
        await asyncio.sleep(0)

    assert first == b"HTTP/1.1 503"
    assert app.edge._listener.held_bytes == 0


async def test_bodies_that_were_answered_are_let_go(echo: Any) -> None:
    for _ in range(3):
        await echo.client.post("/echo", content=b"x" * 1_000)

    assert echo.edge._listener.held_bytes == 0
