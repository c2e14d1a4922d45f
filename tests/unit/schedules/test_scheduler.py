from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from motia.ledger import CronFire, MemoryLedger
from motia.model import (
    Accepted,
    CatchUp,
    LedgerUnavailable,
    NewEvent,
    NodeId,
    Overlap,
    RunFilter,
    RunId,
    RunState,
    Source,
    SpanId,
    StepId,
    StepKind,
    StepSpec,
    TraceId,
    TriggerKind,
    UnknownTarget,
)
from motia.project import Catalog
from motia.runtime import FrozenClock
from motia.schedules import CronScheduler

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
MINUTE = 60_000
HOUR = 60 * MINUTE
TICK = StepId("tick")


class ListRecorder:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.logs: list[tuple[str, str]] = []
        self.counts: dict[str, int] = {}
        self.runs: list[tuple[RunId, RunState]] = []
        self._traces = 0

    def new_trace(self) -> TraceId:
        self._traces += 1
        return TraceId(f"{self._traces:032x}")

    def new_span(self) -> SpanId:
        return SpanId("0" * 16)

    def request(self, **_: Any) -> None: ...

    def attempt(self, **_: Any) -> None: ...

    def user_span(self, **_: Any) -> None: ...

    def edge_observed(self, source: StepId, target: str) -> None: ...

    def run_changed(self, run: RunId, step: StepId, state: RunState, trace: TraceId, attempt: int) -> None:
        self.runs.append((run, state))

    def log(self, *, level: str, message: str, at: int, **_: Any) -> None:
        self.logs.append((level, message))

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + by


class OutageLedger(MemoryLedger):
    """A ledger that can be away."""

    is_away = False

    async def fire(self, fire: CronFire, event: NewEvent | None) -> tuple[bool, Accepted | None]:
        if self.is_away:
            raise LedgerUnavailable("disk full")
        return await super().fire(fire, event)


class Bench:
    """A scheduler over a frozen clock and a memory ledger."""

    def __init__(self) -> None:
        self.clock = FrozenClock(START)
        self.ledger = OutageLedger(clock=self.clock)
        self.notified: list[StepId] = []
        self.recorder = ListRecorder()
        self.scheduler = self.new_scheduler()

    def new_scheduler(self) -> CronScheduler:
        return CronScheduler(
            ledger=self.ledger, clock=self.clock, recorder=self.recorder, notify=self.notified.append
        )

    async def start(self, *steps: StepSpec) -> None:
        self.scheduler.use_catalog(Catalog(steps))
        await self.scheduler.start()
        await self.clock.settle()

    async def restart(self, *steps: StepSpec, after_s: float) -> None:
        await self.scheduler.stop()
        await self.clock.advance(after_s)
        self.scheduler = self.new_scheduler()
        await self.start(*steps)

    async def fires(self, outcome: str = "", *, step: StepId = TICK) -> list[int]:
        found = await self.ledger.cron_fires(step, limit=1_000)
        return sorted(fire.instant_at - START for fire in found if outcome in ("", fire.outcome))

    async def runs(self) -> list[Any]:
        return list((await self.ledger.list_runs(RunFilter(step=TICK), limit=1_000)).runs)


@pytest.fixture
async def bench() -> Any:
    made = Bench()
    yield made
    await made.scheduler.stop()


def tick(schedule: str = "* * * * *", **more: Any) -> StepSpec:
    more.setdefault("overlap", Overlap.ALLOW)
    return StepSpec(
        id=TICK, kind=StepKind.CRON, language="python", source=Source(file="a.py"), schedule=schedule, **more
    )


async def test_a_step_fires_at_its_instants_with_one_durable_event_each(bench: Bench) -> None:
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


async def test_every_second_fires_every_second(bench: Bench) -> None:
    await bench.start(tick("* * * * * *"))

    await bench.clock.advance(5.5)

    assert await bench.fires("fired") == [1_000, 2_000, 3_000, 4_000, 5_000]


async def test_a_schedule_far_ahead_fires_on_its_day(bench: Bench) -> None:
    await bench.start(tick("30 4 1 1 *"))

    await bench.clock.advance(4 * 3_600 + 1_800)

    assert await bench.fires("fired") == [4 * HOUR + 30 * MINUTE]


async def test_two_nodes_fire_an_instant_once(bench: Bench) -> None:
    other = bench.new_scheduler()
    other.use_catalog(Catalog([tick()]))
    await other.start()
    await bench.start(tick())

    await bench.clock.advance(180)
    await other.stop()

    assert await bench.fires() == [MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert len(await bench.runs()) == 3


async def test_a_step_seen_for_the_first_time_fills_nothing_back(bench: Bench) -> None:
    await bench.clock.advance(7 * 3_600)

    await bench.start(tick(catch_up=CatchUp.ALL))

    assert await bench.fires() == []


async def test_a_changed_schedule_fills_nothing_back(bench: Bench) -> None:
    await bench.start(tick("0 * * * *", catch_up=CatchUp.ALL))
    await bench.clock.advance(2 * 3_600 + 1_800)

    bench.scheduler.use_catalog(Catalog([tick("*/10 * * * *", catch_up=CatchUp.ALL)]))
    await bench.clock.advance(600)

    assert await bench.fires() == [HOUR, 2 * HOUR, 2 * HOUR + 40 * MINUTE]


async def test_a_reload_with_the_same_schedule_goes_on_where_it_was(bench: Bench) -> None:
    await bench.start(tick())
    await bench.clock.advance(90)

    bench.scheduler.use_catalog(Catalog([tick(description="edited")]))
    await bench.clock.advance(60)

    assert await bench.fires("fired") == [MINUTE, 2 * MINUTE]


async def test_a_reload_while_the_ledger_is_away_loses_no_instant(bench: Bench) -> None:
    step = tick("10 0 * * *", catch_up=CatchUp.NONE)
    await bench.start(step)
    bench.ledger.is_away = True
    await bench.clock.advance(605)

    bench.scheduler.use_catalog(Catalog([step]))
    bench.ledger.is_away = False
    await bench.clock.advance(5)

    assert await bench.fires("fired") == [10 * MINUTE]


async def test_a_step_that_is_gone_fires_no_more_and_a_new_one_starts_at_once(bench: Bench) -> None:
    await bench.start()
    bench.scheduler.use_catalog(Catalog([tick()]))
    await bench.clock.advance(60)
    bench.scheduler.use_catalog(Catalog())
    await bench.clock.advance(600)

    assert await bench.fires() == [MINUTE]


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
    bench: Bench, catch_up: CatchUp, down_s: float, fired: list[int], missed: list[int]
) -> None:
    step = tick(catch_up=catch_up)
    await bench.start(step)
    await bench.clock.advance(60)

    await bench.restart(step, after_s=down_s)

    assert await bench.fires("fired") == [MINUTE, *fired]
    assert await bench.fires("missed") == missed


async def test_the_latest_is_not_caught_up_when_it_is_older_than_an_hour(bench: Bench) -> None:
    step = tick("0 2 * * *")
    await bench.start(step)
    await bench.clock.advance(3_600)

    await bench.restart(step, after_s=3 * 3_600)

    assert await bench.fires("fired") == []
    assert await bench.fires("missed") == [2 * HOUR]
    assert "catch_up is latest" in (await bench.ledger.cron_fires(TICK))[0].reason


async def test_the_latest_is_caught_up_within_an_hour(bench: Bench) -> None:
    step = tick("0 2 * * *")
    await bench.start(step)
    await bench.clock.advance(3_600)

    await bench.restart(step, after_s=1.5 * 3_600)

    assert await bench.fires("fired") == [2 * HOUR]


async def test_a_second_restart_catches_up_nothing_again(bench: Bench) -> None:
    for catch_up in CatchUp:
        step = tick(catch_up=catch_up)
        await bench.restart(step, after_s=1)
        await bench.restart(step, after_s=300)
        before = await bench.fires()
        await bench.restart(step, after_s=1)
        assert await bench.fires() == before


async def test_the_wall_clock_jumping_ahead_is_caught_up_like_an_absence(bench: Bench) -> None:
    await bench.start(tick(catch_up=CatchUp.LATEST))

    bench.clock.jump(600)
    await bench.clock.advance(30)

    assert await bench.fires("fired") == [10 * MINUTE]
    assert any("the clock moved by +600.0 s" in message for _, message in bench.recorder.logs)


async def test_a_jump_ahead_with_catch_up_none_fires_nothing_old(bench: Bench) -> None:
    await bench.start(tick(catch_up=CatchUp.NONE))

    bench.clock.jump(605)
    await bench.clock.advance(90)

    assert await bench.fires("fired") == [11 * MINUTE]
    assert await bench.fires("missed") == [10 * MINUTE]


@pytest.mark.parametrize("back_s", [2.0, 90.0, 900.0])
async def test_the_wall_clock_stepping_back_never_fires_an_instant_twice(bench: Bench, back_s: float) -> None:
    await bench.start(tick())
    await bench.clock.advance(181)

    bench.clock.jump(-back_s)
    await bench.clock.advance(1_200)

    fired = await bench.fires("fired")
    assert len(fired) == len(set(fired)) == len(await bench.runs())
    assert {MINUTE, 2 * MINUTE, 3 * MINUTE} <= set(fired)


async def test_a_clock_that_was_ahead_for_a_year_does_not_silence_the_step(bench: Bench) -> None:
    await bench.start(tick())
    bench.clock.jump(365 * 86_400)
    await bench.clock.advance(61)

    bench.clock.jump(-365 * 86_400)
    await bench.clock.advance(180)

    assert {2 * MINUTE, 3 * MINUTE, 4 * MINUTE} <= set(await bench.fires("fired"))


async def test_overlap_skip_records_which_run_it_waits_for(bench: Bench) -> None:
    await bench.start(tick(overlap=Overlap.SKIP))

    await bench.clock.advance(125)

    assert await bench.fires("fired") == [MINUTE]
    assert await bench.fires("skipped") == [2 * MINUTE]
    (run,) = await bench.runs()
    assert (await bench.ledger.cron_fires(TICK))[0].reason == f"run {run.id} is not finished (ready)"


async def test_overlap_skip_fires_again_once_the_run_is_finished(bench: Bench) -> None:
    await bench.start(tick(overlap=Overlap.SKIP))
    await bench.clock.advance(61)
    (claim,) = await bench.ledger.claim(TICK, limit=1, node=NodeId("n"), concurrency=None)

    await bench.clock.advance(60)
    await bench.ledger.complete(claim.run, claim.epoch, result=b"null")
    await bench.clock.advance(60)

    assert await bench.fires("fired") == [MINUTE, 3 * MINUTE]
    skipped = [fire for fire in await bench.ledger.cron_fires(TICK) if fire.outcome == "skipped"]
    assert skipped[0].reason == f"run {claim.run} is not finished (running)"


async def test_overlap_queue_runs_one_after_another(bench: Bench) -> None:
    await bench.start(tick(overlap=Overlap.QUEUE))

    await bench.clock.advance(125)

    states = sorted(run.state for run in await bench.runs())
    assert states == [RunState.BLOCKED, RunState.READY]


async def test_overlap_allow_runs_side_by_side(bench: Bench) -> None:
    await bench.start(tick(overlap=Overlap.ALLOW))

    await bench.clock.advance(125)

    assert [run.state for run in await bench.runs()] == [RunState.READY] * 2


async def test_a_full_queue_is_recorded_as_skipped(bench: Bench) -> None:
    await bench.start(tick(queue_depth=1))

    await bench.clock.advance(125)

    assert await bench.fires("skipped") == [2 * MINUTE]
    assert "queue full" in (await bench.ledger.cron_fires(TICK))[0].reason


async def test_a_paused_step_records_what_it_skips(bench: Bench) -> None:
    await bench.start(tick())
    await bench.ledger.pause(TICK)
    await bench.clock.advance(65)
    await bench.ledger.resume(TICK)
    await bench.clock.advance(60)

    assert await bench.fires("skipped") == [MINUTE]
    assert await bench.fires("fired") == [2 * MINUTE]


@pytest.mark.parametrize("catch_up", list(CatchUp))
async def test_an_instant_the_ledger_could_not_take_is_tried_again_until_it_works(
    bench: Bench, catch_up: CatchUp
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


async def test_an_outage_longer_than_the_window_leaves_a_missed_row(bench: Bench) -> None:
    await bench.start(tick("10 0 * * *"))
    bench.ledger.is_away = True
    await bench.clock.advance(3_600 + 660)

    bench.ledger.is_away = False
    await bench.clock.advance(2)

    assert await bench.fires("fired") == []
    assert await bench.fires("missed") == [10 * MINUTE]


async def test_one_broken_schedule_does_not_stop_the_others(bench: Bench) -> None:
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


async def test_run_now_fires_once_by_hand_and_takes_no_instant_away(bench: Bench) -> None:
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


async def test_run_now_at_the_scheduled_instant_itself_fires_both(bench: Bench) -> None:
    await bench.start(tick())
    await bench.clock.advance(59.999)
    bench.clock.jump(0.001)

    await bench.scheduler.run_now(TICK)
    await bench.clock.advance(1)

    assert await bench.fires("fired") == [MINUTE]
    assert len(await bench.fires("manual")) == 1


async def test_a_firing_by_hand_does_not_hide_what_was_missed(bench: Bench) -> None:
    step = tick("0 1 * * *")
    await bench.start(step)
    await bench.scheduler.stop()
    await bench.clock.advance(3_600 + 60)
    bench.scheduler = bench.new_scheduler()
    bench.scheduler.use_catalog(Catalog([step]))
    await bench.scheduler.run_now(TICK)

    await bench.start(step)

    assert await bench.fires("fired") == [HOUR]


async def test_run_now_of_an_unknown_step_names_the_known_ones(bench: Bench) -> None:
    await bench.start(tick())

    with pytest.raises(UnknownTarget) as caught:
        await bench.scheduler.run_now(StepId("tock"))

    assert "no cron step has the id 'tock'" in caught.value.message
    assert caught.value.hint == "the cron steps are: tick"


async def test_the_overview_shows_words_zone_next_instants_and_last_firings(bench: Bench) -> None:
    await bench.start(tick("0 3 * * *", timezone="Europe/Berlin"))
    await bench.clock.advance(3 * 3_600)
    await bench.ledger.pause(TICK)

    (shown,) = await bench.scheduler.overview()

    assert shown.words == "At 03:00 every day (Europe/Berlin)"
    assert (shown.expression, shown.timezone, shown.paused) == ("0 3 * * *", "Europe/Berlin", True)
    assert len(shown.next_at) == 10
    assert shown.next_at[0] == START + 26 * HOUR
    assert [fire.instant_at for fire in shown.fires] == [START + 2 * HOUR]


async def test_the_scheduler_starts_and_stops_twice_and_in_the_wrong_order(bench: Bench) -> None:
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
