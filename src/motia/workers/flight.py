"""A flight: one invocation from `invoke` to its answer; what callers hold as their `Ticket`.

Invariants
1. The answer is set once; whatever comes after the first is dropped.
2. While somebody holds the flight (`holder`), a cancel reaches that holder, at most once.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from motia.protocol import Failure
from motia.workers.seam import Answer, Died, Failed, Invocation, Lane, NoWorker, Origin
from motia.workers.stream import Stream

CANCEL_GRACE_S = 5.0
NEVER_MONO = float("inf")
TIMEOUT = "timeout"


class Holder(Protocol):
    """Who has a flight now: a worker, or the queue for a worker of its own."""

    def cancel(self, flight: Flight) -> None:
        """Carry out `flight.cancel_reason`."""


class Flight:
    """One invocation under way. Plain slots: the hot path makes one of these and its future."""

    __slots__ = (
        "answer",
        "cancel_due_mono",
        "cancel_reason",
        "deadline_mono",
        "holder",
        "invocation",
        "is_background",
        "lent",
        "number",
        "origin_made",
        "stream",
    )

    def __init__(self, number: int, invocation: Invocation, answer: asyncio.Future[Answer]) -> None:
        self.number = number
        """Unique in this engine; the invocation id on the wire and `Origin.ticket`."""
        self.invocation = invocation
        self.answer = answer
        self.holder: Holder | None = None
        self.is_background = invocation.lane is Lane.BACKGROUND
        self.deadline_mono = NEVER_MONO
        self.cancel_due_mono = NEVER_MONO
        """When a cancelled flight costs its worker its life."""
        self.cancel_reason = ""
        self.stream: Stream | None = None
        self.lent = 0
        """Calls it waits for with its slot given back."""
        self.origin_made: Origin | None = None

    @property
    def origin(self) -> Origin:
        """Who makes its calls and log lines; made when first asked for."""
        made = self.origin_made
        if made is None:
            its = self.invocation
            made = self.origin_made = Origin(
                step=its.step,
                trace=its.trace,
                span=its.span,
                run=its.run,
                attempt=its.attempt,
                lane=its.lane,
                ticket=self.number,
            )
        return made

    def cancel(self, reason: str) -> None:
        """Ask the handler to stop; the first reason counts, and nothing happens when it is over."""
        if self.holder is None or self.cancel_reason:
            return
        self.cancel_reason = reason
        self.holder.cancel(self)

    def settle(self, answer: Answer) -> None:
        """Answer; does nothing when there is an answer or nobody waits any more."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def refuse(self, reason: str) -> None:
        """Answer that nothing was sent."""
        self.holder = None
        self.settle(NoWorker(reason=reason))

    def fail(self, failure: Failure) -> None:
        """Answer with a failure; one that follows the timeout's cancel is the timeout's."""
        if self.cancel_reason == TIMEOUT:
            failure = Failure(
                invocation=failure.invocation,
                name="Timeout",
                kind=TIMEOUT,
                message=f"did not finish within {self.invocation.timeout_ms} ms",
                stack=failure.stack,
                handler_us=failure.handler_us,
                wait_us=failure.wait_us,
            )
        self.settle(Failed(failure))

    def overrun(self, worker: str, reason: str, *, was_alone: bool) -> None:
        """Answer that the handler had to be killed with its worker.

        A timeout stays one: it is known whose fault it is, so it costs an attempt, and no run is a suspect.
        """
        if self.cancel_reason != TIMEOUT or self.stream is not None:
            self.die(worker, reason=reason, was_alone=was_alone, is_blameless=False)
            return
        self.holder = None
        limit = f"did not finish within {self.invocation.timeout_ms} ms"
        message = f"{limit}, ignored its cancel for {CANCEL_GRACE_S:.0f} s, and {worker} was killed for it"
        self.settle(Failed(Failure(invocation=self.number, name="Timeout", kind=TIMEOUT, message=message)))

    def die(self, worker: str, *, reason: str, was_alone: bool, is_blameless: bool) -> None:
        """Answer that the worker ended; breaks the response stream when one is open."""
        self.holder = None
        if self.stream is not None:
            self.stream.finish(f"the worker {worker} died: {reason}")
        self.settle(Died(worker=worker, reason=reason, was_alone=was_alone, is_blameless=is_blameless))
