"""The scheduler: fires cron steps, one ledger row for each scheduled instant.

Invariants
1. An instant of a step fires at most once, over any number of nodes and whatever the clock does: the
   row (step, instant) is unique in the ledger and commits together with the event.
2. Nothing before a step was first seen with its schedule is ever caught up.
3. An instant that could not be recorded because the ledger was away is tried again until it works,
   or until it is too old to be caught up.
4. A scheduled instant is a whole second; a firing by hand never is, so that it takes no instant away.

What became of an instant (`CronFire.outcome`)

| outcome | when |
|---|---|
| fired | its event was accepted |
| skipped | the previous run is not finished (overlap `skip`), the step is paused, or its queue is full |
| missed | it passed unseen and `catch_up` does not bring it back; one row stands for all of them |
| manual | somebody fired the step by hand |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from motia.ledger import CronFire, Ledger
from motia.model import (
    OPEN_STATES,
    Accepted,
    CatchUp,
    Delivery,
    LedgerUnavailable,
    MotiaError,
    NewEvent,
    Overlap,
    QueueFull,
    RunFilter,
    RunState,
    StepId,
    StepKind,
    StepSpec,
    TraceId,
    TriggerKind,
    UnknownTarget,
)
from motia.project import Catalog, CronInvalid, with_openings
from motia.runtime import Clock, Duty
from motia.schedules.schedule import Schedule
from motia.telemetry import Recorder

CATCH_UP_WINDOW_MS: Final = 3_600_000
"""How old an instant may be for `catch_up: latest` to bring it back."""
CATCH_UP_ALL_MAX: Final = 100
WAKE_S_MAX: Final = 30.0
"""The timer is never longer, so that a jump of the wall clock is noticed within it."""
JUMP_MS: Final = 5_000
"""Wall and monotonic time apart by more: the clock was set, or the machine slept."""
RETRY_S: Final = 2.0
OVERVIEW_NEXT: Final = 10
OVERVIEW_FIRES: Final = 20
_FIRES_READ: Final = 100
_UNFINISHED: Final = tuple(sorted(OPEN_STATES - {RunState.PARKED}))
_QUEUE_KEY: Final = "cron"
_MANUAL_TRIES: Final = 900


class CronOverview(msgspec.Struct, frozen=True, kw_only=True):
    """A cron step for people. Instants are ms since the epoch."""

    step: StepId
    expression: str
    words: str
    timezone: str
    catch_up: CatchUp
    overlap: Overlap
    next_at: tuple[int, ...]
    """The next ten instants."""
    fires: tuple[CronFire, ...]
    """The last twenty firings, newest first."""
    paused: bool
    error: str = ""
    """Why the schedule cannot be read; it never fires then."""


class _Entry:
    """A cron step under schedule. `through_at`: every instant up to it is dealt with; None: not looked at yet.

    `next_at`: the first instant after `through_at`; None: to be found out.
    """

    __slots__ = ("is_away", "next_at", "schedule", "spec", "through_at", "told")

    def __init__(self, spec: StepSpec, schedule: Schedule) -> None:
        self.spec = spec
        self.schedule = schedule
        self.through_at: int | None = None
        self.next_at: int | None = None
        self.is_away = True
        self.told = ""


class CronScheduler(Duty):
    """Keeps one timer, to the next instant of all cron steps. See the head of this file."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        clock: Clock,
        recorder: Recorder,
        notify: Callable[[StepId], None],
        joined: Callable[[TraceId, tuple[str, ...]], None] = lambda trace, instances: None,
        queue_depth: int = 100_000,
    ) -> None:
        """Make a scheduler without steps; `use_catalog` gives it some.

        Args:
            ledger: Open before `start`, closed after `stop`.
            clock: Wall time decides what is due, monotonic time how long to wait.
            recorder: Makes trace ids; told about firings and failures.
            notify: Called with a step that has a new ready run.
            joined: Called with a trace and the workflow instances that a firing opened in it.
            queue_depth: Most open runs of a cron step that sets no `queue_depth` of its own.
        """
        super().__init__()
        self._ledger = ledger
        self._clock = clock
        self._recorder = recorder
        self._notify = notify
        self._joined = joined
        self._catalog = Catalog()
        self._queue_depth = queue_depth
        self._entries: dict[StepId, _Entry] = {}
        self._broken: dict[StepId, tuple[StepSpec, str]] = {}
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def use_catalog(self, catalog: Catalog) -> None:
        """Schedule the cron steps of `catalog` from now on; steps that are gone fire no more.

        A step whose schedule and zone are unchanged goes on where it was. A schedule that cannot be
        read never fires; project checks report it.
        """
        entries: dict[StepId, _Entry] = {}
        self._catalog = catalog
        self._broken = {}
        for spec in catalog.of_kind(StepKind.CRON):
            try:
                schedule = Schedule.parse(spec.schedule, spec.timezone)
            except CronInvalid as error:
                self._broken[spec.id] = (spec, error.message)
                continue
            entry = self._entries.get(spec.id)
            if entry is None or entry.schedule != schedule:
                entry = _Entry(spec, schedule)
            entry.spec = spec
            entries[spec.id] = entry
        self._entries = entries
        self._woken.set()

    async def run_now(self, step: StepId) -> Accepted:
        """Fire `step` once, by hand, whatever its overlap and pause say; durable when this returns.

        Raises:
            UnknownTarget: No cron step has this id.
            QueueFull, LedgerUnavailable: Nothing was accepted.
        """
        entry = self._entries.get(step)
        spec = entry.spec if entry else self._broken[step][0] if step in self._broken else None
        if spec is None:
            known = ", ".join(sorted([*self._entries, *self._broken])) or "none"
            raise UnknownTarget(f"no cron step has the id {step!r}", hint=f"the cron steps are: {known}")
        now = self._clock.now_ms()
        for instant in range(now, now + _MANUAL_TRIES):
            if instant % 1_000 == 0:
                continue
            event = self._event_of(spec, instant, kind=TriggerKind.MANUAL)
            is_new, accepted = await self._ledger.fire(
                CronFire(step=step, instant_at=instant, outcome="manual", fired_at=now), event
            )
            if is_new and accepted is not None:
                self._tell(spec, accepted)
                return accepted
        raise LedgerUnavailable(
            f"{step!r} was fired by hand too often within a second", hint="try again in a second"
        )

    async def overview(self) -> list[CronOverview]:
        """Every cron step by id, also those whose schedule cannot be read.

        Raises:
            LedgerUnavailable: The firings cannot be read.
        """
        now = self._clock.now_ms()
        paused = await self._ledger.paused()
        found: list[CronOverview] = []
        for step in sorted([*self._entries, *self._broken]):
            entry = self._entries.get(step)
            spec, error = (entry.spec, "") if entry else self._broken[step]
            fires = await self._ledger.cron_fires(step, limit=OVERVIEW_FIRES)
            found.append(
                CronOverview(
                    step=step,
                    expression=spec.schedule,
                    words=entry.schedule.describe() if entry else "",
                    timezone=spec.timezone,
                    catch_up=spec.catch_up,
                    overlap=spec.overlap,
                    next_at=tuple(entry.schedule.between(now, 1 << 62, limit=OVERVIEW_NEXT)) if entry else (),
                    fires=tuple(fires),
                    paused=step in paused,
                    error=error,
                )
            )
        return found

    async def _start(self) -> None:
        for entry in self._entries.values():
            entry.through_at, entry.next_at, entry.is_away = None, None, True
        self._task = asyncio.create_task(self._run(), name="cron-scheduler")

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    # the loop

    async def _run(self) -> None:
        wall_ms, mono_s = self._clock.now_ms(), self._clock.mono()
        while True:
            self._woken.clear()
            now, mono = self._clock.now_ms(), self._clock.mono()
            drift_ms = (now - wall_ms) - (mono - mono_s) * 1_000
            wall_ms, mono_s = now, mono
            if abs(drift_ms) > JUMP_MS:
                self._note_jump(now, int(drift_ms))
            delay_s = WAKE_S_MAX
            for entry in list(self._entries.values()):
                delay_s = min(delay_s, await self._visit(entry))
            await self._wait(delay_s)

    def _note_jump(self, now: int, drift_ms: int) -> None:
        self._log(
            "warn", f"the clock moved by {drift_ms / 1_000:+.1f} s against elapsed time; cron follows it"
        )
        for entry in self._entries.values():
            entry.is_away, entry.next_at = True, None
            if entry.through_at is not None and drift_ms < 0:
                # Instants that come a second time are in the ledger already and fire no second time.
                entry.through_at = min(entry.through_at, now)

    async def _visit(self, entry: _Entry) -> float:
        """Deal with what is due of one step; seconds until it wants the next visit."""
        try:
            now = self._clock.now_ms()
            if entry.next_at is not None and now < entry.next_at:
                return (entry.next_at - now) / 1_000
            if entry.through_at is None:
                entry.through_at = min(await self._first_through(entry), now)
            await self._deal(entry, now)
        except LedgerUnavailable as error:
            self._complain(
                entry, f"cron step {entry.spec.id!r} cannot fire, the ledger is away: {error.message}"
            )
            return RETRY_S
        except MotiaError as error:
            self._complain(entry, f"cron step {entry.spec.id!r} cannot fire: {error.message}")
            return RETRY_S
        except Exception as error:
            self._complain(entry, f"cron step {entry.spec.id!r} cannot fire: {type(error).__name__}: {error}")
            return RETRY_S
        entry.is_away, entry.told = False, ""
        entry.next_at = entry.schedule.next_after(entry.through_at)
        if entry.next_at is None:
            return WAKE_S_MAX
        return max((entry.next_at - self._clock.now_ms()) / 1_000, 0.001)

    async def _wait(self, delay_s: float) -> None:
        timer = self._clock.call_later(delay_s, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            timer.cancel()

    # one step

    async def _first_through(self, entry: _Entry) -> int:
        step = entry.spec.id
        seen_at = await self._ledger.cron_seen(step, f"{entry.spec.schedule} {entry.spec.timezone}")
        fires = await self._ledger.cron_fires(step, limit=_FIRES_READ)
        scheduled = [fire.instant_at for fire in fires if fire.outcome != "manual"]
        return max([seen_at, *scheduled])

    async def _deal(self, entry: _Entry, now: int) -> None:
        through = entry.through_at if entry.through_at is not None else now
        if now <= through:
            return
        due = entry.schedule.latest(through, now, limit=CATCH_UP_ALL_MAX + 1)
        wanted = _wanted(entry.spec.catch_up, due, now=now, is_away=entry.is_away)
        missed = [instant for instant in due if instant not in wanted]
        for instant in wanted:
            # Rising order, so that a failure half way leaves exactly the rest to do.
            if missed and missed[-1] < instant:
                await self._record_missed(entry, missed, now)
                missed = []
            await self._fire(entry, instant)
            entry.through_at = instant
        if missed:
            await self._record_missed(entry, missed, now)
        entry.through_at = now

    async def _record_missed(self, entry: _Entry, missed: list[int], now: int) -> None:
        count = f"{len(missed)}" if len(missed) <= CATCH_UP_ALL_MAX else f"more than {CATCH_UP_ALL_MAX}"
        reason = f"{count} scheduled instant(s) passed unseen and catch_up is {entry.spec.catch_up}"
        fire = CronFire(
            step=entry.spec.id, instant_at=missed[-1], outcome="missed", fired_at=now, reason=reason
        )
        is_new, _ = await self._ledger.fire(fire, None)
        if is_new:
            self._recorder.count("cron_missed", len(missed))
            self._log("warn", f"cron step {entry.spec.id!r}: {reason}", step=entry.spec.id)

    async def _fire(self, entry: _Entry, instant: int) -> None:
        spec = entry.spec
        now = self._clock.now_ms()
        reason = await self._reason_to_skip(spec)
        if not reason:
            event = self._event_of(spec, instant, kind=TriggerKind.CRON)
            try:
                is_new, accepted = await self._ledger.fire(
                    CronFire(step=spec.id, instant_at=instant, outcome="fired", fired_at=now), event
                )
            except QueueFull as error:
                reason = f"queue full: {error.message}"
            else:
                if is_new and accepted is not None:
                    self._recorder.count("cron_fired")
                    self._tell(spec, accepted)
                return
        fire = CronFire(step=spec.id, instant_at=instant, outcome="skipped", fired_at=now, reason=reason)
        is_new, _ = await self._ledger.fire(fire, None)
        if is_new:
            self._recorder.count("cron_skipped")
            self._log("info", f"cron step {spec.id!r} skipped a firing: {reason}", step=spec.id)

    async def _reason_to_skip(self, spec: StepSpec) -> str:
        if spec.id in await self._ledger.paused():
            return "the step is paused"
        if spec.overlap is not Overlap.SKIP:
            return ""
        page = await self._ledger.list_runs(RunFilter(step=spec.id, states=_UNFINISHED), limit=1)
        if not page.runs:
            return ""
        return f"run {page.runs[0].id} is not finished ({page.runs[0].state})"

    def _event_of(self, spec: StepSpec, instant: int, *, kind: TriggerKind) -> NewEvent:
        info = {"scheduledAt": instant, "schedule": spec.schedule, "timezone": spec.timezone}
        delivery = Delivery(
            step=spec.id,
            key=_QUEUE_KEY if spec.overlap is Overlap.QUEUE else None,
            depth_max=spec.queue_depth if spec.queue_depth is not None else self._queue_depth,
        )
        event = NewEvent(
            target=spec.id,
            kind=kind,
            payload=b"{}",
            trace=self._recorder.new_trace(),
            deliveries=(delivery,),
            info=msgspec.json.encode(info),
        )
        return with_openings(event, self._catalog)

    def _tell(self, spec: StepSpec, accepted: Accepted) -> None:
        for run, state in zip(accepted.runs, accepted.states, strict=True):
            self._recorder.run_changed(run, spec.id, state, accepted.trace, 0)
        if accepted.instances:
            self._joined(accepted.trace, accepted.instances)
        self._notify(spec.id)

    def _complain(self, entry: _Entry, message: str) -> None:
        if entry.told != message:
            entry.told = message
            self._log("error", message, step=entry.spec.id)

    def _log(self, level: str, message: str, *, step: StepId | None = None) -> None:
        self._recorder.log(level=level, message=message, at=self._clock.now_ms(), step=step)


def _wanted(catch_up: CatchUp, due: list[int], *, now: int, is_away: bool) -> list[int]:
    """Which of the due instants fire. `is_away`: they passed while nobody watched, so `catch_up` decides.

    What came while the engine ran and could not be recorded at once (the ledger was away, the loop
    stood still) was not missed: its latest fires even with `none`.
    """
    if not due or (is_away and catch_up is CatchUp.NONE):
        return []
    if catch_up is CatchUp.ALL:
        return due[-CATCH_UP_ALL_MAX:]
    return due[-1:] if now - due[-1] <= CATCH_UP_WINDOW_MS else []
