from __future__ import annotations

import asyncio

from motia.runtime import FrozenClock, SystemClock

START = 1_767_225_600_000


async def test_a_frozen_clock_stands_still_until_it_is_advanced() -> None:
    clock = FrozenClock(START)
    mono = clock.mono()

    await clock.advance(1.5)

    assert clock.now_ms() == START + 1_500
    assert clock.mono() - mono == 1.5


async def test_timers_fire_in_the_order_of_their_time_then_of_their_making() -> None:
    clock = FrozenClock()
    fired: list[str] = []
    clock.call_later(2, lambda: fired.append("late"))
    clock.call_later(1, lambda: fired.append("first"))
    clock.call_later(1, lambda: fired.append("second"))
    clock.call_later(3, lambda: fired.append("never"))

    await clock.advance(2)

    assert fired == ["first", "second", "late"]
    assert clock.next_timer_s() == 1.0


async def test_a_timer_sees_the_time_it_was_due_at() -> None:
    clock = FrozenClock(START)
    seen: list[int] = []
    clock.call_later(1, lambda: seen.append(clock.now_ms()))
    clock.call_later(2, lambda: clock.call_later(1, lambda: seen.append(clock.now_ms())))

    await clock.advance(10)

    assert seen == [START + 1_000, START + 3_000]


async def test_a_cancelled_timer_never_fires() -> None:
    clock = FrozenClock()
    fired: list[int] = []
    timer = clock.call_later(1, lambda: fired.append(1))

    timer.cancel()
    timer.cancel()
    await clock.advance(2)

    assert fired == []
    assert clock.next_timer_s() is None


async def test_a_sleep_ends_when_its_time_has_come_and_leaves_no_timer_when_cancelled() -> None:
    clock = FrozenClock()
    sleeping = asyncio.ensure_future(clock.sleep(5))
    given_up = asyncio.ensure_future(clock.sleep(50))

    await clock.advance(4.9)
    assert not sleeping.done()
    await clock.advance(0.1)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)

    assert sleeping.done()
    assert clock.next_timer_s() is None
    await clock.sleep(0)


async def test_a_jump_moves_the_wall_alone() -> None:
    clock = FrozenClock(START)
    mono, fired = clock.mono(), []
    clock.call_later(10, lambda: fired.append(1))

    clock.jump(-3_600)
    await clock.advance(0)

    assert (clock.now_ms(), clock.mono(), fired) == (START - 3_600_000, mono, [])


async def test_the_machines_clock_calls_on_the_loop_and_its_two_readings_go_on() -> None:
    clock = SystemClock()
    called = asyncio.Event()
    before, mono = clock.now_ms(), clock.mono()

    clock.call_later(0, called.set)
    assert not called.is_set()
    await asyncio.wait_for(called.wait(), 5)
    await clock.sleep(0)

    assert clock.now_ms() >= before
    assert clock.mono() >= mono
