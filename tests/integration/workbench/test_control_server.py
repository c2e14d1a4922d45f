"""The control API on a real Unix socket, with real telemetry on disk."""

import asyncio
import json
import os
import random
import signal
import stat
import tempfile
from pathlib import Path

import httpx
import pytest

from motia.model import StartError
from motia.project import Catalog, Config
from motia.runtime import SystemClock
from motia.telemetry import Telemetry
from motia.telemetry.feed import BUFFER_ITEMS
from motia.workbench import ControlApi, ControlDeps, ControlServer, bind_control_socket

LIMIT_S = 20


class NoLedger:
    """Says that there are no runs; the routes used here ask for no more."""

    async def count_runs(self, where):
        return {}

    def stats(self):
        from motia.ledger import LedgerStats

        return LedgerStats(
            commits=0, operations=0, stale=0, failed_commits=0, is_available=True, size_bytes=0
        )


@pytest.fixture
def place():
    # A socket's path must be short; pytest's own directories are long.
    with tempfile.TemporaryDirectory(prefix="mt") as name:
        yield Path(name)


@pytest.fixture
async def telemetry(place):
    made = Telemetry(
        place / "telemetry.db", clock=SystemClock(), random=random.Random(1), config=Config(root=place)
    )
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def api(telemetry, place):
    clock = SystemClock()
    return ControlApi(
        ControlDeps(
            ledger=NoLedger(),
            telemetry=telemetry,
            dispatcher=None,
            trigger_options=dict,
            catalog=Catalog,
            config=Config(root=place),
            origins=dict,
            flow_graph=lambda observed, parked: None,
            version="0.1.0",
            clock=clock,
            pid=os.getpid(),
            started_at=clock.now_ms(),
        )
    )


@pytest.fixture
async def served(api, place):
    path = place / "control.sock"
    server = ControlServer(api, bind_control_socket(path))
    await server.start()
    yield path
    await server.stop()


def client_of(path):
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(path)), base_url="http://control", timeout=LIMIT_S
    )


async def test_the_api_answers_on_a_socket_that_is_its_owner_s_alone(served):
    async with client_of(served) as client:
        status = (await client.get("/v1/status")).json()

    assert status["pid"] == os.getpid()
    assert stat.S_IMODE(served.stat().st_mode) == 0o600


async def test_signals_are_left_to_the_engine(api, place):
    watched = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in watched]
    server = ControlServer(api, bind_control_socket(place / "control.sock"))

    await server.start()
    during = [signal.getsignal(number) for number in watched]
    await server.stop()

    assert during == before


async def test_the_feed_streams_and_resumes_behind_the_last_id(served, telemetry):
    async def read(count, **headers):
        events = []
        async with (
            client_of(served) as client,
            client.stream("GET", "/v1/feed?kinds=log", headers=headers) as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for line in answer.aiter_lines():
                if line.startswith("retry"):
                    telemetry.log(level="info", message=f"line {telemetry.feed.last_id}", at=1)
                if line.startswith("data: "):
                    events.append(json.loads(line.removeprefix("data: ")))
                    if len(events) == count:
                        return events
        return events

    (first,) = await asyncio.wait_for(read(1), LIMIT_S)
    telemetry.log(level="info", message="while nobody listened", at=1)
    await telemetry.logs()
    resumed = await asyncio.wait_for(read(2, **{"last-event-id": str(first["id"])}), LIMIT_S)

    assert first["kind"] == "log"
    assert first["at"] == "1970-01-01T00:00:00.001Z"
    assert resumed[0]["data"]["message"] == "while nobody listened"
    assert [item["id"] for item in resumed] == [first["id"] + 1, first["id"] + 2]


async def test_a_reader_that_leaves_is_forgotten(served, telemetry):
    async with client_of(served) as client, client.stream("GET", "/v1/feed") as answer:
        await anext(answer.aiter_bytes())
        assert telemetry.feed.subscribers == 1

    async with asyncio.timeout(LIMIT_S):
        while telemetry.feed.subscribers:
            telemetry.feed.publish("log", {"level": "info"})
            await asyncio.sleep(0.01)


async def test_stop_ends_followed_feeds_and_removes_the_socket(api, place):
    path = place / "control.sock"
    server = ControlServer(api, bind_control_socket(path))
    await server.start()
    async with client_of(path) as client, client.stream("GET", "/v1/feed") as answer:
        chunks = answer.aiter_bytes()
        await anext(chunks)

        await asyncio.wait_for(server.stop(), LIMIT_S)

        assert [chunk async for chunk in chunks] == []
    assert not path.exists()


async def test_start_and_stop_are_safe_twice_and_in_the_wrong_order(api, place):
    server = ControlServer(api, bind_control_socket(place / "control.sock"))

    await server.stop()
    await asyncio.gather(server.start(), server.start())
    await asyncio.gather(server.stop(), server.stop())

    assert not server.is_started
    assert not (place / "control.sock").exists()


async def test_a_socket_that_nobody_serves_any_more_is_replaced(place, api):
    path = place / "control.sock"
    bind_control_socket(path).close()

    server = ControlServer(api, bind_control_socket(path))
    await server.start()
    async with client_of(path) as client:
        assert (await client.get("/v1/status")).status_code == 200
    await server.stop()


async def test_a_socket_that_another_engine_serves_is_left_alone(served):
    with pytest.raises(StartError, match="another engine"):
        bind_control_socket(served)

    async with client_of(served) as client:
        assert (await client.get("/v1/status")).status_code == 200


async def test_a_large_body_is_refused_while_it_arrives(served):
    async def pieces():
        for _ in range(100):
            yield b"x" * 65_536

    async with client_of(served) as client:
        answer = await client.post("/v1/trigger", content=pieces())

    assert answer.status_code == 413


async def events_of(reader, *, until_id):
    """Items of a feed as they come, up to the one with the id `until_id`."""
    found, item = [], b""
    async with asyncio.timeout(LIMIT_S):
        while not found or found[-1]["id"] < until_id:
            item = await reader.readuntil(b"\n")
            if item.startswith(b"data: "):
                found.append(json.loads(item.removeprefix(b"data: ")))
    return found


async def follow(served, after=None):
    reader, writer = await asyncio.open_unix_connection(str(served), limit=2**16)
    resume = b"" if after is None else b"last-event-id: %d\r\n" % after
    writer.write(b"GET /v1/feed HTTP/1.1\r\nhost: control\r\n" + resume + b"\r\n")
    await reader.readuntil(b"retry: 1000\n\n")
    return reader, writer


async def test_a_client_that_does_not_read_costs_a_bounded_buffer_and_is_told_what_it_missed(
    served, telemetry, api
):
    feed = telemetry.feed
    slow, slow_writer = await follow(served)
    slow_writer.transport.pause_reading()
    quick, quick_writer = await follow(served)
    count, text, first = 20_000, "x" * 400, feed.last_id

    seen = []
    for start in range(0, count, 500):
        for number in range(start, start + 500):
            feed.publish("run", {"run": str(number), "text": text})
        # Who reads gets everything, however far behind the other is.
        seen += await events_of(quick, until_id=feed.last_id)
    waiting = [len(subscription._items) for subscription in feed._subscriptions]
    slow_writer.transport.resume_reading()
    late = await events_of(slow, until_id=feed.last_id)

    assert [item["id"] for item in seen] == list(range(first + 1, first + 1 + count))
    assert sum(item["dropped"] for item in seen) == 0
    assert max(waiting) <= BUFFER_ITEMS
    assert len(late) < count
    assert len(late) + sum(item["dropped"] for item in late) == count

    # It comes back behind what it saw: what the ring still has follows, the rest is counted.
    for number in range(50):
        feed.publish("run", {"run": f"new {number}"})
    again, again_writer = await follow(served, after=late[-1]["id"])
    assert [item["data"]["run"] for item in await events_of(again, until_id=feed.last_id)] == [
        f"new {number}" for number in range(50)
    ]
    for writer in (slow_writer, quick_writer, again_writer):
        writer.close()
