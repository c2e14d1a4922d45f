"""Makes the events that an instance triggers: reads what they are made of, checks, addresses.

An event that does not fit its step is made all the same, with the error that its run is dead of.
"""

from __future__ import annotations

from collections.abc import Mapping

from motia.dispatch import NodeState, delivery_of, parked_delivery, problems_for, read_payload
from motia.ledger import (
    InstanceSnapshot,
    MemberEvent,
    Standing,
    decode_spec,
    predecessors,
    standings,
    steps_of,
)
from motia.model import (
    CallerError,
    Delivery,
    NewEvent,
    PayloadInvalid,
    Problem,
    Run,
    RunError,
    RunId,
    RunState,
    StepId,
    StepKind,
    TriggerKind,
)
from motia.project import with_openings
from motia.workflow.payloads import failure_payload, member_payload
from motia.workflow.rules import Failure

PAYLOAD_INVALID = "payload_invalid"
"""Why a run is dead whose payload the engine made."""
TRIGGERABLE = frozenset({StepKind.EVENT, StepKind.CRON, StepKind.NOOP})


class EventMaker:
    """See the head of this file."""

    def __init__(self, state: NodeState) -> None:
        self._state = state

    async def of_member(self, snapshot: InstanceSnapshot, step: StepId) -> MemberEvent:
        """The event for a member that nobody triggered and whose predecessors have completed."""
        found = standings(snapshot)
        spec = decode_spec(snapshot.record.spec)
        member = next(one for one in spec.members if one.step == step)
        before = predecessors(spec, step)
        results = {one: await self._result(snapshot, one, found[one]) for one in before}
        last = max((found[one] for one in before), key=lambda standing: standing.completed_at)
        payload = member_payload(member, start=await self._start_payload(snapshot), results=results)
        return self._event(snapshot, step, payload, parent=last.completed)

    def of_run(self, snapshot: InstanceSnapshot, step: StepId, run: Run) -> MemberEvent:
        """The event for a member that waits again, with the payload that it had."""
        try:
            return MemberEvent(event=self.of_replay(snapshot, step, run.payload, of=run.id))
        except CallerError as refused:
            event = self._addressed(
                snapshot, step, run.payload, Delivery(step=step), kind=TriggerKind.REPLAY, of=run.id
            )
            error = RunError(name=type(refused).__name__, message=refused.message, kind="validation")
            return MemberEvent(event=event, error=error, reason=PAYLOAD_INVALID)

    def of_replay(
        self, snapshot: InstanceSnapshot, step: StepId, payload: bytes, *, of: RunId | None
    ) -> NewEvent:
        """The event for a further run of a member.

        Raises:
            PayloadInvalid: The payload does not fit the step's schema.
            CallerError: It is no JSON, too large, or its key is too long.
        """
        read = read_payload(payload, bytes_max=self._state.config.limits.payload_bytes)
        problems = self._problems(step, read.data)
        if problems:
            raise PayloadInvalid(
                f"the payload does not fit the schema of {step}: {_listed(problems)}",
                problems,
                hint="nothing was queued; correct the payload or the step's schema",
            )
        delivery = self._delivery(step, read.value)
        return self._addressed(
            snapshot, step, read.data, delivery, kind=TriggerKind.REPLAY, retry_count=read.retry_count, of=of
        )

    async def of_failure(self, snapshot: InstanceSnapshot, failure: Failure) -> NewEvent:
        """The event for `on_failure`; it has no check and no bound, for a failure must never be refused."""
        record, found = snapshot.record, standings(snapshot)
        spec = decode_spec(record.spec)
        assert spec.on_failure is not None
        results = {
            step: await self._result(snapshot, step, found[step])
            for step in steps_of(spec)
            if found[step].has_completed
        }
        payload = failure_payload(
            workflow=record.workflow,
            instance=record.id,
            step=failure.step,
            error=await self._error(failure, found),
            start=await self._start_payload(snapshot),
            results=results,
            bytes_max=self._state.config.limits.payload_bytes,
        )
        delivery = self._delivery(spec.on_failure, None)
        return self._addressed(
            snapshot, spec.on_failure, payload, delivery, kind=TriggerKind.ERROR, parent=failure.run
        )

    def _event(
        self, snapshot: InstanceSnapshot, step: StepId, payload: bytes, *, parent: RunId | None
    ) -> MemberEvent:
        plain = Delivery(step=step)
        retry_count = 0
        try:
            read = read_payload(payload, bytes_max=self._state.config.limits.payload_bytes)
            payload, retry_count = read.data, read.retry_count
            error = self._refusal(step, payload)
            delivery = plain if error is not None else self._delivery(step, read.value)
        except CallerError as refused:
            delivery, error = plain, RunError(name=type(refused).__name__, message=refused.message)
        event = self._addressed(
            snapshot,
            step,
            payload,
            delivery,
            kind=TriggerKind.EVENT,
            parent=parent,
            retry_count=retry_count,
        )
        if error is None:
            return MemberEvent(event=event)
        return MemberEvent(event=event, error=error, reason=PAYLOAD_INVALID)

    def _problems(self, step: StepId, payload: bytes) -> tuple[Problem, ...]:
        state = self._state
        spec = state.catalog.step(step)
        found = () if spec is None else problems_for(spec, payload, validate=state.validate)
        return (*state.validate_topic(step, payload), *found)

    def _refusal(self, step: StepId, payload: bytes) -> RunError | None:
        problems = self._problems(step, payload)
        if not problems:
            return None
        message = f"the payload that the workflow made does not fit the schema of {step}: {_listed(problems)}"
        return RunError(name="PayloadInvalid", message=message, kind="validation")

    def _delivery(self, step: StepId, value: object) -> Delivery:
        spec = self._state.catalog.step(step)
        if spec is None or spec.kind not in TRIGGERABLE:
            return parked_delivery(step, key=None, depth_max=None)
        return delivery_of(spec, value, key=None, depth_max=None)

    def _addressed(
        self,
        snapshot: InstanceSnapshot,
        step: StepId,
        payload: bytes,
        delivery: Delivery,
        *,
        kind: TriggerKind,
        parent: RunId | None = None,
        retry_count: int = 0,
        of: RunId | None = None,
    ) -> NewEvent:
        event = NewEvent(
            target=step,
            kind=kind,
            payload=payload,
            trace=snapshot.record.trace,
            deliveries=(delivery,),
            parent_run=parent,
            retry_count=retry_count,
            replay_of=of,
        )
        return with_openings(event, self._state.catalog)

    async def _start_payload(self, snapshot: InstanceSnapshot) -> bytes | None:
        record = snapshot.record
        if record.request is not None:
            return record.request.payload
        run = await self._run(record.start_run)
        return None if run is None else run.payload

    async def _result(self, snapshot: InstanceSnapshot, step: StepId, standing: Standing) -> bytes | None:
        record = snapshot.record
        if record.request is not None and step == decode_spec(record.spec).start:
            return record.request.result
        run = await self._run(standing.completed)
        return None if run is None else run.result

    async def _error(self, failure: Failure, found: Mapping[StepId, Standing]) -> RunError | None:
        if failure.step is None:
            return RunError(name="TimedOut", message="the time of the workflow was over", kind="timeout")
        run = await self._run(failure.run)
        if run is not None and run.error is not None:
            return run.error
        standing = found[failure.step]
        state = standing.state or RunState.DEAD
        return RunError(name=state.capitalize(), message=standing.reason or state)

    async def _run(self, run: RunId | None) -> Run | None:
        return None if run is None else await self._state.ledger.get(run)


def _listed(problems: tuple[Problem, ...]) -> str:
    return "; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems[:5])
