"""`SqliteLedger`: the seam on one SQLite file; hands each call to the writer or to a reader.

A dead run that blocks its key (`blocks_on_dead`) is set aside by a replay of it (which takes its
place at the head) or by a purge; retention leaves it while runs wait behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from motia.ledger.instances import Advance, Advanced, Due, InstanceSnapshot, RequestEnd
from motia.ledger.rules import check_limit
from motia.ledger.seam import (
    CancelAnswer,
    CronFire,
    Finished,
    IdempotencyAnswer,
    KeyHolder,
    LedgerStats,
    Promoted,
    QueueDepth,
    StateEntry,
    StateOp,
    StoredResponse,
)
from motia.ledger.sqlite import (
    accepting,
    advancing,
    executing,
    instance_reads,
    instances,
    keeping,
    listing,
    retention,
)
from motia.ledger.sqlite.connection import check_library
from motia.ledger.sqlite.owner import OwnerLock
from motia.ledger.sqlite.reader import Reader
from motia.ledger.sqlite.searching import Search
from motia.ledger.sqlite.writer import CommitPoint, Writer
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
    LedgerUnavailable,
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
from motia.runtime import Clock


class SqliteLedger:
    """The ledger of one engine; see `motia.ledger.seam.Ledger` for every method's contract."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        owner: str = "",
        on_commit_point: CommitPoint | None = None,
        _vfs: str | None = None,
        _synchronous: str = "FULL",
    ) -> None:
        """A ledger in the file `path`; nothing is touched before `open`.

        Args:
            path: The database file; its directory is the data directory that this ledger owns.
            clock: Where instants come from; read on the writer's thread.
            owner: Words for the lock file beside the process id.
            on_commit_point: For crash tests; see `writer.CommitPoint`.
        """
        self._path = path
        self._clock = clock
        self._owner = owner
        self._lock = OwnerLock(path.parent)
        self._writer = Writer(
            path, clock=clock, on_commit_point=on_commit_point, vfs=_vfs, synchronous=_synchronous
        )
        # Two, so that a slow list never delays a `get` or a read of the state store.
        self._quick = Reader(path, name="motia-ledger-reader", vfs=_vfs)
        self._slow = Reader(path, name="motia-ledger-lister", vfs=_vfs)
        self._is_open = False
        self._prune_after = 0

    async def open(self) -> None:
        """See `Ledger.open`."""
        if self._is_open:
            return
        check_library()
        self._lock.acquire(self._owner)
        try:
            await self._writer.start()
            await self._quick.start()
            await self._slow.start()
        except BaseException:
            await self._close_all()
            raise
        self._is_open = True

    async def close(self) -> None:
        """See `Ledger.close`."""
        if self._is_open:
            self._is_open = False
            await self._close_all()

    async def _close_all(self) -> None:
        # The writer last: it removes the log only when no reader holds it.
        await self._slow.stop()
        await self._quick.stop()
        await self._writer.stop()
        self._lock.release()

    def now(self) -> int:
        """See `Ledger.now`."""
        return self._clock.now_ms()

    async def _write(self, kind: str, work: Any, *args: Any) -> Any:
        return await self._hand_in(kind, work, *args)

    def _hand_in(self, kind: str, work: Any, *args: Any) -> asyncio.Future[Any]:
        """The writer's own future: what is done for each event costs no coroutine and no task."""
        try:
            if not self._writer.is_available and self._is_open:
                raise self._writer.refusal()
            return self._writer.submit(kind, work, *args)
        except LedgerUnavailable as error:
            refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            refused.set_exception(error)
            return refused

    # events and runs

    def accept(self, event: NewEvent, *, claimant: NodeId | None = None) -> asyncio.Future[Accepted]:
        """See `Ledger.accept`."""
        return self._hand_in("accept", accepting.accept, event, claimant)

    async def claim(
        self, step: StepId, *, limit: int, node: NodeId, concurrency: Concurrency | None
    ) -> list[Claim]:
        """See `Ledger.claim`."""
        return await self._write("claim", executing.claim, step, check_limit(limit), node, concurrency)

    def complete(self, run: RunId, epoch: Epoch, *, result: bytes | None) -> asyncio.Future[Finished]:
        """See `Ledger.complete`."""
        return self._hand_in("complete", executing.complete, run, epoch, result)

    def fail(
        self,
        run: RunId,
        epoch: Epoch,
        *,
        error: RunError,
        outcome: FailOutcome,
        follow_up: NewEvent | None = None,
    ) -> asyncio.Future[Finished]:
        """See `Ledger.fail`."""
        return self._hand_in("fail", executing.fail, run, epoch, error, outcome, follow_up)

    def release(
        self, run: RunId, epoch: Epoch, *, crashed: bool = False, suspect: bool = False, reason: str = ""
    ) -> asyncio.Future[Finished]:
        """See `Ledger.release`."""
        return self._hand_in("release", executing.release, run, epoch, crashed, suspect, reason)

    async def promote(self) -> Promoted:
        """See `Ledger.promote`."""
        return await self._write("promote", executing.promote)

    async def ready_steps(self) -> frozenset[StepId]:
        """See `Ledger.ready_steps`."""
        return await self._write("ready_steps", executing.ready_steps)

    async def deliver_parked(
        self, target: str, deliveries: tuple[Delivery, ...], *, limit: int = 1_000
    ) -> list[RunId]:
        """See `Ledger.deliver_parked`."""
        return await self._write(
            "deliver_parked", accepting.deliver_parked, target, deliveries, check_limit(limit)
        )

    async def parked_targets(self) -> dict[str, int]:
        """See `Ledger.parked_targets`."""
        return await self._quick.submit("parked_targets", listing.parked_targets)

    async def cancel(self, run: RunId, *, reason: str) -> CancelAnswer:
        """See `Ledger.cancel`."""
        return await self._write("cancel", executing.cancel, run, reason)

    async def get(self, run: RunId) -> Run | None:
        """See `Ledger.get`."""
        return await self._quick.submit("get", listing.get, run)

    async def attempts(self, run: RunId) -> list[Attempt]:
        """See `Ledger.attempts`."""
        return await self._quick.submit("attempts", listing.attempts, run)

    async def children(self, run: RunId, *, limit: int = 1_000) -> list[Run]:
        """See `Ledger.children`."""
        return await self._slow.submit("children", listing.children, run, check_limit(limit))

    async def replays(self, run: RunId, *, limit: int = 1_000) -> list[Run]:
        """See `Ledger.replays`."""
        return await self._slow.submit("replays", listing.replays, run, check_limit(limit))

    async def list_runs(
        self, where: RunFilter, *, limit: int, cursor: str | None = None, search_ms: int | None = None
    ) -> RunPage:
        """See `Ledger.list_runs`."""
        search = None if search_ms is None else Search(self._clock, search_ms)
        return await self._slow.submit(
            "list_runs", listing.list_runs, where, check_limit(limit), cursor, search
        )

    async def count_runs(self, where: RunFilter) -> dict[RunState, int]:
        """See `Ledger.count_runs`."""
        return (await self.tally_runs(where)).by_state

    async def tally_runs(self, where: RunFilter, *, search_ms: int | None = None) -> RunTally:
        """See `Ledger.tally_runs`."""
        search = None if search_ms is None else Search(self._clock, search_ms)
        return await self._slow.submit("tally_runs", listing.tally_runs, where, search)

    async def purge(self, where: RunFilter, *, limit: int = 1_000) -> int:
        """See `Ledger.purge`."""
        found = await self._slow.submit("purge", listing.find_final, where, check_limit(limit))
        return await self._write("purge", _purge, found)

    async def depths(self) -> list[QueueDepth]:
        """See `Ledger.depths`."""
        return await self._slow.submit("depths", listing.depths)

    async def key_holder(self, run: RunId) -> KeyHolder | None:
        """See `Ledger.key_holder`."""
        return await self._quick.submit("key_holder", listing.key_holder, run)

    async def running(self, step: StepId, *, lane: str | None = None, limit: int = 20) -> list[Run]:
        """See `Ledger.running`."""
        return await self._quick.submit("running", listing.running, step, lane, check_limit(limit))

    async def pause(self, step: StepId) -> None:
        """See `Ledger.pause`."""
        await self._write("pause", executing.pause, step)

    async def resume(self, step: StepId) -> None:
        """See `Ledger.resume`."""
        await self._write("resume", executing.resume, step)

    async def paused(self) -> frozenset[StepId]:
        """See `Ledger.paused`."""
        return await self._write("paused", executing.paused)

    # workflow instances

    async def advance(self, change: Advance) -> Advanced:
        """See `Ledger.advance`."""
        return await self._write("advance", advancing.advance, change)

    async def end_request(self, end: RequestEnd) -> tuple[str, ...]:
        """See `Ledger.end_request`."""
        return await self._write("end_request", instances.end_request, end)

    async def get_instance(self, instance: str) -> InstanceSnapshot | None:
        """See `Ledger.get_instance`."""
        return await self._quick.submit("get_instance", instance_reads.get_instance, instance)

    async def instances_of_run(self, run: RunId) -> dict[str, bool]:
        """See `Ledger.instances_of_run`."""
        return await self._quick.submit("instances_of_run", instance_reads.instances_of_run, run)

    async def list_instances(
        self,
        *,
        workflow: str | None = None,
        state: InstanceState | None = None,
        trace: TraceId | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> InstancePage:
        """See `Ledger.list_instances`."""
        where = (workflow, state, trace, check_limit(limit), cursor)
        return await self._slow.submit("list_instances", instance_reads.list_instances, *where)

    async def count_instances(self) -> dict[str, dict[InstanceState, int]]:
        """See `Ledger.count_instances`."""
        return await self._slow.submit("count_instances", instance_reads.count_instances)

    async def open_instances(
        self, *, after: str | None = None, limit: int = 1_000
    ) -> list[tuple[str, TraceId]]:
        """See `Ledger.open_instances`."""
        return await self._quick.submit(
            "open_instances", instance_reads.open_instances, after, check_limit(limit)
        )

    async def due_instances(self, *, limit: int = 1_000) -> Due:
        """See `Ledger.due_instances`."""
        return await self._quick.submit(
            "due_instances", instance_reads.due_instances, self.now(), check_limit(limit)
        )

    # nodes

    async def register(self, node: NodeId, *, ttl_ms: int) -> None:
        """See `Ledger.register`."""
        await self._write("register", keeping.register, node, ttl_ms)

    async def renew(self, node: NodeId, *, ttl_ms: int) -> bool:
        """See `Ledger.renew`."""
        return await self._write("renew", keeping.renew, node, ttl_ms)

    async def unregister(self, node: NodeId) -> None:
        """See `Ledger.unregister`."""
        await self._write("unregister", keeping.unregister, node)

    async def adopt(self, node: NodeId) -> list[RunId]:
        """See `Ledger.adopt`."""
        return await self._write("adopt", executing.adopt, node)

    # cron

    async def fire(self, fire: CronFire, event: NewEvent | None) -> tuple[bool, Accepted | None]:
        """See `Ledger.fire`."""
        return await self._write("fire", keeping.fire, fire, event)

    async def cron_fires(self, step: StepId, *, limit: int = 20) -> list[CronFire]:
        """See `Ledger.cron_fires`."""
        return await self._quick.submit("cron_fires", keeping.cron_fires, step, check_limit(limit))

    async def cron_seen(self, step: StepId, schedule: str) -> int:
        """See `Ledger.cron_seen`."""
        return await self._write("cron_seen", keeping.cron_seen, step, schedule)

    # state

    async def state_get(self, group: str, key: str) -> StateEntry | None:
        """See `Ledger.state_get`."""
        return await self._quick.submit("state_get", keeping.state_get, group, key)

    async def state_set(self, group: str, key: str, value: bytes) -> StateEntry:
        """See `Ledger.state_set`."""
        return await self._write("state_set", keeping.state_set, group, key, value)

    async def state_delete(self, group: str, key: str) -> bool:
        """See `Ledger.state_delete`."""
        return await self._write("state_delete", keeping.state_delete, group, key)

    async def state_list(self, group: str, *, limit: int = 10_000, after: str = "") -> list[StateEntry]:
        """See `Ledger.state_list`."""
        return await self._slow.submit("state_list", keeping.state_list, group, limit, after)

    async def state_groups(self, *, limit: int = 10_000) -> dict[str, int]:
        """See `Ledger.state_groups`."""
        return await self._slow.submit("state_groups", keeping.state_groups, limit)

    async def state_clear(self, group: str) -> int:
        """See `Ledger.state_clear`."""
        return await self._write("state_clear", keeping.state_clear, group)

    async def state_update(self, group: str, key: str, ops: Sequence[StateOp]) -> StateEntry:
        """See `Ledger.state_update`."""
        return await self._write("state_update", keeping.state_update, group, key, ops)

    async def state_compare_and_set(
        self, group: str, key: str, *, version: int, value: bytes | None
    ) -> tuple[bool, StateEntry | None]:
        """See `Ledger.state_compare_and_set`."""
        return await self._write(
            "state_compare_and_set", keeping.state_compare_and_set, group, key, version, value
        )

    # HTTP Idempotency-Key

    async def idempotency_begin(
        self, step: StepId, key: str, *, digest: str, ttl_ms: int
    ) -> IdempotencyAnswer:
        """See `Ledger.idempotency_begin`."""
        return await self._write("idempotency_begin", keeping.idempotency_begin, step, key, digest, ttl_ms)

    async def idempotency_finish(self, step: StepId, key: str, response: StoredResponse | None) -> None:
        """See `Ledger.idempotency_finish`."""
        await self._write("idempotency_finish", keeping.idempotency_finish, step, key, response)

    # housekeeping

    async def save_manifest(self, manifest: bytes) -> None:
        """See `Ledger.save_manifest`."""
        await self._write("save_manifest", keeping.save_manifest, manifest)

    async def load_manifest(self) -> bytes | None:
        """See `Ledger.load_manifest`."""
        return await self._quick.submit("load_manifest", keeping.load_manifest)

    async def prune(self, *, finished_before: int, size_bytes_max: int | None, limit: int = 500) -> int:
        """See `Ledger.prune`."""
        check_limit(limit)
        found = await self._slow.submit(
            "prune", retention.find_finished, self._prune_after, finished_before, size_bytes_max, limit
        )
        gone = await self._write("prune", retention.prune, found, finished_before, size_bytes_max, limit)
        # Where few were left the next batch begins anew: what was open then may be finished now.
        self._prune_after = found[-1] if len(found) == limit else 0
        return gone

    def stats(self) -> LedgerStats:
        """See `Ledger.stats`."""
        size_bytes = 0
        for suffix in ("", "-wal"):
            with contextlib.suppress(OSError):
                size_bytes += self._path.with_name(self._path.name + suffix).stat().st_size
        writer = self._writer
        return LedgerStats(
            commits=writer.commits,
            operations=writer.operations,
            stale=writer.stale,
            failed_commits=writer.failed_commits,
            is_available=self._is_open and writer.is_available,
            size_bytes=size_bytes,
        )


def _purge(store: Any, found: list[int]) -> int:
    return retention.delete_runs(store, found, frees_keys=True)
