"""What the duties of one node share: the parts handed in, a few facts, and who is told of what.

Invariants
1. `flights` holds every claim of this node from the moment it is known here until its outcome is
   committed (or turned out to be stale). A claim that is not in it is an orphan; the rescuer frees it.
2. `is_ledger_up` goes down at the first refused commit and up at the first one that succeeds.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from motia.dispatch.start_requests import StartRequests
from motia.ledger import Ledger
from motia.model import (
    Accepted,
    Claim,
    Epoch,
    LedgerUnavailable,
    NewEvent,
    NodeId,
    Problem,
    RunId,
    RunState,
    SpanId,
    StepId,
    StepSpec,
    TraceId,
)
from motia.project import Catalog, Config
from motia.runtime import Clock
from motia.telemetry import Recorder
from motia.workers import Ticket, Workers

PayloadValidator = Callable[[StepSpec, bytes], tuple[Problem, ...]]
"""Checks a payload against a step's schema; empty when it fits."""

TopicValidator = Callable[[str, bytes], tuple[Problem, ...]]
"""Checks a payload against the definition of a topic; empty when it fits or there is none."""


POLL_S = 1.0


class Flight:
    """A claim under way on this node: from claim to committed outcome."""

    __slots__ = (
        "answered_at",
        "cancel_reason",
        "claim",
        "commit",
        "is_lost",
        "occurrences",
        "sent_at",
        "span",
        "spec",
        "ticket",
    )

    def __init__(self, claim: Claim, *, spec: StepSpec | None, span: SpanId) -> None:
        self.claim = claim
        self.spec = spec
        self.span = span
        self.sent_at = 0
        self.answered_at = 0
        self.ticket: Ticket | None = None
        self.commit: asyncio.Future[Any] | None = None
        self.cancel_reason: str | None = None
        self.is_lost = False
        """Another node has the run now: whatever the answer is, it does not count."""
        self.occurrences: dict[str, int] = {}
        """How often this attempt made each trigger, by fingerprint."""

    def cancel(self, reason: str) -> None:
        """Ask the handler to stop; the first reason stays."""
        if self.cancel_reason is None:
            self.cancel_reason = reason
            if self.ticket is not None and self.answered_at == 0:
                self.ticket.cancel(reason)


class Bells:
    """Who is told when something happens in this node; the dispatcher connects them."""

    def __init__(self) -> None:
        self.ready: Callable[[StepId], None] = lambda step: None
        """A step has a ready run."""
        self.due: Callable[[int], None] = lambda due_at: None
        """A run is due at an instant (ms since the epoch)."""
        self.hold: Callable[[StepId], None] = lambda step: None
        """A step has no worker: claim none of it until something changes."""
        self.slot_freed: Callable[[], None] = lambda: None
        """An invocation was answered."""
        self.finished: Callable[[RunId], None] = lambda run: None
        """A run reached a final state here."""
        self.over: Callable[[TraceId, RunId, StepId, RunState], None] = lambda trace, run, step, state: None
        """A run of a trace reached a final state here: a workflow may go on."""
        self.joined: Callable[[TraceId, tuple[str, ...], tuple[tuple[RunId, StepId], ...]], None] = (
            lambda trace, instances, runs: None
        )
        """An event of a trace opened or joined workflow instances, with its runs when these are known."""
        self.accepted: Callable[[NewEvent, Accepted], None] = lambda event, accepted: None
        """An event was accepted otherwise than by a trigger: tell the duties and the feed."""
        self.is_unsettled: Callable[[], bool] = lambda: False
        """Whether something that happened still has to move a workflow on."""
        self.moved: Callable[[], None] = lambda: None
        """A flight ended."""
        self.ledger_failed: Callable[[], None] = lambda: None
        self.ledger_returned: Callable[[], None] = lambda: None


class NodeState:
    """See the head of this file."""

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
        self.ledger = ledger
        self.workers = workers
        self.recorder = recorder
        self.clock = clock
        self.random = random
        self.config = config
        self.node = node
        self.validate = validate
        self.validate_topic = validate_topic
        self.poll_s = poll_s
        """How often the ledger is asked for what nobody told of."""
        self.bells = Bells()
        self.catalog = Catalog()
        self.schema_since: dict[StepId, int] = {}
        """When the present schema of a step became known here: older runs are checked when they start."""
        self.paused: set[StepId] = set()
        self.is_draining = False
        self.is_ledger_up = True
        self.flights: dict[SpanId, Flight] = {}
        self.requests = StartRequests(ledger=ledger, node=node, joined=self._joined)

    def _joined(self, trace: TraceId, instances: tuple[str, ...]) -> None:
        self.bells.joined(trace, instances, ())

    def flights_of(self, run: RunId) -> list[Flight]:
        """Flights of a run that still count; more than one only after a lost lease."""
        return [flight for flight in self.flights.values() if flight.claim.run == run and not flight.is_lost]

    def flying(self) -> set[tuple[RunId, Epoch]]:
        """The claims in flight."""
        return {(flight.claim.run, flight.claim.epoch) for flight in self.flights.values()}

    def log(self, level: str, message: str, **where: Any) -> None:
        """A log line of the engine; `where` names step, trace, run."""
        self.recorder.log(level=level, message=message, at=self.clock.now_ms(), **where)

    def ledger_failed(self, error: LedgerUnavailable) -> None:
        """A commit was refused: claims stop until one succeeds. Said once an outage."""
        self.recorder.count("ledger_refused")
        if self.is_ledger_up:
            self.is_ledger_up = False
            self.log("error", f"the ledger refuses commits; claims pause until it returns: {error}")
            self.bells.ledger_failed()

    def ledger_returned(self) -> None:
        """A commit succeeded."""
        if not self.is_ledger_up:
            self.is_ledger_up = True
            self.log("info", "the ledger commits again; claims go on")
            self.bells.ledger_returned()
