"""Who runs when: the dispatcher of one node, entered by every room above.

It connects the duties; each keeps its own promises, stated at the head of its file:

| duty | keeps |
|---|---|
| `intake` | what is accepted is durable; what is refused left nothing |
| `claimer` | ready runs are claimed up to the free slots, fairly |
| `executor`, `isolation` | a claim becomes one invocation; suspects run alone |
| `failures` | what becomes of an answer |
| `settler` | each outcome is committed once, also over an outage |
| `promoter` | due runs become ready |
| `lease`, `rescuer` | runs of the dead are adopted, nothing stays running for ever |
| `parking` | parked events are delivered when their step appears |
| `pruner` | what is old goes |
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import msgspec

from motia.dispatch.by_hand import ByHand
from motia.dispatch.calls import Calls
from motia.dispatch.claimer import Claimer
from motia.dispatch.executor import Executor
from motia.dispatch.explain import Explainer, Explanation
from motia.dispatch.idleness import Idleness
from motia.dispatch.intake import NO_OPTIONS, Intake, TriggerOptions
from motia.dispatch.lease import LeaseKeeper
from motia.dispatch.node_state import POLL_S, NodeState, PayloadValidator, TopicValidator
from motia.dispatch.parking import ParkedDelivery
from motia.dispatch.periodic import Periodic
from motia.dispatch.promoter import Promoter
from motia.dispatch.pruner import Pruner
from motia.dispatch.replay import Replayer, ReplayProgress
from motia.dispatch.rescuer import Rescuer
from motia.dispatch.settler import Settler
from motia.dispatch.start_requests import StartRequests
from motia.dispatch.waiters import Waiters
from motia.ledger import CancelAnswer, Ledger
from motia.model import (
    Accepted,
    LedgerUnavailable,
    NodeId,
    Run,
    RunFilter,
    RunId,
    RunState,
    StepId,
    StepSpec,
    TraceId,
    TriggerKind,
)
from motia.project import Catalog, Config
from motia.runtime import Clock, Duty
from motia.telemetry import Recorder
from motia.workers import Origin, Workers


class Dispatcher(Duty):
    """See the head of this file. The ledger is open before `start` and closed after `stop`."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        workers: Workers,
        recorder: Recorder,
        clock: Clock,
        random: random.Random,
        config: Config,
        node: NodeId,
        validate: PayloadValidator,
        validate_topic: TopicValidator = lambda target, payload: (),
        poll_s: float = POLL_S,
    ) -> None:
        """Prepare a node's dispatcher; see `NodeState` for what is handed in."""
        super().__init__()
        state = self._state = NodeState(
            ledger=ledger,
            workers=workers,
            recorder=recorder,
            clock=clock,
            random=random,
            config=config,
            node=node,
            validate=validate,
            validate_topic=validate_topic,
            poll_s=poll_s,
        )
        self._settler = Settler(state)
        self._executor = Executor(state, self._settler)
        self._claimer = Claimer(state, executor=self._executor)
        self._intake = Intake(state, claimer=self._claimer, executor=self._executor)
        self._waiters = Waiters(state)
        self._calls = Calls(state, intake=self._intake, waiters=self._waiters)
        self._replayer = Replayer(state, intake=self._intake)
        self._explainer = Explainer(state, claimer=self._claimer)
        self._promoter = Promoter(state)
        self._lease = LeaseKeeper(state)
        self._rescuer = Rescuer(state)
        self._parked = ParkedDelivery(state)
        self._by_hand = ByHand(state)
        self._idleness = Idleness(state, claimer=self._claimer, promoter=self._promoter)
        self._duties: tuple[Periodic, ...] = (
            self._lease,
            self._claimer,
            self._promoter,
            self._rescuer,
            self._parked,
            Pruner(state),
        )
        self._connect()

    # what others ask

    def use_catalog(self, catalog: Catalog) -> None:
        """Use these steps from now on; parked events are delivered to what is new. Returns at once."""
        state = self._state
        now = state.ledger.now()
        for step, spec in catalog.steps.items():
            known = state.catalog.step(step)
            if known is None or _accepts(known) != _accepts(spec):
                state.schema_since[step] = now
        state.schema_since = {step: at for step, at in state.schema_since.items() if step in catalog.steps}
        state.catalog = state.requests.catalog = catalog
        self._parked.wake()
        self._claimer.on_capacity()
        self._claimer.poll_now()

    @property
    def catalog(self) -> Catalog:
        """The steps in use."""
        return self._state.catalog

    @property
    def node_state(self) -> NodeState:
        """What duties of other rooms share with those of this one."""
        return self._state

    @property
    def requests(self) -> StartRequests:
        """Requests under way that start a workflow; the edge tells of them."""
        return self._state.requests

    @property
    def is_draining(self) -> bool:
        """Whether new work is refused because the node stops."""
        return self._state.is_draining

    @property
    def is_ledger_up(self) -> bool:
        """Whether the last commit of this node succeeded."""
        return self._state.is_ledger_up

    @property
    def in_flight(self) -> int:
        """Attempts from claim to committed outcome."""
        return len(self._state.flights)

    async def trigger(
        self,
        target: str,
        payload: bytes,
        *,
        options: TriggerOptions = NO_OPTIONS,
        origin: Origin | None = None,
        kind: TriggerKind = TriggerKind.EVENT,
        trace: TraceId | None = None,
        info: bytes | None = None,
    ) -> Accepted:
        """Accept an event for a step or a topic; it is durable when this returns.

        Args:
            target: Step id or topic. One that nothing handles is parked, with a warning once an id.
            payload: JSON text; `__retry` in it is taken out.
            options: Delay, key, idempotency key, priority.
            origin: The invocation that triggers; None: from outside.
            kind: What triggers.
            trace: Trace to belong to; None: the origin's, else a new one.
            info: Details of the trigger for the context, a JSON object.

        Raises:
            PayloadInvalid: With every problem of every subscriber. Nothing was queued.
            PayloadTooLarge, CallerError: Over a limit, or not JSON. Nothing was queued.
            UnknownTarget: `triggers.strict` is on and nothing handles the target.
            IdempotencyConflict: The key was used with another payload.
            QueueFull, LedgerUnavailable: Nothing was accepted; it may be tried again.
            Draining: The node stops, and the trigger is from outside.
        """
        return await self._intake.trigger(
            target, payload, options=options, origin=origin, kind=kind, trace=trace, info=info
        )

    def call_op(self, origin: Origin, op: str, args: msgspec.Raw) -> Awaitable[bytes]:
        """Carry out an op of protocol/worker.md, section 7, for a handler; its value as JSON.

        A retried attempt's equal trigger (target, payload, options, occurrence) gets the event that
        is there already, unless `unique` is false. What is refused at once is raised here, the rest
        by what is returned: a future, or a coroutine for what takes several steps.

        Raises:
            MotiaError: As `trigger`; RunFailed and CallTimeout of `call`; CallerError for wrong arguments.
        """
        return self._calls.call_op(origin, op, args)

    async def wait(self, run: RunId, timeout_s: float) -> Run:
        """The run when it is final, or as it is after `timeout_s` seconds.

        Raises:
            RunNotFound: No such run.
            LedgerUnavailable: The time is over and the ledger does not answer.
        """
        return await self._waiters.wait(run, timeout_s)

    async def cancel(self, run: RunId) -> CancelAnswer:
        """Cancel an open run; one that runs is asked to stop and is cancelled when it answers.

        Raises:
            RunNotFound, RunConflict: No such run; it is finished already.
            LedgerUnavailable: Nothing was changed.
        """
        state = self._state
        answer = await state.ledger.cancel(run, reason="by_hand")
        if answer.was is RunState.RUNNING:
            # A claim may be committed and not yet known here: look again after one more answer.
            if not state.flights_of(run):
                await state.ledger.get(run)
            for flight in state.flights_of(run):
                flight.cancel("cancel")
            self._executor.isolator.pump()
            return answer
        found = await state.ledger.get(run)
        if found is not None:
            state.recorder.run_changed(run, found.step, RunState.CANCELLED, found.trace, found.attempt)
            state.bells.over(found.trace, run, found.step, RunState.CANCELLED)
        state.bells.finished(run)
        if answer.unblocked_step is not None:
            state.bells.ready(answer.unblocked_step)
        return answer

    async def replay(self, run: RunId, payload: bytes | None = None) -> Accepted:
        """A new run of the same step with the payload of a finished one, or an edited one; a new trace.

        Raises:
            RunNotFound, RunConflict: No such run; it is not finished.
            PayloadInvalid: The payload does not fit the step's present schema.
        """
        return await self._replayer.replay(run, payload)

    async def replay_many(
        self, where: RunFilter, *, on_progress: Callable[[ReplayProgress], None] | None = None
    ) -> ReplayProgress:
        """Replay every finished run that fits (dead ones when no state is named); told after each 100.

        A run that cannot be replayed is counted and the others go on. Cancelling stops between two.
        """
        return await self._replayer.replay_many(where, on_progress=on_progress)

    async def complete_by_hand(self, run: RunId, result: bytes = b"null") -> Run:
        """Complete a ready run of a noop step with `result` (JSON); the run as it is then.

        Raises:
            RunNotFound, RunConflict: No such run; not a noop step's, or not ready.
            CallerError, PayloadTooLarge: The result is not JSON, or too large.
        """
        return await self._by_hand.complete(run, result)

    async def pause(self, step: StepId) -> None:
        """Claim no more runs of `step`, over all nodes and restarts, until `resume`."""
        await self._state.ledger.pause(step)
        self._state.paused.add(step)

    async def resume(self, step: StepId) -> None:
        """End a pause."""
        await self._state.ledger.resume(step)
        self._state.paused.discard(step)
        self._claimer.notify(step)

    async def explain(self, run: RunId) -> Explanation:
        """Why the run is where it is.

        Raises:
            RunNotFound: No such run.
        """
        return await self._explainer.explain(run)

    async def rescue(self) -> int:
        """Adopt the runs of nodes that are gone, now; how many."""
        return await self._rescuer.adopt()

    async def wait_idle(self, timeout_s: float) -> None:
        """Wait until nothing is running, ready or due now (noop and paused steps apart), for tests.

        Raises:
            TimeoutError: Names what is still open.
        """
        await self._idleness.wait_idle(timeout_s)

    # what others tell

    def on_capacity(self) -> None:
        """Workers have room again."""
        self._claimer.on_capacity()

    def notify(self, step: StepId) -> None:
        """`step` may have a ready run (another process, or the cron room, accepted one)."""
        self._claimer.notify(step)

    def joined(self, trace: TraceId, instances: tuple[str, ...]) -> None:
        """An event of `trace` that another room accepted opened or joined workflow instances."""
        self._state.bells.joined(trace, instances, ())

    # life cycle

    async def drain(self, grace_s: float) -> None:
        """Stop claiming, let what is in flight finish for `grace_s` seconds, then stop it.

        What has not answered 6 s after its cancel is released; nothing of it costs an attempt.
        Outside triggers are refused from the start on. Safe twice.
        """
        self._state.is_draining = True
        self._executor.isolator.pump()
        if await self._idleness.wait_landed(grace_s):
            return
        for flight in list(self._state.flights.values()):
            flight.cancel("shutdown")
        if not await self._idleness.wait_landed(CANCEL_LIMIT_S):
            await self._release_rest()

    async def _start(self) -> None:
        state = self._state
        state.is_draining = False
        await self._lease.register()
        await self._rescuer.adopt()
        state.paused = set(await state.ledger.paused())
        for duty in self._duties:
            await duty.start()
        self._claimer.poll_now()

    async def _stop(self) -> None:
        await self.drain(0.0)
        for duty in reversed(self._duties):
            await duty.stop()
        try:
            await self._lease.unregister()
        except LedgerUnavailable as error:
            self._state.log("warn", f"the lease could not be given up, it will lapse: {error}")

    async def _release_rest(self) -> None:
        """Release what did not answer; its late answers count for nothing."""
        state = self._state
        for flight in list(state.flights.values()):
            if flight.commit is None and not flight.is_lost:
                flight.is_lost = True
                try:
                    await state.ledger.release(
                        flight.claim.run,
                        flight.claim.epoch,
                        suspect=flight.claim.is_suspect,
                        reason="shutdown",
                    )
                except LedgerUnavailable as error:
                    state.ledger_failed(error)
            state.flights.pop(flight.span, None)

    def _connect(self) -> None:
        bells = self._state.bells
        bells.ready = self._claimer.notify
        bells.hold = self._claimer.hold
        bells.slot_freed = self._claimer.slot_freed
        bells.due = self._promoter.due
        bells.finished = self._waiters.finished
        bells.moved = self._idleness.moved
        bells.accepted = self._intake.announce
        bells.ledger_failed = self._lease.wake
        bells.ledger_returned = self._on_ledger_returned
        self._settler.announce_follow_up = self._intake.announce

    def _on_ledger_returned(self) -> None:
        self._settler.resubmit()
        self._claimer.poll_now()
        for duty in self._duties:
            duty.wake()


CANCEL_LIMIT_S = 6.0
"""Workers kill what has not yielded 5 s after its cancel; one second more for the answer."""


def _accepts(spec: StepSpec) -> tuple[str, bytes | None]:
    """What decides which payloads a step takes: its schema, and its language's numbers."""
    return spec.language, bytes(spec.schema) if spec.schema is not None else None
