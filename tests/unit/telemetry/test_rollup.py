import random

import pytest

from motia.telemetry.rollup import Bucket, bucket_of, percentile_us, total_of, upper_us


@pytest.mark.parametrize("latency_us", [0, 1, 7, 50, 1_000, 30_000, 1_000_000, 3_600_000_000])
def test_a_bucket_holds_its_latency_within_nine_percent(latency_us):
    upper = upper_us(bucket_of(latency_us))

    assert latency_us <= upper + 1
    assert upper <= latency_us * 1.1 + 1


def test_percentiles_of_many_samples_are_close_to_the_true_ones():
    chance = random.Random(3)
    samples = sorted(int(chance.lognormvariate(7, 1)) for _ in range(5_000))
    bucket = Bucket(histogram={})
    for sample in samples:
        bucket.add(sample, False)

    for share in (0.5, 0.95, 0.99):
        true = samples[int(len(samples) * share) - 1]
        assert percentile_us(bucket.histogram, share) == pytest.approx(true, rel=0.1)


def test_without_samples_every_percentile_is_zero():
    assert percentile_us({}, 0.99) == 0


def test_sums_are_exact():
    buckets = [Bucket(histogram={}) for _ in range(3)]
    for bucket in buckets:
        bucket.add(100, True)
        bucket.add(200, False)

    total = total_of(buckets)

    assert (total.count, total.errors, sum(total.histogram.values())) == (6, 3, 6)
    assert buckets[0].count == 2
