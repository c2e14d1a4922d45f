"""Runs, attempts and what is asked of the ledger for them.

States: from -> to -> by. Only the ledger methods named here move a run; nothing else writes the
column. `tests/conformance/ledger` goes through the table row by row.

| from | to | ledger method | when |
|---|---|---|---|
| (none) | ready, scheduled, blocked, parked | accept | at once; due later; key taken; no step handles the target |
| (none) | running | accept | a claimant was named and the run is ready at once |
| scheduled, retrying | ready | promote | the due time has come |
| (none) | blocked | accept, advance | a member of a workflow, held until its predecessors have completed |
| (none) | ready, scheduled, blocked, parked | advance | a workflow triggers its member, or what its failure names |
| (none) | dead | advance | the payload made for a member of a workflow does not fit it |
| blocked | ready, scheduled | complete, fail, release, adopt, cancel, purge | the run ahead in its key is over |
| blocked | ready, scheduled, blocked | advance | held, and its predecessors have completed; blocked: its key is taken |
| blocked | skipped | advance | held, and a predecessor did not complete, or the instance is over |
| parked | ready, scheduled, blocked | deliver_parked | a step with that id or topic appeared |
| parked | skipped | advance | as blocked -> skipped |
| ready | running | claim | a node takes it; the epoch rises |
| running | completed | complete | the handler returned |
| running | retrying | fail | a retry is left |
| running | dead | fail | none is left, or the error forbids it |
| running | cancelled | fail | a cancel reached the handler |
| running | ready | release, adopt | drain, worker crash, lost node |
| running | cancelled | release, adopt | the same, when a cancel had been asked for: it is not run again |
| scheduled, blocked, ready, retrying, parked | cancelled | cancel | by hand |
| scheduled, blocked, ready, retrying, parked | cancelled | advance | its workflow instance was cancelled or timed out |
| parked | cancelled | prune | older than the retention |
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from motia.model.ids import Epoch, NodeId, RunId, SpanId, StepId, TraceId
from motia.model.raw import OptionalRaw


class RunState(StrEnum):
    """Where a run is; spelled alike in SQL, JSON, SDKs, CLI and Workbench."""

    SCHEDULED = "scheduled"
    BLOCKED = "blocked"
    READY = "ready"
    RUNNING = "running"
    RETRYING = "retrying"
    PARKED = "parked"
    COMPLETED = "completed"
    DEAD = "dead"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


FINAL_STATES = frozenset({RunState.COMPLETED, RunState.DEAD, RunState.CANCELLED, RunState.SKIPPED})
OPEN_STATES = frozenset(RunState) - FINAL_STATES


class TriggerKind(StrEnum):
    """What made a run: `manual` is a person (CLI, Workbench), `error` a final failure."""

    EVENT = "event"
    CRON = "cron"
    MANUAL = "manual"
    REPLAY = "replay"
    ERROR = "error"


class RunError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A failure as stored and shown. `kind`: error, fatal, timeout, crash_loop, cancelled, validation, unhandled."""

    name: str
    message: str
    stack: str = ""
    kind: str = "error"
    details: OptionalRaw = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One step that an event goes to, with what the ledger must know of it."""

    step: StepId
    key: str | None = None
    """Ordering key: runs of `step` with an equal key run one after another."""
    lane: str | None = None
    """Value of the concurrency key; None when the step has none."""
    depth_max: int | None = None
    """Most open runs of `step`; one more raises `QueueFull`. None: no bound."""
    parked: bool = False
    blocks_on_dead: bool = False


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow that an event opens an instance of, unless one of it is running in the trace."""

    workflow: str
    start: StepId
    spec: bytes
    """The `WorkflowSpec` as JSON, as the instance keeps it."""
    timeout_ms: int | None = None
    request_span: SpanId | None = None
    """Set when the start is a request, which has no run: its span."""
    node: NodeId | None = None
    """Set with `request_span`: who answers the request."""


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A durable request to run a step or the subscribers of a topic. One event, one run a delivery."""

    target: str
    kind: TriggerKind
    payload: bytes
    """JSON text."""
    trace: TraceId
    deliveries: tuple[Delivery, ...]
    parent_run: RunId | None = None
    parent_span: SpanId | None = None
    parent_step: StepId | None = None
    due_at: int | None = None
    priority: int = 0
    """-1,000 to 1,000; higher runs first among the ready runs of a step."""
    idempotency_key: str | None = None
    idempotency_ttl_ms: int = 86_400_000
    fingerprint: str | None = None
    """Digest of target, payload and options; set when a run triggers and `unique` is not off."""
    occurrence: int = 0
    """How many equal fingerprints this attempt of `parent_run` triggered before."""
    is_reattempt: bool = False
    """The triggering attempt is not its run's first: an equal event may be there already."""
    retry_count: int = 0
    """`__retry` of the payload, shown as retryCount in a later failure."""
    replay_of: RunId | None = None
    info: bytes | None = None
    """Details of the trigger for the context (JSON): scheduled instant of a cron, route of a request."""
    opens: tuple[Opening, ...] = ()
    """Workflows that begin with this event."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A run that this node may execute now, fenced by `epoch`."""

    run: RunId
    step: StepId
    target: str
    kind: TriggerKind
    epoch: Epoch
    attempt: int
    """From 1; an attempt released without blame keeps its number."""
    payload: bytes
    trace: TraceId
    parent_span: SpanId | None
    parent_run: RunId | None
    created_at: int
    ready_at: int
    claimed_at: int
    retry_count: int = 0
    crashes: int = 0
    is_suspect: bool = False
    """It was in flight when a worker died with others: run it alone."""
    key: str | None = None
    lane: str | None = None
    priority: int = 0
    info: bytes | None = None


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an event: committed and flushed when the caller has this."""

    run: RunId
    """The first delivery's run; the event's id."""
    runs: tuple[RunId, ...]
    trace: TraceId
    states: tuple[RunState, ...]
    deduplicated: bool = False
    claims: tuple[Claim, ...] = ()
    """Runs inserted already claimed for the claimant."""
    instances: tuple[str, ...] = ()
    """Workflow instances that this event opened or that got a run of it."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run as the ledger knows it. Instants are ms since the epoch."""

    id: RunId
    event: RunId
    step: StepId
    target: str
    kind: TriggerKind
    state: RunState
    trace: TraceId
    parent_run: RunId | None
    parent_span: SpanId | None
    payload: bytes
    result: bytes | None
    error: RunError | None
    reason: str | None
    """Why it is dead, cancelled or skipped: `retries_used`, `fatal`, `crash_loop`, `timeout`, `by_hand`, `expired`…"""
    attempt: int
    crashes: int
    epoch: Epoch
    node: NodeId | None
    key: str | None
    lane: str | None
    priority: int
    retry_count: int
    replay_of: RunId | None
    created_at: int
    due_at: int
    started_at: int | None
    finished_at: int | None
    cancel_requested: bool = False
    info: bytes | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try of a run that did not complete it, kept for the record."""

    run: RunId
    attempt: int
    epoch: Epoch
    node: NodeId | None
    started_at: int
    finished_at: int
    outcome: str
    """retrying, dead, cancelled, released, crashed"""
    error: RunError | None = None


class RetryAt(msgspec.Struct, frozen=True, tag="retry"):
    """Outcome of a failed attempt: try again at `due_at` (ms since the epoch)."""

    due_at: int


class Dead(msgspec.Struct, frozen=True, tag="dead"):
    """Outcome of a failed attempt: no attempt is left; `reason` says why."""

    reason: str


class Cancelled(msgspec.Struct, frozen=True, tag="cancelled"):
    """Outcome of an attempt that was cancelled; `reason` says by what."""

    reason: str


FailOutcome = RetryAt | Dead | Cancelled


class RunFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs; every field that is set must hold. `text` is a substring of payload or error.

    `created_from` is in the span, `created_until` is not.
    """

    ids: tuple[RunId, ...] = ()
    step: StepId | None = None
    states: tuple[RunState, ...] = ()
    trace: TraceId | None = None
    kind: TriggerKind | None = None
    created_from: int | None = None
    created_until: int | None = None
    text: str | None = None


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """Runs, newest first; `cursor` asks for the next page, None at the end.

    `searched_from_at`: the time to search was up. The page may be short: runs created before this
    instant have not been looked at, and the cursor goes on there.
    """

    runs: tuple[Run, ...]
    cursor: str | None = None
    searched_from_at: int | None = None


class RunTally(msgspec.Struct, frozen=True, kw_only=True):
    """How many runs there are by state, exact up to 100,000 a state, then that number.

    `searched_from_at`: the time to count was up; only runs created from this instant on are counted.
    """

    by_state: dict[RunState, int]
    searched_from_at: int | None = None
