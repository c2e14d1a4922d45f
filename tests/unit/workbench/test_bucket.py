from motia.runtime import FrozenClock
from motia.workbench.bucket import Bucket, Buckets


async def test_a_bucket_allows_a_burst_and_then_one_at_a_time():
    clock = FrozenClock()
    bucket = Bucket(clock, burst=3, refill_s=10)

    taken = [bucket.take() for _ in range(5)]
    await clock.advance(10)

    assert taken == [True, True, True, False, False]
    assert bucket.take()
    assert bucket.is_empty


async def test_a_bucket_never_holds_more_than_its_burst():
    clock = FrozenClock()
    bucket = Bucket(clock, burst=2, refill_s=1)

    await clock.advance(1_000)

    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_names_have_buckets_of_their_own_and_the_oldest_is_forgotten():
    buckets = Buckets(FrozenClock(), burst=1, refill_s=60, names_max=2)
    buckets.of("a").take()

    assert buckets.of("a").is_empty
    assert not buckets.of("b").is_empty
    buckets.of("c")
    assert not buckets.of("a").is_empty
