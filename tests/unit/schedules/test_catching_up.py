"""What passed while no engine ran, or while the wall clock jumped."""

from __future__ import annotations

import pytest
from tests.doubles.schedule_world import (
    HOUR,
    MINUTE,
    TICK,
    ScheduleWorld,
    tick,
)

from motia.model import (
    CatchUp,
)


@pytest.mark.parametrize(
    ("catch_up", "down_s", "fired", "missed"),
    [
        (CatchUp.LATEST, 630, [11 * MINUTE], [10 * MINUTE]),
        (CatchUp.NONE, 630, [], [11 * MINUTE]),
        (CatchUp.ALL, 630, [n * MINUTE for n in range(2, 12)], []),
        (CatchUp.ALL, 3 * 3_600, [n * MINUTE for n in range(82, 182)], [81 * MINUTE]),
    ],
)
async def test_what_passed_while_no_engine_ran_is_caught_up_as_the_step_says(
    bench: ScheduleWorld, catch_up: CatchUp, down_s: float, fired: list[int], missed: list[int]
) -> None:
    step = tick(catch_up=catch_up)
    await bench.start(step)
    await bench.clock.advance(60)

    await bench.restart(step, after_s=down_s)

    assert await bench.fires("fired") == [MINUTE, *fired]
    assert await bench.fires("missed") == missed


async def test_the_latest_is_not_caught_up_when_it_is_older_than_an_hour(bench: ScheduleWorld) -> None:
    step = tick("0 2 * * *")
    await bench.start(step)
    await bench.clock.advance(3_600)

    await bench.restart(step, after_s=3 * 3_600)

    assert await bench.fires("fired") == []
    assert await bench.fires("missed") == [2 * HOUR]
    assert "catch_up is latest" in (await bench.ledger.cron_fires(TICK))[0].reason


async def test_the_latest_is_caught_up_within_an_hour(bench: ScheduleWorld) -> None:
    step = tick("0 2 * * *")
    await bench.start(step)
    await bench.clock.advance(3_600)

    await bench.restart(step, after_s=1.5 * 3_600)

    assert await bench.fires("fired") == [2 * HOUR]


async def test_a_second_restart_catches_up_nothing_again(bench: ScheduleWorld) -> None:
    for catch_up in CatchUp:
        step = tick(catch_up=catch_up)
        await bench.restart(step, after_s=1)
        await bench.restart(step, after_s=300)
        before = await bench.fires()
        await bench.restart(step, after_s=1)
        assert await bench.fires() == before


async def test_the_wall_clock_jumping_ahead_is_caught_up_like_an_absence(bench: ScheduleWorld) -> None:
    await bench.start(tick(catch_up=CatchUp.LATEST))

    bench.clock.jump(600)
    await bench.clock.advance(30)

    assert await bench.fires("fired") == [10 * MINUTE]
    assert any("the clock moved by +600.0 s" in message for _, message in bench.recorder.logs)


async def test_a_jump_ahead_with_catch_up_none_fires_nothing_old(bench: ScheduleWorld) -> None:
    await bench.start(tick(catch_up=CatchUp.NONE))

    bench.clock.jump(605)
    await bench.clock.advance(90)

    assert await bench.fires("fired") == [11 * MINUTE]
    assert await bench.fires("missed") == [10 * MINUTE]


@pytest.mark.parametrize("back_s", [2.0, 90.0, 900.0])
async def test_the_wall_clock_stepping_back_never_fires_an_instant_twice(
    bench: ScheduleWorld, back_s: float
) -> None:
    await bench.start(tick())
    await bench.clock.advance(181)

    bench.clock.jump(-back_s)
    await bench.clock.advance(1_200)

    fired = await bench.fires("fired")
    assert len(fired) == len(set(fired)) == len(await bench.runs())
    assert {MINUTE, 2 * MINUTE, 3 * MINUTE} <= set(fired)


async def test_a_clock_that_was_ahead_for_a_year_does_not_silence_the_step(bench: ScheduleWorld) -> None:
    await bench.start(tick())
    bench.clock.jump(365 * 86_400)
    await bench.clock.advance(61)

    bench.clock.jump(-365 * 86_400)
    await bench.clock.advance(180)

    assert {2 * MINUTE, 3 * MINUTE, 4 * MINUTE} <= set(await bench.fires("fired"))
