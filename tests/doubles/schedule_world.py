"""A scheduler over a frozen clock and a memory ledger that can be away."""

from __future__ import annotations

from typing import Any

from motia.ledger import CronFire, MemoryLedger
from motia.model import (
    Accepted,
    LedgerUnavailable,
    NewEvent,
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

    def state_changed(self, group: str, key: str | None) -> None: ...

    def log_dropped(self, trace: TraceId, run: RunId | None) -> None: ...

    def edge_observed(self, source: StepId, target: str, *, request: SpanId | None = None) -> None: ...

    def run_changed(self, run: RunId, step: StepId, state: RunState, trace: TraceId, attempt: int) -> None:
        self.runs.append((run, state))

    def instance_changed(self, **_: Any) -> None: ...

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


class ScheduleWorld:
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


def tick(schedule: str = "* * * * *", **more: Any) -> StepSpec:
    more.setdefault("overlap", Overlap.ALLOW)
    return StepSpec(
        id=TICK, kind=StepKind.CRON, language="python", source=Source(file="a.py"), schedule=schedule, **more
    )
