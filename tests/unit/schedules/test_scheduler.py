from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.doubles.schedule_world import (
    HOUR,
    MINUTE,
    START,
    TICK,
    ScheduleWorld,
    tick,
)

from motia.model import (
    CatchUp,
    NodeId,
    Overlap,
    RunState,
    Source,
    StepId,
    StepKind,
    StepSpec,
    TriggerKind,
    UnknownTarget,
)
from motia.project import Catalog


async def test_a_step_fires_at_its_instants_with_one_durable_event_each(bench: ScheduleWorld) -> None:
    await bench.start(tick())

    await bench.clock.advance(150)

    assert await bench.fires("fired") == [MINUTE, 2 * MINUTE]
    runs = await bench.runs()
    assert [run.kind for run in runs] == [TriggerKind.CRON] * 2
    assert [run.payload for run in runs] == [b"{}"] * 2
    assert msgspec.json.decode(runs[0].info) == {
        "scheduledAt": START + 2 * MINUTE,
        "schedule": "* * * * *",
        "timezone": "UTC",
    }
    assert bench.notified == [TICK, TICK]
    assert [run for run, _ in bench.recorder.runs] == [run.id for run in reversed(runs)]


async def test_every_second_fires_every_second(bench: ScheduleWorld) -> None:
    await bench.start(tick("* * * * * *"))

    await bench.clock.advance(5.5)

    assert await bench.fires("fired") == [1_000, 2_000, 3_000, 4_000, 5_000]


async def test_a_schedule_far_ahead_fires_on_its_day(bench: ScheduleWorld) -> None:
    await bench.start(tick("30 4 1 1 *"))

    await bench.clock.advance(4 * 3_600 + 1_800)

    assert await bench.fires("fired") == [4 * HOUR + 30 * MINUTE]


async def test_two_nodes_fire_an_instant_once(bench: ScheduleWorld) -> None:
    other = bench.new_scheduler()
    other.use_catalog(Catalog([tick()]))
    await other.start()
    await bench.start(tick())

    await bench.clock.advance(180)
    await other.stop()

    assert await bench.fires() == [MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert len(await bench.runs()) == 3


async def test_a_step_seen_for_the_first_time_fills_nothing_back(bench: ScheduleWorld) -> None:
    await bench.clock.advance(7 * 3_600)

    await bench.start(tick(catch_up=CatchUp.ALL))

    assert await bench.fires() == []


async def test_a_changed_schedule_fills_nothing_back(bench: ScheduleWorld) -> None:
    await bench.start(tick("0 * * * *", catch_up=CatchUp.ALL))
    await bench.clock.advance(2 * 3_600 + 1_800)

    bench.scheduler.use_catalog(Catalog([tick("*/10 * * * *", catch_up=CatchUp.ALL)]))
    await bench.clock.advance(600)

    assert await bench.fires() == [HOUR, 2 * HOUR, 2 * HOUR + 40 * MINUTE]


async def test_a_reload_with_the_same_schedule_goes_on_where_it_was(bench: ScheduleWorld) -> None:
    await bench.start(tick())
    await bench.clock.advance(90)

    bench.scheduler.use_catalog(Catalog([tick(description="edited")]))
    await bench.clock.advance(60)

    assert await bench.fires("fired") == [MINUTE, 2 * MINUTE]


async def test_a_reload_while_the_ledger_is_away_loses_no_instant(bench: ScheduleWorld) -> None:
    step = tick("10 0 * * *", catch_up=CatchUp.NONE)
    await bench.start(step)
    bench.ledger.is_away = True
    await bench.clock.advance(605)

    bench.scheduler.use_catalog(Catalog([step]))
    bench.ledger.is_away = False
    await bench.clock.advance(5)

    assert await bench.fires("fired") == [10 * MINUTE]


async def test_a_step_that_is_gone_fires_no_more_and_a_new_one_starts_at_once(bench: ScheduleWorld) -> None:
    await bench.start()
    bench.scheduler.use_catalog(Catalog([tick()]))
    await bench.clock.advance(60)
    bench.scheduler.use_catalog(Catalog())
    await bench.clock.advance(600)

    assert await bench.fires() == [MINUTE]


async def test_overlap_skip_records_which_run_it_waits_for(bench: ScheduleWorld) -> None:
    await bench.start(tick(overlap=Overlap.SKIP))

    await bench.clock.advance(125)

    assert await bench.fires("fired") == [MINUTE]
    assert await bench.fires("skipped") == [2 * MINUTE]
    (run,) = await bench.runs()
    assert (await bench.ledger.cron_fires(TICK))[0].reason == f"run {run.id} is not finished (ready)"


async def test_overlap_skip_fires_again_once_the_run_is_finished(bench: ScheduleWorld) -> None:
    await bench.start(tick(overlap=Overlap.SKIP))
    await bench.clock.advance(61)
    (claim,) = await bench.ledger.claim(TICK, limit=1, node=NodeId("n"), concurrency=None)

    await bench.clock.advance(60)
    await bench.ledger.complete(claim.run, claim.epoch, result=b"null")
    await bench.clock.advance(60)

    assert await bench.fires("fired") == [MINUTE, 3 * MINUTE]
    skipped = [fire for fire in await bench.ledger.cron_fires(TICK) if fire.outcome == "skipped"]
    assert skipped[0].reason == f"run {claim.run} is not finished (running)"


async def test_overlap_queue_runs_one_after_another(bench: ScheduleWorld) -> None:
    await bench.start(tick(overlap=Overlap.QUEUE))

    await bench.clock.advance(125)

    states = sorted(run.state for run in await bench.runs())
    assert states == [RunState.BLOCKED, RunState.READY]


async def test_overlap_allow_runs_side_by_side(bench: ScheduleWorld) -> None:
    await bench.start(tick(overlap=Overlap.ALLOW))

    await bench.clock.advance(125)

    assert [run.state for run in await bench.runs()] == [RunState.READY] * 2


async def test_a_full_queue_is_recorded_as_skipped(bench: ScheduleWorld) -> None:
    await bench.start(tick(queue_depth=1))

    await bench.clock.advance(125)

    assert await bench.fires("skipped") == [2 * MINUTE]
    assert "queue full" in (await bench.ledger.cron_fires(TICK))[0].reason


async def test_a_paused_step_records_what_it_skips(bench: ScheduleWorld) -> None:
    await bench.start(tick())
    await bench.ledger.pause(TICK)
    await bench.clock.advance(65)
    await bench.ledger.resume(TICK)
    await bench.clock.advance(60)

    assert await bench.fires("skipped") == [MINUTE]
    assert await bench.fires("fired") == [2 * MINUTE]


@pytest.mark.parametrize("catch_up", list(CatchUp))
async def test_an_instant_the_ledger_could_not_take_is_tried_again_until_it_works(
    bench: ScheduleWorld, catch_up: CatchUp
) -> None:
    await bench.start(tick("10 0 * * *", catch_up=catch_up))
    bench.ledger.is_away = True
    await bench.clock.advance(600 + 1_200)
    assert await bench.fires() == []

    bench.ledger.is_away = False
    await bench.clock.advance(2)

    assert await bench.fires("fired") == [10 * MINUTE]
    away = [message for level, message in bench.recorder.logs if level == "error"]
    assert away == ["cron step 'tick' cannot fire, the ledger is away: disk full"]


async def test_an_outage_longer_than_the_window_leaves_a_missed_row(bench: ScheduleWorld) -> None:
    await bench.start(tick("10 0 * * *"))
    bench.ledger.is_away = True
    await bench.clock.advance(3_600 + 660)

    bench.ledger.is_away = False
    await bench.clock.advance(2)

    assert await bench.fires("fired") == []
    assert await bench.fires("missed") == [10 * MINUTE]


async def test_one_broken_schedule_does_not_stop_the_others(bench: ScheduleWorld) -> None:
    broken = StepSpec(
        id=StepId("broken"),
        kind=StepKind.CRON,
        language="python",
        source=Source(file="b.py"),
        schedule="61 * * * *",
    )
    await bench.start(broken, tick())

    await bench.clock.advance(61)

    assert await bench.fires("fired") == [MINUTE]
    first, _ = await bench.scheduler.overview()
    assert first.step == "broken"
    assert "the minute field '61'" in first.error
    assert first.next_at == ()


async def test_run_now_fires_once_by_hand_and_takes_no_instant_away(bench: ScheduleWorld) -> None:
    await bench.start(tick(overlap=Overlap.ALLOW))
    await bench.clock.advance(30)

    by_hand = await bench.scheduler.run_now(TICK)
    again = await bench.scheduler.run_now(TICK)
    await bench.clock.advance(31)

    assert by_hand.run != again.run
    run = await bench.ledger.get(by_hand.run)
    assert run is not None
    assert run.kind is TriggerKind.MANUAL
    assert len(await bench.fires("manual")) == 2
    assert await bench.fires("fired") == [MINUTE]
    assert all(instant % 1_000 for instant in await bench.fires("manual"))


async def test_run_now_at_the_scheduled_instant_itself_fires_both(bench: ScheduleWorld) -> None:
    await bench.start(tick())
    await bench.clock.advance(59.999)
    bench.clock.jump(0.001)

    await bench.scheduler.run_now(TICK)
    await bench.clock.advance(1)

    assert await bench.fires("fired") == [MINUTE]
    assert len(await bench.fires("manual")) == 1


async def test_a_firing_by_hand_does_not_hide_what_was_missed(bench: ScheduleWorld) -> None:
    step = tick("0 1 * * *")
    await bench.start(step)
    await bench.scheduler.stop()
    await bench.clock.advance(3_600 + 60)
    bench.scheduler = bench.new_scheduler()
    bench.scheduler.use_catalog(Catalog([step]))
    await bench.scheduler.run_now(TICK)

    await bench.start(step)

    assert await bench.fires("fired") == [HOUR]


async def test_run_now_of_an_unknown_step_names_the_known_ones(bench: ScheduleWorld) -> None:
    await bench.start(tick())

    with pytest.raises(UnknownTarget) as caught:
        await bench.scheduler.run_now(StepId("tock"))

    assert "no cron step has the id 'tock'" in caught.value.message
    assert caught.value.hint == "the cron steps are: tick"


async def test_the_overview_shows_words_zone_next_instants_and_last_firings(bench: ScheduleWorld) -> None:
    await bench.start(tick("0 3 * * *", timezone="Europe/Berlin"))
    await bench.clock.advance(3 * 3_600)
    await bench.ledger.pause(TICK)

    (shown,) = await bench.scheduler.overview()

    assert shown.words == "At 03:00 every day (Europe/Berlin)"
    assert (shown.expression, shown.timezone, shown.paused) == ("0 3 * * *", "Europe/Berlin", True)
    assert len(shown.next_at) == 10
    assert shown.next_at[0] == START + 26 * HOUR
    assert [fire.instant_at for fire in shown.fires] == [START + 2 * HOUR]


async def test_the_scheduler_starts_and_stops_twice_and_in_the_wrong_order(bench: ScheduleWorld) -> None:
    await bench.scheduler.stop()
    await bench.start(tick())
    await bench.scheduler.start()
    await bench.scheduler.stop()
    await bench.scheduler.stop()
    await bench.clock.advance(120)

    assert await bench.fires() == []
    assert all("cron" not in task.get_name() for task in asyncio.all_tasks())
    await bench.scheduler.start()
    await bench.clock.advance(60)
    assert await bench.fires("fired") == [2 * MINUTE, 3 * MINUTE]
