"""Taking events in: check, address, commit, and tell the duties of this node.

Invariants
1. `trigger` returns only after the commit; when it raises, nothing was accepted.
2. Every problem of every subscriber is in one `PayloadInvalid`.
3. A run that was inserted already claimed is executed even when the caller is gone by then.
"""

from __future__ import annotations

import asyncio
from functools import partial

import msgspec

from motia.dispatch.claimer import Claimer
from motia.dispatch.deliveries import delivery_of, parked_delivery
from motia.dispatch.executor import Executor
from motia.dispatch.node_state import Flight, NodeState
from motia.dispatch.payload import Payload, checked_name, fingerprint_of, problems_for, read_payload
from motia.dispatch.timing import future_of
from motia.dispatch.unhandled import unhandled
from motia.model import (
    Accepted,
    CallerError,
    Delivery,
    Draining,
    LedgerUnavailable,
    NewEvent,
    PayloadInvalid,
    RunId,
    RunState,
    StepId,
    StepSpec,
    TraceId,
    TriggerKind,
    UnknownTarget,
)
from motia.project import with_openings
from motia.workers import Origin

PRIORITY_MAX = 1_000
WARNED_MAX = 1_000


class TriggerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of one trigger; names as in protocol/worker.md."""

    delay_ms: int | None = None
    at: int | None = None
    """Not before this instant, ms since the epoch."""
    key: str | None = None
    """Ordering key, before the step's own."""
    idempotency_key: str | None = None
    priority: int = 0
    """-1,000 to 1,000."""
    unique: bool = True
    """A retried attempt's equal trigger is the event that is already there."""
    wait_ms: int | None = None
    """Only of the op `trigger`: wait so long for the run to finish."""


NO_OPTIONS = TriggerOptions()


class Intake:
    """See the head of this file."""

    def __init__(self, state: NodeState, *, claimer: Claimer, executor: Executor) -> None:
        self._state = state
        self._claimer = claimer
        self._executor = executor
        self._warned: set[str] = set()

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
        must_exist: bool = False,
        salt: str = "",
    ) -> Accepted:
        """See `Dispatcher.trigger`. `must_exist` refuses unknown targets, `salt` parts fingerprints."""
        commit = self.submit(
            target,
            payload,
            options=options,
            origin=origin,
            kind=kind,
            trace=trace,
            info=info,
            must_exist=must_exist,
            salt=salt,
        )
        return await asyncio.shield(commit)

    def submit(
        self,
        target: str,
        payload: bytes,
        *,
        options: TriggerOptions = NO_OPTIONS,
        origin: Origin | None = None,
        kind: TriggerKind = TriggerKind.EVENT,
        trace: TraceId | None = None,
        info: bytes | None = None,
        must_exist: bool = False,
        salt: str = "",
    ) -> asyncio.Future[Accepted]:
        """As `trigger`, without a task: what is refused before the commit is raised at once.

        The future is the commit; it must not be cancelled, and its exception be asked for.
        """
        state = self._state
        if state.is_draining and origin is None:
            raise Draining("the engine is stopping and takes no new events", hint="send it again in a moment")
        _check_options(target, options)
        read = read_payload(payload, bytes_max=state.config.limits.payload_bytes)
        subscribers = state.catalog.subscribers(target)
        if not subscribers and (must_exist or state.config.triggers_strict):
            raise self._unknown(target)
        self.check(subscribers, read.data, target=target)
        event = self._event(target, read, subscribers, options, origin, kind, trace, info)
        if origin is not None:
            request = origin.span if origin.run is None else None
            state.recorder.edge_observed(origin.step, target, request=request)
            if origin.run is None:
                event = state.requests.with_openings(event, origin.span)
            if origin.run is not None and options.unique:
                return self._accept_once(event, read, subscribers, options, origin, salt)
        return self._commit(event, subscribers)

    def check(self, subscribers: tuple[StepSpec, ...], payload: bytes, *, target: str) -> None:
        """Raise PayloadInvalid with every problem that the topic `target`, or any of the steps, has with `payload`."""
        problems = list(self._state.validate_topic(target, payload))
        refusing = [f"topic {target}"] if problems else []
        for spec in subscribers:
            found = problems_for(spec, payload, validate=self._state.validate)
            if found:
                refusing.append(spec.id)
                problems.extend(problem for problem in found if problem not in problems)
        if problems:
            listed = "; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems[:5])
            raise PayloadInvalid(
                f"the payload does not fit the schema of {', '.join(refusing)}: {listed}",
                tuple(problems),
                hint="nothing was queued; correct the payload or the step's schema",
            )

    async def accept(self, event: NewEvent, subscribers: tuple[StepSpec, ...]) -> Accepted:
        """Commit `event`; already claimed when a slot of its only step is free and nothing is queued for it."""
        return await asyncio.shield(self._commit(event, subscribers))

    def _commit(self, event: NewEvent, subscribers: tuple[StepSpec, ...]) -> asyncio.Future[Accepted]:
        state = self._state
        event = with_openings(event, state.catalog)
        reserved = None
        if len(subscribers) == 1 and event.due_at is None and self._claimer.try_reserve(subscribers[0]):
            reserved = subscribers[0]
        claimant = state.node if reserved is not None else None
        commit = future_of(state.ledger.accept(event, claimant=claimant))
        commit.add_done_callback(partial(self._on_committed, event, reserved))
        return commit

    def announce(self, event: NewEvent, accepted: Accepted) -> None:
        """Tell the duties and the feed what became of an event."""
        if accepted.deduplicated:
            return
        state = self._state
        if accepted.instances:
            steps = (delivery.step for delivery in event.deliveries)
            runs = tuple(zip(accepted.runs, steps, strict=True))
            state.bells.joined(accepted.trace, accepted.instances, runs)
        if len(accepted.claims) == len(accepted.runs) == 1:
            self._executor.execute(accepted.claims[0])
            return
        claims = {claim.run: claim for claim in accepted.claims} if accepted.claims else None
        for run, run_state, delivery in zip(accepted.runs, accepted.states, event.deliveries, strict=False):
            claim = claims.get(run) if claims is not None else None
            if claim is not None:
                self._executor.execute(claim)
                continue
            state.recorder.run_changed(run, delivery.step, run_state, accepted.trace, 0)
            if run_state is RunState.READY:
                state.bells.ready(delivery.step)
            elif run_state is RunState.SCHEDULED and event.due_at is not None:
                state.bells.due(event.due_at)
            elif run_state is RunState.PARKED:
                self._warn_parked(event.target, run, accepted.trace)

    def _on_committed(
        self, event: NewEvent, reserved: StepSpec | None, commit: asyncio.Future[Accepted]
    ) -> None:
        if reserved is not None:
            self._claimer.unreserve(reserved)
        if commit.cancelled():
            return
        error = commit.exception()
        if error is None:
            self.announce(event, commit.result())
        elif isinstance(error, LedgerUnavailable):
            self._state.ledger_failed(error)

    def _accept_once(
        self,
        event: NewEvent,
        read: Payload,
        subscribers: tuple[StepSpec, ...],
        options: TriggerOptions,
        origin: Origin,
        salt: str,
    ) -> asyncio.Future[Accepted]:
        """Accept with a fingerprint; a trigger that is refused does not count as an occurrence."""
        named = (options.delay_ms, options.at, options.key, options.idempotency_key, options.priority, salt)
        fingerprint = fingerprint_of(event.target, read.value, named)
        flight = self._state.flights.get(origin.span)
        occurrence = flight.occurrences.get(fingerprint, 0) if flight is not None else 0
        event = msgspec.structs.replace(
            event, fingerprint=fingerprint, occurrence=occurrence, is_reattempt=_is_reattempt(origin, flight)
        )
        if flight is None:
            return self._commit(event, subscribers)
        flight.occurrences[fingerprint] = occurrence + 1
        commit = self._commit(event, subscribers)
        commit.add_done_callback(partial(_take_back, flight, fingerprint, occurrence))
        return commit

    def _event(
        self,
        target: str,
        read: Payload,
        subscribers: tuple[StepSpec, ...],
        options: TriggerOptions,
        origin: Origin | None,
        kind: TriggerKind,
        trace: TraceId | None,
        info: bytes | None,
    ) -> NewEvent:
        state = self._state
        bound = state.config.limits.queue_depth
        deliveries: list[Delivery] = [
            delivery_of(
                spec,
                read.value,
                key=options.key,
                depth_max=spec.queue_depth if spec.queue_depth is not None else bound,
            )
            for spec in subscribers
        ]
        due_at = options.at
        if options.delay_ms is not None:
            due_at = state.ledger.now() + options.delay_ms
        return NewEvent(
            target=target,
            kind=kind,
            payload=read.data,
            trace=trace or (origin.trace if origin is not None else state.recorder.new_trace()),
            deliveries=tuple(deliveries) or (parked_delivery(target, key=options.key, depth_max=bound),),
            parent_run=origin.run if origin is not None else None,
            parent_span=origin.span if origin is not None else None,
            parent_step=origin.step if origin is not None else None,
            due_at=due_at,
            priority=options.priority,
            idempotency_key=options.idempotency_key,
            retry_count=read.retry_count,
            info=info,
        )

    def _unknown(self, target: str) -> UnknownTarget:
        found = unhandled(target, self._state.catalog)
        return UnknownTarget(
            found.reason, hint=found.near, details={"target": target, "closest": found.closest}
        )

    def _warn_parked(self, target: str, run: RunId, trace: TraceId) -> None:
        self._state.recorder.count("parked")
        if target in self._warned:
            return
        if len(self._warned) >= WARNED_MAX:
            self._warned.clear()
        self._warned.add(target)
        found = unhandled(target, self._state.catalog)
        self._state.log(
            "warn",
            f"event parked: {found.reason}; {found.near}. It is delivered when a step that handles it appears.",
            step=StepId(target),
            run=run,
            trace=trace,
        )


def _take_back(flight: Flight, fingerprint: str, occurrence: int, commit: asyncio.Future[Accepted]) -> None:
    """A refused trigger did not happen, unless others like it were made meanwhile."""
    is_refused = commit.cancelled() or commit.exception() is not None
    if is_refused and flight.occurrences[fingerprint] == occurrence + 1:
        flight.occurrences[fingerprint] = occurrence


def _is_reattempt(origin: Origin, flight: Flight | None) -> bool:
    """Whether an earlier attempt may have triggered: any claim before this one, whatever ended it."""
    return origin.attempt > 1 or flight is None or flight.claim.epoch > 1 or flight.claim.crashes > 0


def _check_options(target: str, options: TriggerOptions) -> None:
    checked_name(target, what="target")
    if options.key is not None:
        checked_name(options.key, what="ordering key")
    if options.idempotency_key is not None:
        checked_name(options.idempotency_key, what="idempotency key")
    if abs(options.priority) > PRIORITY_MAX:
        raise CallerError(
            f"the priority is {options.priority}; -{PRIORITY_MAX:,} to {PRIORITY_MAX:,} are allowed",
            hint="higher runs first",
        )
    if options.delay_ms is not None and (options.delay_ms < 0 or options.at is not None):
        raise CallerError(
            "delay must not be negative and not be given together with `at`", hint="use one of delay and at"
        )
    if (options.at is not None and not 0 <= options.at < 1 << 53) or (options.delay_ms or 0) > 1 << 47:
        raise CallerError("the due time is out of range", hint="`at` is in milliseconds since the epoch")
