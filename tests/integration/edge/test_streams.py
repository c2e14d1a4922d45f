"""Streamed answers and server-sent events."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from motia.workers import StreamBroken

WAIT_S = 5.0
GET = b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"


def streaming(app: Any, kind: str = "text/event-stream") -> Any:
    pieces = app.Pieces()

    async def handler(invocation: Any) -> Any:
        return pieces.responded(kind)

    app.step("GET", "/events", handler)
    return pieces


async def test_each_piece_leaves_at_once(app: Any) -> None:
    pieces = streaming(app)
    reader, writer = await app.connect()
    writer.write(GET)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)

    pieces.feed(b"data: 1\n\n")
    first = await asyncio.wait_for(reader.readuntil(b"\n\n\r\n"), WAIT_S)
    pieces.feed(b"data: 2\n\n", None)
    rest = await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), WAIT_S)

    await app.close(writer)
    assert b"transfer-encoding: chunked" in head
    assert b"cache-control: no-cache" in head
    assert first == b"9\r\ndata: 1\n\n\r\n"
    assert rest == b"9\r\ndata: 2\n\n\r\n0\r\n\r\n"


async def test_the_connection_serves_on_after_a_stream(app: Any) -> None:
    streaming(app, "text/plain").feed(b"a", b"", b"b", None)

    response = await app.client.get("/events")
    again = await app.client.get("/health")

    assert response.text == "ab"
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("media", "recorded"), [("text/event-stream", (200, "")), ("text/plain", (499, "the client left"))]
)
async def test_a_client_that_leaves_closes_the_stream_once_and_is_no_failure_of_the_step(
    app: Any, media: str, recorded: tuple[int, str]
) -> None:
    pieces = streaming(app, media)
    reader, writer = await app.connect()
    writer.write(GET)
    await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)

    await app.close(writer)
    await asyncio.wait_for(pieces.closed.wait(), WAIT_S)

    assert pieces.closings == 1
    while not app.records.requests:
        await asyncio.sleep(0)
    (request,) = app.records.requests
    assert (request["status"], request["error"]) == recorded


async def test_a_stream_that_breaks_off_ends_without_its_last_chunk(app: Any) -> None:
    pieces = streaming(app)
    pieces.feed(b"data: 1\n\n", StreamBroken("the handler raised"))

    response = await app.raw(GET)

    assert not response.endswith(b"0\r\n\r\n")
    assert pieces.closings == 1
    assert app.records.requests[0]["error"] == "the handler raised"


async def test_a_stream_to_http_1_0_ends_with_the_connection(app: Any) -> None:
    streaming(app, "text/plain").feed(b"a", b"b", None)

    response = await app.raw(b"GET /events HTTP/1.0\r\n\r\n")

    assert b"chunked" not in response
    assert response.endswith(b"\r\n\r\nab")


async def test_head_of_a_stream_closes_it_unread(app: Any) -> None:
    pieces = streaming(app).feed(b"data: 1\n\n")

    response = await app.client.head("/events")

    assert response.status_code == 200
    await asyncio.wait_for(pieces.closed.wait(), WAIT_S)


async def test_a_slow_reader_holds_the_stream_back(app: Any) -> None:
    pieces = streaming(app, "application/octet-stream")
    pieces.feed(*[b"x" * 262_144] * 200, None)
    reader, writer = await app.connect()
    writer.transport.pause_reading()
    writer.write(GET)
    async with asyncio.timeout(WAIT_S):
        while not any(connection._paused_mono for connection in app.edge._listener._connections):
            await asyncio.sleep(0)
    assert not pieces.queue.empty()
    writer.transport.resume_reading()

    response = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)
    total = 0
    while not pieces.closed.is_set() or total < 200 * 262_144:
        total += len(await asyncio.wait_for(reader.read(1 << 20), WAIT_S))

    await app.close(writer)
    assert response.startswith(b"HTTP/1.1 200")


async def test_a_drain_ends_event_streams_and_waits_for_the_rest(app: Any) -> None:
    events = streaming(app)
    leave = asyncio.Event()

    async def handler(invocation: Any) -> Any:
        await leave.wait()
        return app.answer({"done": True})

    app.step("GET", "/slow", handler)
    reader, writer = await app.connect()
    writer.write(GET)
    await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)
    slow = asyncio.ensure_future(app.client.get("/slow"))
    while len(app.workers.seen) < 2:
        await asyncio.sleep(0)

    draining = asyncio.ensure_future(app.edge.drain(WAIT_S))
    end = await asyncio.wait_for(reader.read(), WAIT_S)
    assert not draining.done()
    leave.set()
    response = await slow
    await asyncio.wait_for(draining, WAIT_S)

    await app.close(writer)
    assert end == b"0\r\n\r\n"
    assert events.closings == 1
    assert response.json() == {"done": True}
    assert response.headers["connection"] == "close"
    with pytest.raises(ConnectionError):
        await app.connect()


async def test_a_drain_cancels_what_outlasts_the_grace(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        await asyncio.Event().wait()

    app.step("GET", "/slow", handler)
    slow = asyncio.ensure_future(app.client.get("/slow"))
    while not app.workers.seen:
        await asyncio.sleep(0)

    await asyncio.wait_for(app.edge.drain(0.05), WAIT_S)

    assert app.workers.cancelled.get_nowait() == "shutdown"
    assert (await slow).status_code == 503


async def test_a_drain_closes_idle_connections_and_refuses_late_requests(app: Any) -> None:
    leave = asyncio.Event()

    async def handler(invocation: Any) -> Any:
        await leave.wait()
        return app.answer({})

    app.step("GET", "/slow", handler)
    idle_reader, idle = await app.connect()
    idle.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.wait_for(idle_reader.readuntil(b"}"), WAIT_S)
    reader, writer = await app.connect()
    writer.write(
        b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\nGET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    while not app.workers.seen:
        await asyncio.sleep(0)

    draining = asyncio.ensure_future(app.edge.drain(WAIT_S))
    assert await asyncio.wait_for(idle_reader.read(), WAIT_S) == b""
    leave.set()
    response = await asyncio.wait_for(reader.read(), WAIT_S)
    await asyncio.wait_for(draining, WAIT_S)

    await app.close(idle)
    await app.close(writer)
    assert response.count(b"HTTP/1.1 200") == 1
    assert len(app.workers.seen) == 1


async def test_stop_cuts_an_open_stream(app: Any) -> None:
    pieces = streaming(app)
    reader, writer = await app.connect()
    writer.write(GET)
    await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)

    await asyncio.wait_for(app.edge.stop(), WAIT_S)

    await app.close(writer)
    assert pieces.closings == 1


async def test_a_drain_waits_for_a_request_with_a_key_whose_client_left(app: Any) -> None:
    leave = asyncio.Event()

    async def handler(invocation: Any) -> Any:
        await leave.wait()
        return app.answer({"paid": True})

    app.step("POST", "/pay", handler)
    _, writer = await app.connect()
    writer.write(b"POST /pay HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n\r\n")
    while not app.workers.seen:
        await asyncio.sleep(0)
    await app.close(writer)
    while app.edge._listener.connection_count:
        await asyncio.sleep(0)

    draining = asyncio.ensure_future(app.edge.drain(WAIT_S))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not draining.done()
    leave.set()
    await asyncio.wait_for(draining, WAIT_S)

    assert app.ledger.kept["POST /pay", "k"][1] is not None
