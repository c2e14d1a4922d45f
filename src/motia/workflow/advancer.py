"""Moves workflow instances on: looks at each when something happened, and now and then all the same.

Invariants
1. What is done for an instance is one ledger operation, made of a snapshot and fenced by its version:
   told twice, killed half way or run beside another look, it happens once.
2. Being told is a hint. Every open instance is looked at at the start, and then `POLL_LOOKS` of them
   every `poll_s` of the node, in turn; those whose time is over are looked at when it is.
3. An instance is looked at by one look at a time, and no more than `LOOKS_MAX` at once.
4. A look reads all runs of an instance. With more than `CROWD_MIN` of them it is looked at only for news
   that can change something (`Crowd`), and the poll reads no more than `POLL_RUNS` runs in a turn: the
   work for a member with n runs grows with n, not with its square.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from motia.dispatch import NodeState, Periodic
from motia.ledger import Advance, Advanced, InstanceRecord, InstanceSnapshot
from motia.model import InstanceState, LedgerUnavailable, NewEvent, RunId, RunState, StepId, TraceId
from motia.workflow.crowds import Crowd
from motia.workflow.events import EventMaker
from motia.workflow.rules import Change, decide

LOOKS_MAX = 64
POLL_LOOKS = 200
STEPS_MAX = 50
"""Changes of one instance before others get their turn."""
PAGE = 1_000
CROWD_MIN = 100
"""Runs of an instance from which on not every end of one makes it be read."""
POLL_RUNS = 5_000


class Advancer(Periodic):
    """See the head of this file."""

    def __init__(self, state: NodeState, *, events: EventMaker) -> None:
        super().__init__(state, name="workflow-advancer", interval_s=state.poll_s)
        self._events = events
        self._known: dict[TraceId, set[str]] = {}
        """Open instances by trace."""
        self._told: dict[str, int] = {}
        """The version of each that the feed was told of."""
        self._waiting: dict[str, None] = {}
        self._looking: set[str] = set()
        self._again: set[str] = set()
        """Told of while a look at it was under way."""
        self._crowds: dict[str, Crowd] = {}
        """Large instances that are at rest."""
        self._news: dict[str, list[Callable[[Crowd], bool]]] = {}
        """What was told of each while a look at it was under way."""
        self._cursor: str | None = None
        self._next_due_at: int | None = None
        self._poll_at_mono = 0.0

    # what others tell

    def joined(
        self, trace: TraceId, instances: tuple[str, ...], runs: tuple[tuple[RunId, StepId], ...]
    ) -> None:
        """Instances of a trace were opened, or got `runs`; empty: it is not known which."""
        self._known.setdefault(trace, set()).update(instances)
        for instance in instances:
            if runs:
                self._tell_of(instance, lambda crowd: crowd.joined(runs))
            else:
                self.look_at(instance)

    def over(self, trace: TraceId, run: RunId, step: StepId, state: RunState) -> None:
        """A run of a trace ended."""
        for instance in self._known.get(trace, ()):
            self._tell_of(instance, lambda crowd: crowd.over(run, step, state))

    def _tell_of(self, instance: str, news: Callable[[Crowd], bool]) -> None:
        """Look at an instance unless `news` change nothing."""
        crowd = self._crowds.get(instance)
        if instance in self._looking:
            self._news.setdefault(instance, []).append(news)
        elif crowd is None or news(crowd):
            self.look_at(instance)

    def look_at(self, instance: str) -> None:
        """Look at an instance as soon as possible."""
        if instance in self._looking:
            self._again.add(instance)
        else:
            self._waiting.setdefault(instance)
        self.wake()

    @property
    def is_unsettled(self) -> bool:
        """Whether something that was told still has to be acted on."""
        return bool(self._waiting or self._looking)

    # the duty

    async def _start(self) -> None:
        """Look at every open instance: nobody told this node what happened before."""
        after: str | None = None
        while True:
            page = await self._state.ledger.open_instances(after=after, limit=PAGE)
            for instance, trace in page:
                self._known.setdefault(trace, set()).add(instance)
                self._waiting.setdefault(instance)
            if len(page) < PAGE:
                break
            after = page[-1][0]
        await super()._start()

    async def _tick(self) -> float:
        state = self._state
        if not state.is_ledger_up:
            return state.poll_s
        while not self._is_stopping:
            if self._is_poll_due():
                await self._poll()
            if not self._waiting:
                break
            batch = list(self._waiting)[:LOOKS_MAX]
            for instance in batch:
                del self._waiting[instance]
            refused = await asyncio.gather(*map(self._guarded_look, batch))
            state.bells.moved()
            for error in refused:
                if error is not None:
                    raise error
        wait_s = max(self._poll_at_mono - state.clock.mono(), 0.001)
        if self._next_due_at is not None:
            wait_s = min(wait_s, max((self._next_due_at - state.ledger.now()) / 1_000, 0.001))
        return wait_s

    def _is_poll_due(self) -> bool:
        state = self._state
        is_over = self._next_due_at is not None and self._next_due_at <= state.ledger.now()
        return is_over or state.clock.mono() >= self._poll_at_mono

    async def _poll(self) -> None:
        """Take the next instances in turn, and those whose time is over."""
        state = self._state
        self._poll_at_mono = state.clock.mono() + state.poll_s
        page = await state.ledger.open_instances(after=self._cursor, limit=POLL_LOOKS)
        taken = self._affordable([instance for instance, _ in page])
        is_rest = len(page) == POLL_LOOKS or taken < len(page)
        self._cursor = page[taken - 1][0] if is_rest else None
        for instance, trace in page[:taken]:
            self._known.setdefault(trace, set()).add(instance)
            self._waiting.setdefault(instance)
        due = await state.ledger.due_instances()
        self._next_due_at = due.next_due_at
        for instance in due.instances:
            self._waiting.setdefault(instance)

    def _affordable(self, instances: list[str]) -> int:
        """How many of `instances` a poll looks at: the first, and what fits into `POLL_RUNS` with it."""
        runs = 0
        for taken, instance in enumerate(instances):
            runs += len(self._crowds.get(instance, ()))
            if runs > POLL_RUNS and taken:
                return taken
        return len(instances)

    async def _guarded_look(self, instance: str) -> LedgerUnavailable | None:
        """Look at an instance; an error of ours leaves it to the poll and the others alone."""
        self._looking.add(instance)
        try:
            await self._look(instance)
        except LedgerUnavailable as error:
            self._again.add(instance)
            return error
        except Exception as error:
            self._state.recorder.count("duty_errors")
            self._state.log(
                "error",
                f"workflow instance {instance} could not be moved on, and is tried again:"
                f" {type(error).__name__}: {error}",
            )
        finally:
            self._looking.discard(instance)
            news, crowd = self._news.pop(instance, []), self._crowds.get(instance)
            # Every one is told to the crowd, for what it learns.
            asks = [crowd is None or one(crowd) for one in news]
            if any(asks):
                self._again.add(instance)
            if instance in self._again:
                self._again.discard(instance)
                self._waiting.setdefault(instance)
        return None

    async def _look(self, instance: str) -> None:
        ledger = self._state.ledger
        self._crowds.pop(instance, None)
        for _ in range(STEPS_MAX):
            snapshot = await ledger.get_instance(instance)
            if snapshot is None:
                return
            record = snapshot.record
            self._tell_feed(record)
            if not record.is_open:
                self._forget(record)
                return
            self._learn(record)
            change = decide(snapshot, now=ledger.now(), is_request_lost=self._is_request_lost(record))
            if change is None:
                if len(snapshot.runs) > CROWD_MIN and record.state is InstanceState.RUNNING:
                    self._crowds[instance] = Crowd(snapshot)
                return
            await self.carry_out(snapshot, change)
        self._again.add(instance)

    async def carry_out(self, snapshot: InstanceSnapshot, change: Change) -> bool:
        """Commit `change` and tell whom it concerns; False when the instance has another version by now.

        Raises:
            LedgerUnavailable: Nothing was changed.
        """
        events = [await self._events.of_member(snapshot, step) for step in change.triggers]
        failure = None if change.failure is None else await self._events.of_failure(snapshot, change.failure)
        advance = Advance(
            instance=snapshot.record.id,
            version=snapshot.record.version,
            memos=change.memos,
            frees=change.frees,
            skips=change.skips,
            cancels=change.cancels,
            cancel_reason=change.cancel_reason,
            events=tuple(events),
            failure=failure,
            request=change.request,
            state=change.state,
            reason=change.reason,
            closes=change.closes,
        )
        return await self.commit(snapshot, advance) is not None

    async def commit(self, snapshot: InstanceSnapshot, advance: Advance) -> Advanced | None:
        """As `carry_out`, of what is made already; what was done, None when nothing was."""
        # Not to be lost half way: who cancels this must still hear of what was committed.
        task = asyncio.ensure_future(self._commit(snapshot, advance))
        return await asyncio.shield(task)

    async def _commit(self, snapshot: InstanceSnapshot, advance: Advance) -> Advanced | None:
        advanced = await self._state.ledger.advance(advance)
        if not advanced.is_current:
            self._state.recorder.count("workflow_stale")
            return None
        made = [one.event for one in advance.events]
        if advance.failure is not None:
            made.append(advance.failure)
        self._tell(snapshot.record, advance, made, advanced)
        return advanced

    def _tell(
        self, record: InstanceRecord, advance: Advance, made: list[NewEvent], advanced: Advanced
    ) -> None:
        state = self._state
        for moved in advanced.freed:
            state.recorder.run_changed(moved.run, moved.step, moved.state, record.trace, 0)
            if moved.state is RunState.READY:
                state.bells.ready(moved.step)
            elif moved.state is RunState.SCHEDULED:
                state.bells.due(state.ledger.now())
        for moved in advanced.ended:
            state.recorder.run_changed(moved.run, moved.step, moved.state, record.trace, 0)
            state.bells.finished(moved.run)
            state.bells.over(record.trace, moved.run, moved.step, moved.state)
        for step in advanced.unblocked:
            state.bells.ready(step)
        for run in advanced.stopping:
            for flight in state.flights_of(run):
                flight.cancel("cancel")
        for event, accepted in zip(made, advanced.accepted, strict=True):
            state.bells.accepted(event, accepted)
            if RunState.DEAD in accepted.states:
                self._tell_dead(advance, event)
        self._tell_end(record, advance)

    def _tell_dead(self, advance: Advance, event: NewEvent) -> None:
        one = next(one for one in advance.events if one.event is event)
        self._state.log(
            "error",
            one.error.message if one.error is not None else one.reason,
            step=event.deliveries[0].step,
            trace=event.trace,
        )

    def _tell_end(self, record: InstanceRecord, advance: Advance) -> None:
        if advance.state in (InstanceState.FAILED, InstanceState.TIMED_OUT):
            self._state.recorder.count(f"workflows_{advance.state}")
            self._state.log(
                "warn",
                f"workflow {record.workflow} (instance {record.id}) {advance.state}: {advance.reason}",
                trace=record.trace,
            )

    def _tell_feed(self, record: InstanceRecord) -> None:
        if self._told.get(record.id) != record.version:
            self._told[record.id] = record.version
            self._state.recorder.instance_changed(record.id, record.workflow, record.state, record.trace)

    def _is_request_lost(self, record: InstanceRecord) -> bool:
        """Nobody answers it any more: its engine is gone (this one owns the ledger alone), or gave it up."""
        request = record.request
        if request is None:
            return False
        state = self._state
        return request.node != state.node or not state.requests.is_under_way(request.span)

    def _learn(self, record: InstanceRecord) -> None:
        due_at = record.due_at
        if record.state is InstanceState.RUNNING and due_at is not None:
            self._next_due_at = due_at if self._next_due_at is None else min(due_at, self._next_due_at)

    def _forget(self, record: InstanceRecord) -> None:
        self._told.pop(record.id, None)
        known = self._known.get(record.trace)
        if known is not None:
            known.discard(record.id)
            if not known:
                del self._known[record.trace]
