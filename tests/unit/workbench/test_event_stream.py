import asyncio
import json

import pytest

from motia.workbench.event_stream import HEARTBEAT_S, ITEMS_PER_WRITE, event_stream

LIMIT_S = 20


@pytest.fixture
async def stream(world):
    subscription = world.telemetry.feed.subscribe()
    response = event_stream(subscription, clock=world.clock)
    chunks = response.body_iterator
    await anext(chunks)
    yield chunks
    await chunks.aclose()


async def test_an_item_is_one_event_with_its_id_and_kind(world, stream):
    world.telemetry.feed.publish("log", {"message": "two\nlines"}, at=0)

    event = (await asyncio.wait_for(anext(stream), LIMIT_S)).decode()

    head, kind, data, *rest = event.split("\n")
    assert head == f"id: {world.telemetry.feed.last_id}"
    assert kind == "event: log"
    assert json.loads(data.removeprefix("data: "))["data"] == {"message": "two\nlines"}
    assert rest == ["", ""]


async def test_a_burst_is_written_in_few_pieces(world, stream):
    for _ in range(ITEMS_PER_WRITE + 1):
        world.telemetry.feed.publish("log", {})

    first, second = await anext(stream), await anext(stream)

    assert (first.count(b"id: "), second.count(b"id: ")) == (ITEMS_PER_WRITE, 1)


async def test_silence_is_broken_by_a_comment(world, stream):
    reading = asyncio.ensure_future(anext(stream))

    await world.clock.advance(HEARTBEAT_S + 1)

    assert (await asyncio.wait_for(reading, LIMIT_S)).startswith(b":")


async def test_the_stream_ends_with_the_feed_and_is_forgotten_when_the_reader_leaves(world, stream):
    assert world.telemetry.feed.subscribers == 1

    world.telemetry.feed.close()

    assert [chunk async for chunk in stream] == []
    assert world.telemetry.feed.subscribers == 0
