"""`Workflows`: what people ask of workflow instances, and the duty that moves them on."""

from __future__ import annotations

from motia.dispatch import NodeState
from motia.ledger import Advance, InstanceSnapshot, MemberEvent, Memo, decode_spec, instance_of
from motia.model import (
    Draining,
    Instance,
    InstanceConflict,
    InstanceNotFound,
    InstancePage,
    InstanceState,
    RunId,
    StepId,
    TraceId,
)
from motia.runtime import Duty
from motia.workflow.advancer import Advancer
from motia.workflow.events import EventMaker
from motia.workflow.replaying import Plan, plan_replay
from motia.workflow.rules import ended

TRIES_MAX = 100
"""Versions of an instance that may go by before a person is told to try again."""


class Workflows(Duty):
    """Made on a dispatcher's `node_state`; started after it and stopped before it.

    Reads and `cancel` work without being started; nothing moves on by itself then.
    """

    def __init__(self, state: NodeState) -> None:
        """Connect to the node's bells."""
        super().__init__()
        self._state = state
        self._events = EventMaker(state)
        self._advancer = Advancer(state, events=self._events)
        bells = state.bells
        bells.joined = self._advancer.joined
        bells.over = self._advancer.over
        bells.is_unsettled = lambda: self._advancer.is_started and self._advancer.is_unsettled

    async def counts(self) -> dict[str, dict[InstanceState, int]]:
        """How many instances there are, by workflow and state; exact up to 100,000 each, then that number."""
        return await self._state.ledger.count_instances()

    async def instances(
        self,
        *,
        workflow: str | None = None,
        state: InstanceState | None = None,
        trace: TraceId | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> InstancePage:
        """Instances that fit, newest first; `limit` 1 to 1,000."""
        return await self._state.ledger.list_instances(
            workflow=workflow, state=state, trace=trace, limit=limit, cursor=cursor
        )

    async def instance(self, instance: str) -> Instance:
        """One instance with its members.

        Raises:
            InstanceNotFound: None has this id.
        """
        return instance_of(await self._snapshot(instance))

    async def cancel(self, instance: str) -> None:
        """Cancel a running instance: what is open is cancelled, what runs is asked to stop.

        `on_failure` is not triggered.

        Raises:
            InstanceNotFound: None has this id.
            InstanceConflict: It is over already.
            LedgerUnavailable: It may be cancelled in part; cancel it again.
        """
        for _ in range(TRIES_MAX):
            snapshot = await self._snapshot(instance)
            state = snapshot.record.state
            if state is not InstanceState.RUNNING:
                raise InstanceConflict(
                    f"instance {instance} is {state} already", hint="only running ones can be cancelled"
                )
            change = ended(snapshot, InstanceState.CANCELLED)
            if await self._advancer.carry_out(snapshot, change) and change.state is not None:
                self._advancer.look_at(instance)
                return
        raise self._too_busy(instance)

    async def replay_member(self, instance: str, step: StepId, payload: bytes | None = None) -> RunId:
        """A new run of a finished member in its trace and instance, which runs again; the run.

        What was skipped or cancelled behind it waits again. A time limit begins anew.

        Args:
            instance: The instance.
            step: The member.
            payload: JSON in place of the one that it had; None: the same again.

        Raises:
            InstanceNotFound: No instance has this id.
            InstanceConflict: The member is not over, was a request, or waits for others.
            PayloadInvalid: `payload` does not fit the step's present schema. Nothing was changed.
            Draining: The engine is stopping.
        """
        if self._state.is_draining:
            raise Draining("the engine is stopping and takes no new events")
        for _ in range(TRIES_MAX):
            snapshot = await self._snapshot(instance)
            plan = plan_replay(snapshot, step)
            advance = await self._replay(snapshot, step, plan, payload)
            advanced = await self._advancer.commit(snapshot, advance)
            if advanced is not None:
                self._advancer.joined(snapshot.record.trace, (instance,), ())
                return advanced.accepted[0].run
        raise self._too_busy(instance)

    async def _replay(
        self, snapshot: InstanceSnapshot, step: StepId, plan: Plan, payload: bytes | None
    ) -> Advance:
        record = snapshot.record
        is_running = record.state is InstanceState.RUNNING
        timeout_ms = decode_spec(record.spec).timeout_ms
        due_at = record.due_at
        if not is_running:
            due_at = None if timeout_ms is None else self._state.ledger.now() + timeout_ms
        events = [await self._first(snapshot, step, plan.replayed, payload)]
        for later, run in plan.again:
            found = await self._state.ledger.get(run)
            if found is not None:
                events.append(self._events.of_run(snapshot, later, found))
        # Free from the start, for what comes before it has completed; the others wait.
        memos = {one: memo for one, memo in record.memos.items() if one not in plan.forgets}
        return Advance(
            instance=record.id,
            version=record.version,
            memos={**memos, step: Memo(is_free=True)},
            supersedes=plan.supersedes,
            events=tuple(events),
            state=InstanceState.RUNNING,
            due_at=due_at,
        )

    async def _first(
        self, snapshot: InstanceSnapshot, step: StepId, run: RunId | None, payload: bytes | None
    ) -> MemberEvent:
        """The event of the replayed member: with the payload of its run, or as if nobody had triggered it."""
        found = None if run is None else await self._state.ledger.get(run)
        if payload is None and found is not None:
            payload = found.payload
        if payload is None and step == decode_spec(snapshot.record.spec).start:
            raise InstanceConflict(
                f"the run of {step} is deleted, and its payload with it", hint="give a payload"
            )
        if payload is None:
            return await self._events.of_member(snapshot, step)
        replayed = None if found is None else found.id
        return MemberEvent(event=self._events.of_replay(snapshot, step, payload, of=replayed))

    async def _snapshot(self, instance: str) -> InstanceSnapshot:
        snapshot = await self._state.ledger.get_instance(instance)
        if snapshot is None:
            raise InstanceNotFound(
                f"no workflow instance has the id {instance!r}",
                hint="finished instances are deleted after the retention time",
            )
        return snapshot

    def _too_busy(self, instance: str) -> InstanceConflict:
        return InstanceConflict(
            f"instance {instance} changed all the time while it was looked at", hint="try again"
        )

    async def _start(self) -> None:
        await self._advancer.start()

    async def _stop(self) -> None:
        await self._advancer.stop()
