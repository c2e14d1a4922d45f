"""Streamed responses: order, credit, the client that leaves, the worker that dies."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from motia.workers import Died, Responded, ResponseStream, StreamBroken
from motia.workers.stream import FIRST_CREDIT, PULL_BYTES, Stream

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench


class Engine:
    def __init__(self) -> None:
        self.pulled: list[int] = []
        self.abandoned = 0

    def stream(self) -> Stream:
        return Stream(pull=self.pulled.append, abandon=self._abandon)

    def _abandon(self) -> None:
        self.abandoned += 1


async def opened(bench: Bench, **how: object) -> ResponseStream:
    answer = await bench.answer(bench.invoke("r", kind="api", do="stream", **how))
    assert isinstance(answer, Responded)
    assert answer.stream is not None
    return answer.stream


async def test_pieces_come_in_order_and_then_the_end() -> None:
    stream = Engine().stream()
    for piece in (b"a", b"", b"b"):
        assert stream.feed(piece)
    stream.finish()

    assert [piece async for piece in stream] == [b"a", b"b"]


async def test_credit_is_given_back_as_pieces_are_taken() -> None:
    engine = Engine()
    stream = engine.stream()
    assert stream.feed(bytes(FIRST_CREDIT + 5))
    assert not stream.feed(b"more")

    await anext(stream)

    assert engine.pulled == [FIRST_CREDIT + 5]
    assert stream.feed(b"more")


async def test_small_pieces_are_pulled_together() -> None:
    engine = Engine()
    stream = engine.stream()
    for _ in range(3):
        stream.feed(bytes(PULL_BYTES // 2))

    for _ in range(3):
        await anext(stream)

    assert engine.pulled == [PULL_BYTES]


async def test_good_pieces_come_before_the_error() -> None:
    stream = Engine().stream()
    stream.feed(b"good")
    stream.finish("it failed")

    assert await anext(stream) == b"good"
    with pytest.raises(StreamBroken, match="it failed"):
        await anext(stream)


async def test_abandoning_stops_the_handler_once_and_wakes_the_reader() -> None:
    engine = Engine()
    stream = engine.stream()
    reading = asyncio.ensure_future(anext(stream, b"end"))
    await asyncio.sleep(0)

    await stream.aclose()
    await stream.aclose()

    assert await reading == b"end"
    assert engine.abandoned == 1
    assert stream.feed(bytes(FIRST_CREDIT * 2))


async def test_abandoning_after_the_end_stops_nothing() -> None:
    engine = Engine()
    stream = engine.stream()
    stream.finish()

    await stream.aclose()

    assert engine.abandoned == 0


async def test_a_streamed_response_arrives_whole(bench: Bench) -> None:
    bench.write("one.json", "api:r")
    await bench.start()

    stream = await opened(bench, size=50_000, pieces=40)
    size = sum([len(piece) async for piece in stream])

    assert size == 2_000_000


async def test_a_slow_reader_bounds_what_the_worker_sends(bench: Bench) -> None:
    bench.write("one.json", "api:r")
    await bench.start()

    stream = await opened(bench, size=100_000, pieces=50)
    await bench.until(lambda: len(stream._pieces) >= 3)  # type: ignore[attr-defined]

    assert len(stream._pieces) == 3  # type: ignore[attr-defined]
    assert sum([len(piece) async for piece in stream]) == 5_000_000


async def test_a_worker_that_ignores_its_credit_is_killed(bench: Bench) -> None:
    bench.write("one.json", "api:r")
    await bench.start()

    stream = await opened(bench, size=100_000, pieces=50, rude=True)

    await bench.until(lambda: bench.told.has_logged("had credit for"))
    with pytest.raises(StreamBroken, match="protocol fault"):
        [piece async for piece in stream]


async def test_a_failing_handler_breaks_the_stream(bench: Bench) -> None:
    bench.write("one.json", "api:r")
    await bench.start()

    stream = await opened(bench, size=5, pieces=1, error="division by zero")

    with pytest.raises(StreamBroken, match="division by zero"):
        [piece async for piece in stream]


async def test_a_worker_that_dies_breaks_the_stream(bench: Bench) -> None:
    bench.write("one.json", "api:r")
    await bench.start()

    stream = await opened(bench, size=5, pieces=5, die_at=2)

    with pytest.raises(StreamBroken, match="exited with code 3"):
        [piece async for piece in stream]


async def test_a_client_that_leaves_cancels_the_handler(bench: Bench) -> None:
    bench.write("one.json", "api:r")
    supervisor = await bench.start()
    stream = await opened(bench, size=100_000, pieces=50)

    await anext(aiter(stream))
    await stream.aclose()

    await bench.until(lambda: supervisor.info()[0].in_flight == 0)
    assert not isinstance(await bench.answer(bench.invoke("r", kind="api")), Died)


async def test_a_stream_that_nobody_waits_for_is_cancelled(bench: Bench) -> None:
    bench.write("one.json", "api:r")
    supervisor = await bench.start()
    ticket = bench.invoke("r", kind="api", do="stream", size=100_000, pieces=50)

    ticket.answer.cancel()

    await bench.until(lambda: supervisor.info()[0].in_flight == 0)
