import asyncio

import pytest

from motia.runtime import FrozenClock
from motia.telemetry import Feed, FeedFilter
from motia.telemetry.feed import BUFFER_ITEMS, RING_ITEMS


@pytest.fixture
def feed():
    return Feed(FrozenClock())


async def test_items_come_in_order_with_rising_ids(feed):
    with feed.subscribe() as subscription:
        feed.publish("run", {"run": "1"})
        feed.publish("log", {"message": "x"})

        first, second = await anext(subscription), await anext(subscription)

    assert (first.kind, second.kind) == ("run", "log")
    assert second.id == first.id + 1


async def test_a_filter_lets_through_what_fits_all_of_it(feed):
    where = FeedFilter(kinds=("log",), step="a", level="warn")
    with feed.subscribe(where) as subscription:
        feed.publish("run", {"step": "a"})
        feed.publish("log", {"step": "b", "level": "error"})
        feed.publish("log", {"step": "a", "level": "info"})
        feed.publish("log", {"step": "a", "level": "error", "message": "yes"})

        assert (await anext(subscription)).data["message"] == "yes"
        assert subscription.try_next() is None


async def test_a_slow_subscriber_loses_its_oldest_items_and_is_told_how_many(feed):
    with feed.subscribe() as slow, feed.subscribe() as quick:
        for number in range(BUFFER_ITEMS + 5):
            feed.publish("log", {"number": number})
            quick.try_next()

        item = await anext(slow)
        following = await anext(slow)
        feed.publish("log", {"number": -1})

        assert (item.data["number"], item.dropped) == (5, 5)
        assert following.dropped == 0
        assert quick.try_next().dropped == 0


async def test_a_subscriber_resumes_behind_the_last_id_it_saw(feed):
    feed.publish("log", {"number": 1})
    seen = feed.last_id
    feed.publish("log", {"number": 2})
    feed.publish("log", {"number": 3})

    with feed.subscribe(after_id=seen) as subscription:
        assert [subscription.try_next().data["number"] for _ in range(2)] == [2, 3]
        assert subscription.try_next() is None


async def test_resuming_beyond_the_ring_says_what_is_lost(feed):
    first = feed.last_id
    for number in range(RING_ITEMS + 10):
        feed.publish("log", {"number": number})

    with feed.subscribe(after_id=first) as subscription:
        item = subscription.try_next()

    assert (item.data["number"], item.dropped) == (10, 10)


async def test_resuming_counts_what_was_left_out_while_nobody_listened(feed):
    feed.publish("log", {"number": 1})
    seen = feed.last_id
    feed.publish_all([("run", 0, {"number": 9})], dropped=7)

    with feed.subscribe(after_id=seen) as subscription:
        item = subscription.try_next()

    assert (item.data["number"], item.dropped) == (9, 7)


async def test_resuming_with_an_id_of_an_earlier_process_says_that_something_may_be_lost(feed):
    feed.publish("log", {"number": 1})

    with feed.subscribe(after_id=5) as subscription:
        item = subscription.try_next()

    assert (item.data["number"], item.dropped) == (1, 1)


async def test_ids_of_a_later_process_are_higher():
    clock = FrozenClock()
    before = Feed(clock)
    for _ in range(500):
        before.publish("log", {})
    clock.jump(1)

    assert Feed(clock).last_id > before.last_id


async def test_closing_ends_a_waiting_reader(feed):
    subscription = feed.subscribe()
    reading = asyncio.ensure_future(anext(subscription, None))
    await asyncio.sleep(0)

    feed.close()

    assert await asyncio.wait_for(reading, 5) is None
    assert feed.subscribers == 0
    subscription.close()


async def test_a_nudge_makes_a_waiting_batch_return_empty(feed):
    with feed.subscribe() as subscription:
        reading = asyncio.ensure_future(subscription.next_batch(10))
        await asyncio.sleep(0)
        subscription.nudge()

        assert await asyncio.wait_for(reading, 5) == []
        feed.publish("log", {})
        assert len(await subscription.next_batch(10)) == 1
