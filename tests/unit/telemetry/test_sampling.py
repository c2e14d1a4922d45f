from motia.telemetry.sampling import SLOW_US, Sampler


def test_so_many_plain_requests_are_admitted_per_step_and_second():
    sampler = Sampler(3)

    admitted = [sampler.admits("a", 100, 1_000) for _ in range(10)]

    assert sum(admitted) == 3
    assert sampler.admits("b", 100, 1_500)
    assert sampler.admits("a", 100, 2_000)


def test_over_a_second_is_always_admitted():
    sampler = Sampler(0)

    assert sampler.admits("a", SLOW_US + 1, 0)
    assert not sampler.admits("a", SLOW_US, 0)


def test_slower_than_the_last_minute_has_a_budget_of_its_own():
    sampler = Sampler(1)
    sampler.learn("a", 500, samples=1_000)
    sampler.admits("a", 100, 0)

    assert not sampler.admits("a", 100, 0)
    assert sampler.admits("a", 501, 0)
    assert not sampler.admits("a", 501, 0)


def test_a_minute_with_few_samples_teaches_nothing():
    sampler = Sampler(1)
    sampler.learn("a", 500, samples=5)
    sampler.admits("a", 100, 0)

    assert not sampler.admits("a", 501, 0)
