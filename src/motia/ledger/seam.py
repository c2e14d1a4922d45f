"""The ledger seam: the record of truth about events, runs, leases, cron firings and state.

Every store implements `Ledger`; `tests/conformance/ledger` runs against each of them.

Invariants (of every implementation)
1. A method that returns has committed and flushed; one that raises `LedgerUnavailable` changed nothing.
2. A method is one atomic step: no other call sees half of it, a crash leaves all of it or nothing.
3. Only the transitions in `motia.model.run` happen. complete, fail and release name the epoch of the
   claim; when it is not the run's epoch any more, or the run is not running, they change nothing,
   return False and are counted in `stats().stale`.
4. A cancelled call (asyncio) may or may not have been carried out; its effects are whole either way.
5. Order inside a key is commit order of accept; at most one run of a (step, key) is running, ready,
   scheduled or retrying at the head, all later ones are blocked until it is finished.
6. Instants come from `now()`.
7. What is done for every event (accept, complete, fail, release) may answer with a future instead of
   a coroutine: it is handed in when the method is called. It is awaited, or watched, exactly once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Literal, Protocol

import msgspec

from motia.ledger.instances import Advance, Advanced, Due, InstanceSnapshot, RequestEnd
from motia.model import (
    Accepted,
    Attempt,
    Claim,
    Concurrency,
    Delivery,
    Epoch,
    FailOutcome,
    InstancePage,
    InstanceState,
    NewEvent,
    NodeId,
    Run,
    RunError,
    RunFilter,
    RunId,
    RunPage,
    RunState,
    RunTally,
    StepId,
    TraceId,
)


class Promoted(msgspec.Struct, frozen=True, kw_only=True):
    """What `promote` did: steps that have ready runs now, and when it is worth calling again."""

    ready_steps: frozenset[StepId]
    """Steps with runs that this call made ready."""
    next_due_at: int | None
    """Earliest due time of a scheduled or retrying run; None when there is none."""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """What finishing a run did."""

    is_current: bool
    """False: the epoch was stale and nothing changed."""
    unblocked: RunId | None = None
    """The next run of its key, ready (or scheduled) now."""
    follow_up: Accepted | None = None
    """The follow-up event that was accepted in the same commit."""


class CancelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What `cancel` found. `was` running: cancel_requested is set and its node must stop it."""

    was: RunState
    unblocked: RunId | None = None
    unblocked_step: StepId | None = None


class CronFire(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one scheduled instant. `outcome`: fired, skipped, missed, manual."""

    step: StepId
    instant_at: int
    outcome: str
    fired_at: int
    run: RunId | None = None
    reason: str = ""


class StateEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A value of the state store; `version` rises with every change of the key, from 1."""

    group: str
    key: str
    value: bytes
    version: int
    updated_at: int


class StateOp(msgspec.Struct, frozen=True, kw_only=True):
    """One atomic edit of a JSON value at a dotted `path` (empty: the value itself)."""

    op: Literal["set", "delete", "increment", "append"]
    path: str = ""
    value: msgspec.Raw = msgspec.Raw(b"null")


class StoredResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The HTTP answer kept for an Idempotency-Key."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class IdempotencyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`started`: yours to execute; `in_flight`: somebody else does; `stored`; `mismatch`: another body."""

    outcome: Literal["started", "in_flight", "stored", "mismatch"]
    response: StoredResponse | None = None


class KeyHolder(msgspec.Struct, frozen=True, kw_only=True):
    """The run that a blocked run waits for."""

    run: RunId
    state: RunState
    due_at: int


class QueueDepth(msgspec.Struct, frozen=True, kw_only=True):
    """Open runs of a step by state, and the creation time of the oldest ready one."""

    step: StepId
    by_state: dict[RunState, int]
    oldest_ready_at: int | None


class LedgerStats(msgspec.Struct, frozen=True, kw_only=True):
    """Counters since the ledger was opened."""

    commits: int
    operations: int
    stale: int
    failed_commits: int
    is_available: bool
    size_bytes: int


class Ledger(Protocol):
    """See the head of this file. `open` and `close` are idempotent."""

    async def open(self) -> None:
        """Open or create the store and bring its schema up to date.

        Raises:
            StartError: The data directory is owned by another engine (names its pid), the database
                is newer than this engine, damaged, or cannot be written. Nothing was changed.
        """

    async def close(self) -> None:
        """Carry out what was handed in, checkpoint and close; releases the owner lock."""

    def now(self) -> int:
        """The ledger's time, ms since the epoch."""
        ...

    # events and runs

    def accept(self, event: NewEvent, *, claimant: NodeId | None = None) -> Awaitable[Accepted]:
        """Commit an event: one run for each delivery.

        With `claimant`, a run that would be ready at once, whose step has no ready run waiting, is
        inserted running, claimed by that node (single delivery without lane and without
        concurrency bound only; anything else is left to `claim`). The claim is in `claims`.

        Dedupe: an equal `idempotency_key` for the same target within its time to live returns the
        first event with `deduplicated` when the payload is equal. When `is_reattempt`, the child of
        `parent_run` with the same `fingerprint` and `occurrence`, if there, is returned likewise.

        Raises:
            IdempotencyConflict: Same key and target, different payload.
            QueueFull: A delivery's step has `depth_max` open runs.
            LedgerUnavailable: Nothing was committed.
        """
        ...

    async def claim(
        self, step: StepId, *, limit: int, node: NodeId, concurrency: Concurrency | None
    ) -> list[Claim]:
        """Claim up to `limit` (1 to 1,000) ready runs of `step`, in order (priority, due_at, id).

        Raises the epoch of each and sets attempt = attempt + 1 unless it was released without
        blame. Never lets more than `concurrency.limit` runs of the step (or of one lane, when
        `concurrency.key` is set) be running over all nodes. A paused step yields nothing.
        """
        ...

    def complete(self, run: RunId, epoch: Epoch, *, result: bytes | None) -> Awaitable[Finished]:
        """Running -> completed; makes the next run of its key ready. Fenced."""
        ...

    def fail(
        self,
        run: RunId,
        epoch: Epoch,
        *,
        error: RunError,
        outcome: FailOutcome,
        follow_up: NewEvent | None = None,
    ) -> Awaitable[Finished]:
        """Running -> retrying, dead or cancelled; records the attempt; accepts `follow_up` in the same commit.

        A dead or cancelled run frees its key (a dead one not when its delivery said
        `blocks_on_dead`). Fenced; a stale call accepts no follow-up.
        """
        ...

    def release(
        self, run: RunId, epoch: Epoch, *, crashed: bool = False, suspect: bool = False, reason: str = ""
    ) -> Awaitable[Finished]:
        """Running -> ready, the attempt not counted. `crashed` raises `crashes`, `suspect` marks it. Fenced."""
        ...

    async def promote(self) -> Promoted:
        """Make scheduled and retrying runs whose due time has come ready (in batches of at most 1,000)."""
        ...

    async def ready_steps(self) -> frozenset[StepId]:
        """Steps that have a ready run: the poll behind all notifications."""
        ...

    async def deliver_parked(
        self, target: str, deliveries: tuple[Delivery, ...], *, limit: int = 1_000
    ) -> list[RunId]:
        """Give parked events of `target` to the steps that handle it now; returns the runs set free."""
        ...

    async def parked_targets(self) -> dict[str, int]:
        """Parked events by target."""
        ...

    async def cancel(self, run: RunId, *, reason: str) -> CancelAnswer:
        """Cancel an open run. One that runs only gets `cancel_requested`.

        Raises:
            RunNotFound: No such run.
            RunConflict: The run is finished.
        """
        ...

    async def get(self, run: RunId) -> Run | None:
        """The run, or None."""
        ...

    async def attempts(self, run: RunId) -> list[Attempt]:
        """Attempts that did not complete the run, oldest first."""
        ...

    async def children(self, run: RunId, *, limit: int = 1_000) -> list[Run]:
        """Runs triggered by this run, oldest first."""
        ...

    async def replays(self, run: RunId, *, limit: int = 1_000) -> list[Run]:
        """Runs that are replays of this run, newest first."""
        ...

    async def list_runs(
        self, where: RunFilter, *, limit: int, cursor: str | None = None, search_ms: int | None = None
    ) -> RunPage:
        """Runs that fit, newest first; `limit` 1 to 1,000.

        With `search_ms` a filter that no index answers is searched for about so long at most: the page
        may then be short, and says from which instant on it looked. Without, it is searched to the end.
        """
        ...

    async def count_runs(self, where: RunFilter) -> dict[RunState, int]:
        """How many runs fit, by state; exact up to 100,000 a state, then that number."""
        ...

    async def tally_runs(self, where: RunFilter, *, search_ms: int | None = None) -> RunTally:
        """`count_runs` that, with `search_ms`, ends after about so long and says how far it got."""
        ...

    async def purge(self, where: RunFilter, *, limit: int = 1_000) -> int:
        """Delete finished runs that fit, at most `limit`; returns how many."""
        ...

    async def depths(self) -> list[QueueDepth]:
        """Open runs by step."""
        ...

    async def key_holder(self, run: RunId) -> KeyHolder | None:
        """The run at the head of this blocked run's key."""
        ...

    async def running(self, step: StepId, *, lane: str | None = None, limit: int = 20) -> list[Run]:
        """Runs of `step` (of one lane) that are running, oldest first."""
        ...

    async def pause(self, step: StepId) -> None:
        """Claim no more runs of `step` until `resume`; kept over restarts."""

    async def resume(self, step: StepId) -> None:
        """End a pause."""

    async def paused(self) -> frozenset[StepId]:
        """Steps that are paused."""
        ...

    # workflow instances: `motia.ledger.instances` has the rules; opening and joining happen in `accept`

    async def advance(self, change: Advance) -> Advanced:
        """Move an instance on: free, skip and cancel runs, trigger events, record, in one commit.

        Fenced by the version that `change` was made of: another one changes nothing. Events are
        accepted without a bound of depth and without dedupe, and join as in `accept`.
        """
        ...

    async def end_request(self, end: RequestEnd) -> tuple[str, ...]:
        """Record the end of a request of a start step; the instances that it touched.

        One that a trigger from inside the request opened gets the end. A success opens the others,
        unless one of the workflow is running in the trace.
        """
        ...

    async def get_instance(self, instance: str) -> InstanceSnapshot | None:
        """The instance with its runs, or None."""
        ...

    async def instances_of_run(self, run: RunId) -> dict[str, bool]:
        """The instances that a run joined, and whether each holds it."""
        ...

    async def list_instances(
        self,
        *,
        workflow: str | None = None,
        state: InstanceState | None = None,
        trace: TraceId | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> InstancePage:
        """Instances that fit, newest first; `limit` 1 to 1,000."""
        ...

    async def count_instances(self) -> dict[str, dict[InstanceState, int]]:
        """How many instances there are by workflow and state; exact up to 100,000 each, then that number."""
        ...

    async def open_instances(
        self, *, after: str | None = None, limit: int = 1_000
    ) -> list[tuple[str, TraceId]]:
        """Instances of which something may still move, with their traces, oldest first, behind `after`."""
        ...

    async def due_instances(self, *, limit: int = 1_000) -> Due:
        """Running instances whose time is over."""
        ...

    # nodes

    async def register(self, node: NodeId, *, ttl_ms: int) -> None:
        """Take a lease for this node."""

    async def renew(self, node: NodeId, *, ttl_ms: int) -> bool:
        """Extend the lease; False when it had expired and its runs may be adopted already."""
        ...

    async def unregister(self, node: NodeId) -> None:
        """Give the lease up."""

    async def adopt(self, node: NodeId) -> list[RunId]:
        """Running -> ready for every run of a node whose lease is gone or that is no longer registered.

        A store that one engine owns alone (SQLite) adopts all running runs that are not `node`'s.
        Not counted as a crash of the run. Returns the runs.
        """
        ...

    # cron

    async def fire(self, fire: CronFire, event: NewEvent | None) -> tuple[bool, Accepted | None]:
        """Record a firing and accept its event in one commit; (False, None) when the instant is recorded already."""
        ...

    async def cron_fires(self, step: StepId, *, limit: int = 20) -> list[CronFire]:
        """Last firings, newest first."""
        ...

    async def cron_seen(self, step: StepId, schedule: str) -> int:
        """When this step was first seen with this schedule (recorded now if never): nothing before is caught up."""
        ...

    # state

    async def state_get(self, group: str, key: str) -> StateEntry | None:
        """The entry, or None."""
        ...

    async def state_set(self, group: str, key: str, value: bytes) -> StateEntry:
        """Set the value (JSON text)."""
        ...

    async def state_delete(self, group: str, key: str) -> bool:
        """Delete; whether it was there."""
        ...

    async def state_list(self, group: str, *, limit: int = 10_000, after: str = "") -> list[StateEntry]:
        """Entries of a group in key order, after the key `after`."""
        ...

    async def state_groups(self, *, limit: int = 10_000) -> dict[str, int]:
        """Groups and how many keys each has."""
        ...

    async def state_clear(self, group: str) -> int:
        """Delete all of a group; how many there were."""
        ...

    async def state_update(self, group: str, key: str, ops: Sequence[StateOp]) -> StateEntry:
        """Apply `ops` in order, atomically, to the value (a missing one starts as null; increment from 0).

        Raises:
            RunConflict: An op does not fit the value (increment of text, path through a number).
        """
        ...

    async def state_compare_and_set(
        self, group: str, key: str, *, version: int, value: bytes | None
    ) -> tuple[bool, StateEntry | None]:
        """Set (None: delete) only if the version is `version` (0: missing). (done, entry as it is now)."""
        ...

    # HTTP Idempotency-Key

    async def idempotency_begin(
        self, step: StepId, key: str, *, digest: str, ttl_ms: int
    ) -> IdempotencyAnswer:
        """Begin, or learn what became of, the request with this key.

        One that an engine's death left in flight is started anew.
        """
        ...

    async def idempotency_finish(self, step: StepId, key: str, response: StoredResponse | None) -> None:
        """Store the answer; None forgets the key so that the request may be repeated."""

    # housekeeping

    async def save_manifest(self, manifest: bytes) -> None:
        """Keep the project's steps (JSON) for commands that run without an engine."""

    async def load_manifest(self) -> bytes | None:
        """The kept manifest."""
        ...

    async def prune(self, *, finished_before: int, size_bytes_max: int | None, limit: int = 500) -> int:
        """Delete one small batch of finished runs, expired keys, cron records, oldest first; how many rows went.

        Deletes what finished before `finished_before` (parked events of that age become cancelled
        with reason `expired` first), and while the store is larger than `size_bytes_max` also the
        oldest finished runs whatever their age. Runs of an open workflow instance stay; an instance
        that is over goes as runs do.
        """
        ...

    def stats(self) -> LedgerStats:
        """Counters; never waits."""
        ...
