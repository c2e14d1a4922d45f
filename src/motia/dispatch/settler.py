"""Committing outcomes: each decision reaches the ledger once, also over an outage.

Invariants
1. An outcome is committed, found stale, or kept; it is never dropped while the node lives.
2. What is kept is bounded by the flights, and no claim is made while anything is kept.
3. Resubmitting is safe: a refused commit changed nothing, and the epoch fences a late one.
4. Telemetry, waiters and other duties hear of an outcome after its commit, never before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Any

import msgspec

from motia.dispatch.error_steps import follow_up_of
from motia.dispatch.failures import Complete, Decision, Fail, Release
from motia.dispatch.node_state import Flight, NodeState
from motia.dispatch.timing import future_of
from motia.ledger import Finished
from motia.model import Dead, LedgerUnavailable, NewEvent, RetryAt, RunError, RunState
from motia.workers import Answer, Failed, NoWorker, Responded, Returned


class _Settlement(msgspec.Struct, frozen=True, eq=False):
    flight: Flight
    decision: Decision
    answer: Answer | None
    follow_up: NewEvent | None


class Settler:
    """See the head of this file."""

    def __init__(self, state: NodeState) -> None:
        self._state = state
        self._kept: list[_Settlement] = []
        self.announce_follow_up: Any = None
        """Called with (event, accepted) for an error step's event; the dispatcher sets it."""

    @property
    def kept(self) -> int:
        """Outcomes that wait for the ledger to return."""
        return len(self._kept)

    def settle(self, flight: Flight, decision: Decision, answer: Answer | None) -> None:
        """Commit `decision`; returns at once."""
        follow_up = None
        if isinstance(decision, Fail) and isinstance(decision.outcome, Dead):
            follow_up = follow_up_of(flight, decision.error, self._state.catalog)
        if isinstance(decision, Release) and decision.holds_step:
            self._state.bells.hold(flight.claim.step)
        self._submit(_Settlement(flight, decision, answer, follow_up))

    def resubmit(self) -> None:
        """Try everything kept again."""
        kept, self._kept = self._kept, []
        for settlement in kept:
            self._submit(settlement)

    def forget(self, flight: Flight) -> None:
        """The flight is over and changes nothing."""
        self._state.flights.pop(flight.span, None)
        self._state.bells.moved()

    def _submit(self, settlement: _Settlement) -> None:
        commit = future_of(self._operation(settlement))
        settlement.flight.commit = commit
        commit.add_done_callback(partial(self._on_committed, settlement))

    def _operation(self, settlement: _Settlement) -> Awaitable[Finished]:
        ledger, claim, decision = self._state.ledger, settlement.flight.claim, settlement.decision
        match decision:
            case Complete(result=result):
                return ledger.complete(claim.run, claim.epoch, result=result)
            case Fail(error=error, outcome=outcome):
                return ledger.fail(
                    claim.run, claim.epoch, error=error, outcome=outcome, follow_up=settlement.follow_up
                )
            case Release():
                return ledger.release(
                    claim.run,
                    claim.epoch,
                    crashed=decision.crashed,
                    suspect=decision.suspect,
                    reason=decision.reason,
                )

    def _on_committed(self, settlement: _Settlement, commit: asyncio.Future[Finished]) -> None:
        flight, state = settlement.flight, self._state
        flight.commit = None
        if commit.cancelled():
            return
        error = commit.exception()
        if isinstance(error, LedgerUnavailable):
            self._kept.append(settlement)
            state.ledger_failed(error)
            return
        if error is not None:
            state.recorder.count("settle_errors")
            state.log(
                "error",
                f"the outcome of an attempt was refused; the run is freed by the rescuer: {error!r}",
                step=flight.claim.step,
                run=flight.claim.run,
            )
            self.forget(flight)
            return
        state.ledger_returned()
        finished = commit.result()
        state.flights.pop(flight.span, None)
        if finished.is_current:
            self._announce(settlement, finished)
        else:
            state.recorder.count("stale")
        state.bells.moved()

    def _announce(self, settlement: _Settlement, finished: Finished) -> None:
        flight, bells = settlement.flight, self._state.bells
        claim, decision = flight.claim, settlement.decision
        run_state = _state_after(decision)
        was_sent = settlement.answer is not None and not isinstance(settlement.answer, NoWorker)
        if was_sent or not isinstance(decision, Release):
            self._record(settlement, run_state)
        if isinstance(decision, Fail):
            self._tell(flight, decision)
        self._state.recorder.run_changed(claim.run, claim.step, run_state, claim.trace, claim.attempt)
        if isinstance(decision, Fail) and isinstance(decision.outcome, RetryAt):
            bells.due(decision.outcome.due_at)
        elif run_state is not RunState.READY:
            bells.finished(claim.run)
            bells.over(claim.trace, claim.run, claim.step, run_state)
        is_bounded = flight.spec is not None and flight.spec.concurrency is not None
        if is_bounded or run_state is RunState.READY or finished.unblocked is not None:
            bells.ready(claim.step)
        if finished.follow_up is not None and self.announce_follow_up is not None:
            self.announce_follow_up(settlement.follow_up, finished.follow_up)

    def _tell(self, flight: Flight, decision: Fail) -> None:
        """A log line for the author: what failed, where, and what becomes of the run."""
        claim, error, spec = flight.claim, decision.error, flight.spec
        match decision.outcome:
            case RetryAt(due_at=due_at):
                level = "warn"
                delay_ms = max(due_at - self._state.ledger.now(), 0)
                of = f" of {spec.retries + 1}" if spec is not None else ""
                then = f"attempt {claim.attempt}{of} failed, the next starts in {_spell(delay_ms)}"
            case Dead(reason=reason):
                level = "error"
                then = f"attempt {claim.attempt} failed and was the last ({reason}): see motia dead list"
            case _:
                return
        stack = f"\n{error.stack.rstrip()}" if error.stack else ""
        self._state.log(
            level,
            f"{then}: {error.name}: {error.message}{stack}",
            step=claim.step,
            trace=claim.trace,
            run=claim.run,
            attempt=claim.attempt,
        )

    def _record(self, settlement: _Settlement, run_state: RunState) -> None:
        flight, decision, answer = settlement.flight, settlement.decision, settlement.answer
        claim = flight.claim
        wait_us = handler_us = 0
        error: RunError | None = decision.error if isinstance(decision, Fail) else None
        match answer:
            case Returned() | Responded():
                wait_us, handler_us = answer.wait_us, answer.handler_us
            case Failed(failure=failure):
                wait_us, handler_us = failure.wait_us, failure.handler_us
        self._state.recorder.attempt(
            trace=claim.trace,
            span=flight.span,
            parent=claim.parent_span,
            run=claim.run,
            step=claim.step,
            attempt=claim.attempt,
            outcome="released" if run_state is RunState.READY else run_state.value,
            created_at=claim.created_at,
            ready_at=claim.ready_at,
            claimed_at=claim.claimed_at,
            sent_at=flight.sent_at,
            answered_at=flight.answered_at,
            committed_at=self._state.ledger.now(),
            wait_us=wait_us,
            handler_us=handler_us,
            error_name=error.name if error is not None else "",
            error_message=error.message if error is not None else "",
            error_stack=error.stack if error is not None else "",
        )


def _state_after(decision: Decision) -> RunState:
    match decision:
        case Complete():
            return RunState.COMPLETED
        case Release():
            return RunState.READY
        case Fail(outcome=RetryAt()):
            return RunState.RETRYING
        case Fail(outcome=Dead()):
            return RunState.DEAD
        case Fail():
            return RunState.CANCELLED


def _spell(delay_ms: int) -> str:
    """In the unit that leaves one to three digits before the point."""
    if delay_ms < 1_000:
        return f"{delay_ms} ms"
    if delay_ms < 120_000:
        return f"{delay_ms / 1_000:.1f} s"
    return f"{delay_ms / 60_000:.0f} min" if delay_ms < 7_200_000 else f"{delay_ms / 3_600_000:.1f} h"
