"""From a claim to an answer: builds the invocation, hands it to a worker, decides on the answer.

Nothing here waits: a claim costs one call into the workers and one callback, no task and no timer.
"""

from __future__ import annotations

import asyncio
from functools import partial

import msgspec

from motia.dispatch.failures import Decision, Fail, Release, decide
from motia.dispatch.isolation import Isolator
from motia.dispatch.node_state import Flight, NodeState
from motia.dispatch.payload import problems_for
from motia.dispatch.settler import Settler
from motia.model import Claim, Dead, InternalError, Problem, RunError, RunState, StepSpec, timeout_ms_of
from motia.workers import Answer, Invocation, Lane, NoWorker


class Executor:
    """See the head of this file."""

    def __init__(self, state: NodeState, settler: Settler) -> None:
        self._state = state
        self._settler = settler
        self.isolator = Isolator(state, send=self._send, give_up=self._answered)

    def execute(self, claim: Claim) -> None:
        """Start the attempt of `claim`; its outcome is committed later, whatever happens."""
        state = self._state
        spec = state.catalog.step(claim.step)
        flight = Flight(claim, spec=spec, span=state.recorder.new_span())
        state.flights[flight.span] = flight
        if spec is None:
            self._settle(flight, Release(reason=f"step {claim.step} is not loaded", holds_step=True))
            return
        if state.is_draining:
            self._settle(flight, Release(reason="shutdown", suspect=claim.is_suspect))
            return
        if claim.created_at <= state.schema_since.get(claim.step, 0):
            problems = problems_for(spec, claim.payload, validate=state.validate)
            if problems:
                self._settle(flight, _refusal(spec, problems))
                return
        state.recorder.run_changed(claim.run, claim.step, RunState.RUNNING, claim.trace, claim.attempt)
        if claim.is_suspect:
            flight.sent_at = state.ledger.now()
            self.isolator.add(flight, spec.language)
        else:
            self._send(flight)

    def _send(self, flight: Flight) -> None:
        spec = _spec_of(flight)
        flight.sent_at = self._state.ledger.now()
        ticket = flight.ticket = self._state.workers.invoke(_invocation(flight, spec))
        ticket.answer.add_done_callback(partial(self._on_answer, flight))

    def _on_answer(self, flight: Flight, answer: asyncio.Future[Answer]) -> None:
        got = NoWorker("the engine dropped the invocation") if answer.cancelled() else answer.result()
        language = _spec_of(flight).language
        self._state.bells.slot_freed()
        if not flight.claim.is_suspect:
            self._answered(flight, got)
            self.isolator.pump()
        elif isinstance(got, NoWorker) and flight.cancel_reason is None and not self._state.is_draining:
            flight.ticket = None
            self.isolator.refused(flight, language)
        else:
            self._answered(flight, got)
            self.isolator.answered(flight, language)

    def _answered(self, flight: Flight, answer: Answer) -> None:
        state = self._state
        flight.answered_at = state.ledger.now()
        if flight.is_lost:
            state.recorder.count("stale")
            self._settler.forget(flight)
            return
        decision = decide(
            _spec_of(flight),
            flight.claim,
            answer,
            cancel_reason=flight.cancel_reason,
            now=flight.answered_at,
            random=state.random,
        )
        self._settler.settle(flight, decision, answer)

    def _settle(self, flight: Flight, decision: Decision) -> None:
        """Settle what was not sent."""
        flight.sent_at = flight.answered_at = self._state.ledger.now()
        self._settler.settle(flight, decision, None)


def _spec_of(flight: Flight) -> StepSpec:
    if flight.spec is None:
        raise InternalError(f"run {flight.claim.run} was sent without a step")
    return flight.spec


class _TriggerInfo(msgspec.Struct, kw_only=True, omit_defaults=True, rename="camel"):
    target: str
    parent_run: str | None = None


def _invocation(flight: Flight, spec: StepSpec) -> Invocation:
    claim = flight.claim
    return Invocation(
        step=claim.step,
        kind=claim.kind,
        trace=claim.trace,
        span=flight.span,
        lane=Lane.BACKGROUND,
        run=claim.run,
        attempt=claim.attempt,
        timeout_ms=timeout_ms_of(spec),
        payload=claim.payload,
        retry_count=claim.retry_count,
        trigger=_trigger_of(claim),
        is_alone=claim.is_suspect,
    )


def _trigger_of(claim: Claim) -> bytes:
    """Details for the context: target and parent, and what the trigger itself said."""
    known = msgspec.json.encode(_TriggerInfo(target=claim.target, parent_run=claim.parent_run))
    if claim.info is None or claim.info[:1] != b"{" or claim.info.strip() == b"{}":
        return known
    return known[:-1] + b"," + claim.info[1:]


def _refusal(spec: StepSpec, problems: tuple[Problem, ...]) -> Fail:
    listed = "; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems[:5])
    error = RunError(
        name="PayloadInvalid",
        message=f"the payload does not fit the schema that {spec.id} has now: {listed}",
        kind="validation",
        details=msgspec.Raw(msgspec.json.encode(problems)),
    )
    return Fail(error, Dead("fatal"))
