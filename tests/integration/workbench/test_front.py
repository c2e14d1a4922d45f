"""The Workbench on a real port: hostile bytes, slow and greedy clients, followed feeds, its end."""

import asyncio
import contextlib
import json
import os
import random
import tempfile
from pathlib import Path

import httpx
import pytest

from motia.ledger import LedgerStats
from motia.places import bind
from motia.project import Catalog, Config, Workbench
from motia.runtime import SystemClock
from motia.telemetry import Telemetry
from motia.telemetry.feed import BUFFER_ITEMS
from motia.workbench import ControlDeps, Front, server

LIMIT_S = 30
TOKEN, VIEW_TOKEN = "0123456789abcdef" * 4, "fedcba9876543210" * 4


class NoLedger:
    """Says that there are no runs; the routes used here ask for no more."""

    async def count_runs(self, where):
        return {}

    def stats(self):
        return LedgerStats(
            commits=0, operations=0, stale=0, failed_commits=0, is_available=True, size_bytes=0
        )


@pytest.fixture
def place():
    with tempfile.TemporaryDirectory(prefix="mt") as name:
        (Path(name) / ".motia").mkdir()
        yield Path(name)


@pytest.fixture
async def telemetry(place):
    made = Telemetry(
        place / "telemetry.db", clock=SystemClock(), random=random.Random(1), config=Config(root=place)
    )
    await made.start()
    yield made
    await made.stop()


@pytest.fixture(params=["development", "production"])
async def front(telemetry, place, request):
    clock = SystemClock()
    deps = ControlDeps(
        ledger=NoLedger(),
        telemetry=telemetry,
        dispatcher=None,
        trigger_options=dict,
        catalog=Catalog,
        config=Config(
            root=place,
            environment=request.param,
            workbench=Workbench(token=TOKEN, view_token=VIEW_TOKEN),
        ),
        origins=dict,
        flow_graph=lambda observed, parked: None,
        version="0.1.0",
        clock=clock,
        pid=os.getpid(),
        started_at=clock.now_ms(),
    )
    made = Front(deps, control=place / "c.sock", sock=bind("127.0.0.1", 0), tell=lambda text: None)
    await made.start()
    yield made
    await made.stop()


def port_of(front):
    return int(front.address.rpartition(":")[2])


def client_of(front, **headers):
    return httpx.AsyncClient(base_url=front.address, headers=headers, timeout=LIMIT_S)


@contextlib.asynccontextmanager
async def connected(front):
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(front))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def say(front, content):
    """What a connection answers to these bytes until it is closed."""
    async with connected(front) as (reader, writer), asyncio.timeout(LIMIT_S):
        writer.write(content)
        with contextlib.suppress(ConnectionError):
            return await reader.read(-1)
    return b""


async def test_an_invitation_opens_the_workbench_once(front):
    url = front.invite()
    async with client_of(front) as client:
        first = await client.get(url)
        cookie = first.headers["set-cookie"]
        session = (await client.get("/v1/session", headers={"cookie": cookie.partition(";")[0]})).json()
        second = await client.get(url)

    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert session["permission"] == "operate"
    assert second.status_code == 401


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET http://localhost/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: local host\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 20_000,
        b"POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
    ],
    ids=["hosts", "two hosts", "no host", "absolute", "space", "header", "large", "lengths", "TLS"],
)
async def test_what_cannot_be_read_one_way_only_is_400(front, head):
    answer = await say(front, head)

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"nosniff" in answer
    assert b"malformed-request" in answer


async def test_headers_over_the_bound_are_431(front):
    head = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx: %b\r\n\r\n" % (b"a" * 17_000)

    assert (await say(front, head)).startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))


async def test_a_rebound_name_is_refused_with_and_without_a_token(front):
    lines = b"GET /v1/status HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\nauthorization: Bearer %b\r\n\r\n"

    assert (await say(front, lines % TOKEN.encode())).startswith(b"HTTP/1.1 421")


async def test_a_websocket_is_refused_from_elsewhere_and_not_spoken_at_all(front):
    upgrade = (
        b"GET /v1/feed HTTP/1.1\r\nhost: localhost:%d\r\norigin: %b\r\nupgrade: websocket\r\n"
        b"connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    elsewhere = await first_line(front, upgrade % (port_of(front), b"https://evil.example"))
    own = await first_line(front, upgrade % (port_of(front), front.address.encode()))

    assert elsewhere.startswith(b"HTTP/1.1 403")
    assert own.startswith(b"HTTP/1.1 401")


async def first_line(front, content):
    async with connected(front) as (reader, writer), asyncio.timeout(LIMIT_S):
        writer.write(content)
        return await reader.readline()


async def test_headers_sent_slowly_are_cut_off(front, monkeypatch):
    monkeypatch.setattr(server, "HEAD_LIMIT_S", 0.4)
    async with connected(front) as (reader, writer), asyncio.timeout(LIMIT_S):
        ended = asyncio.ensure_future(reader.read(-1))
        writer.write(b"GET / HTTP/1.1\r\n")
        while not ended.done():  # a byte now and then does not extend the limit
            writer.write(b"x")
            await asyncio.wait({ended}, timeout=0.05)

        with contextlib.suppress(ConnectionError):
            assert await ended == b""


async def test_a_silent_connection_is_cut_off(front, monkeypatch):
    monkeypatch.setattr(server, "HEAD_LIMIT_S", 0.2)
    assert await say(front, b"") == b""


async def test_a_body_sent_slowly_is_cut_off(front, monkeypatch):
    monkeypatch.setattr(server, "BODY_LIMIT_S", 0.3)
    head = b"POST /v1/trigger HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %b\r\ncontent-length: 99\r\n\r\n{"

    assert await say(front, head % TOKEN.encode()) == b""


async def test_connections_are_bounded(front, monkeypatch):
    monkeypatch.setattr(server, "HEAD_LIMIT_S", LIMIT_S)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(server.CONNECTIONS_MAX):
            await stack.enter_async_context(connected(front))
        answer = await say(front, b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 503")
    async with asyncio.timeout(LIMIT_S), client_of(front) as client:
        while (await client.get("/v1/status")).status_code == 503:
            await asyncio.sleep(0.01)


async def test_a_slow_tab_loses_items_and_slows_nobody(front, telemetry):
    request = (
        b"GET /v1/feed HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %b\r\n\r\n" % VIEW_TOKEN.encode()
    )
    async with (
        connected(front) as (reader, writer),
        client_of(front, authorization=f"Bearer {TOKEN}") as client,
        client.stream("GET", "/v1/feed") as quick,
        asyncio.timeout(LIMIT_S),
    ):
        writer.write(request)
        await reader.readuntil(b"retry: 1000\n\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # the tab sleeps
        chunks = quick.aiter_lines()
        await anext(chunks)
        for batch in range(60):
            telemetry.feed.publish_all([("log", 1, {"level": "info", "message": "x" * 500})] * 500)
            telemetry.feed.publish("error", {"batch": batch})
            async for line in chunks:  # the quick tab is up to date all the while
                if line.startswith("data") and json.loads(line[5:])["data"].get("batch") == batch:
                    break
        waiting = [len(subscription._items) for subscription in telemetry.feed._subscriptions]
        reader._transport.resume_reading()  # type: ignore[attr-defined]
        dropped = 0
        while not dropped:
            line = await reader.readline()
            dropped = json.loads(line[5:]).get("dropped", 0) if line.startswith(b"data") else 0

    assert max(waiting) <= BUFFER_ITEMS
    assert dropped > 0


async def test_a_reader_that_never_reads_is_cut_off(front, telemetry, monkeypatch):
    monkeypatch.setattr(server, "READING_LIMIT_S", 0.3)
    request = b"GET /v1/feed HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %b\r\n\r\n" % TOKEN.encode()
    async with connected(front) as (reader, writer), asyncio.timeout(LIMIT_S):
        writer.write(request)
        await reader.readuntil(b"retry: 1000\n\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        while telemetry.feed.subscribers:
            telemetry.feed.publish_all([("log", 1, {"level": "info", "message": "x" * 5_000})] * 100)
            await asyncio.sleep(0.01)


async def test_a_followed_feed_ends_with_its_session(front, telemetry):
    headers = {"origin": front.address, "sec-fetch-site": "same-origin"}
    async with client_of(front, **headers) as client, asyncio.timeout(LIMIT_S):
        await client.post("/login", data={"token": TOKEN})
        async with client.stream("GET", "/v1/feed") as feed:
            chunks = feed.aiter_bytes()
            await anext(chunks)
            await client.post("/logout")
            telemetry.feed.publish("log", {"level": "info", "message": "secret"})

            assert b"secret" not in b"".join([chunk async for chunk in chunks])
    assert telemetry.feed.subscribers == 0


async def test_what_people_did_is_noted_with_who_they_are(front):
    async with client_of(front) as client:
        done = await client.put(
            "/v1/graph/positions",
            json={"positions": {"a": {"x": 1, "y": 2}}},
            headers={"authorization": f"Bearer {TOKEN}"},
        )
        tried = await client.post("/v1/stop", headers={"authorization": f"Bearer {VIEW_TOKEN}"})
        audit = (await client.get("/v1/audit", headers={"authorization": f"Bearer {VIEW_TOKEN}"})).json()

    assert (done.status_code, tried.status_code) == (200, 403)
    assert [(entry["who"], entry["action"], entry["outcome"]) for entry in audit["entries"]] == [
        ("token at 127.0.0.1", "POST /v1/stop", "permission-denied"),
        ("token at 127.0.0.1", "PUT /v1/graph/positions", "ok"),
    ]


async def test_the_end_takes_port_and_socket_with_it(front, place):
    await front.stop()
    await front.stop()

    assert not (place / "c.sock").exists()
    bind("127.0.0.1", port_of(front)).close()
