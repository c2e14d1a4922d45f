"""Events and runs of the memory ledger: every method of the seam that moves a run, or shows one."""

from __future__ import annotations

import heapq

import msgspec

from motia.ledger.memory.instances import InstanceTable
from motia.ledger.memory.rows import WAITING, KeyQueue, Row, Table, fits, is_final
from motia.ledger.numbers import RunNumbers, no_such_run, number_of
from motia.ledger.rules import (
    check_event,
    check_limit,
    digest_of,
    failed_state,
    finished_conflict,
    first_state,
    key_conflict,
    may_claim_directly,
    queue_full,
    release_error,
)
from motia.ledger.seam import CancelAnswer, Finished, Promoted
from motia.model import (
    Accepted,
    Attempt,
    Claim,
    Concurrency,
    Delivery,
    Epoch,
    FailOutcome,
    NewEvent,
    NodeId,
    RetryAt,
    RunError,
    RunFilter,
    RunId,
    RunState,
    StepId,
    run_id_of,
)
from motia.runtime import Clock

PROMOTE_MAX = 1_000


class EventKey(msgspec.Struct, frozen=True):
    """What is known of an idempotency key."""

    event: int
    run_count: int
    digest: bytes
    expires_at: int


class MemoryRuns:
    """The part of `MemoryLedger` about events and runs; contracts are in the seam."""

    def __init__(self, *, clock: Clock) -> None:
        """An empty ledger."""
        self._clock = clock
        self._numbers = RunNumbers()
        self._table = Table()
        self._instances = InstanceTable(self._table, self._numbers)
        self._event_keys: dict[tuple[str, str], EventKey] = {}
        self._paused: set[StepId] = set()
        self._stale = 0

    def now(self) -> int:
        """See `Ledger.now`."""
        return self._clock.now_ms()

    async def accept(self, event: NewEvent, *, claimant: NodeId | None = None) -> Accepted:
        """See `Ledger.accept`."""
        return self._accept(event, claimant)

    def _accept(self, event: NewEvent, claimant: NodeId | None) -> Accepted:
        check_event(event)
        known = self._known_event(event)
        if known is not None:
            return known
        for delivery in event.deliveries:
            depth = sum(self._table.counts[delivery.step].values())
            if delivery.depth_max is not None and depth >= delivery.depth_max:
                raise queue_full(delivery.step, depth)
        return self._insert_event(event, claimant)

    def _known_event(self, event: NewEvent) -> Accepted | None:
        if event.idempotency_key is not None:
            known = self._event_keys.get((event.target, event.idempotency_key))
            if known is not None and known.expires_at > self.now():
                if known.digest != digest_of(event.payload):
                    raise key_conflict(event, run_id_of(known.event))
                return self._accepted_before(event, known.event, known.run_count)
        if event.is_reattempt and event.fingerprint is not None and event.parent_run is not None:
            name = (number_of(event.parent_run), event.fingerprint, event.occurrence)
            for first in self._table.prints.get(name, {}).values():
                return self._accepted_before(event, first, len(event.deliveries))
        return None

    def _accepted_before(self, event: NewEvent, number: int, run_count: int) -> Accepted:
        rows = [self._table.rows.get(n) for n in range(number, number + run_count)]
        states = {row.number: row.state for row in rows if row is not None and row.first == number}
        numbers = [number, *sorted(states.keys() - {number})]
        trace = self._table.rows[number].event.trace if number in states else event.trace
        return Accepted(
            run=run_id_of(number),
            runs=tuple(map(run_id_of, numbers)),
            trace=trace,
            states=tuple(states.get(n) or RunState.COMPLETED for n in numbers),
            deduplicated=True,
        )

    def _insert_event(self, event: NewEvent, claimant: NodeId | None = None) -> Accepted:
        now = self.now()
        rows: list[Row] = []
        claims: tuple[Claim, ...] = ()
        joining = self._instances.joining_of(event)
        for delivery in event.deliveries:
            number = self._numbers.take(now)
            first = rows[0].number if rows else number
            due_at = now if event.due_at is None else event.due_at
            if delivery.parked and delivery.lane is not None:
                delivery = msgspec.structs.replace(delivery, lane=None)
            row = Row(number, event, delivery, first=first, due_at=due_at, now=now)
            rows.append(row)
            is_held = joining is not None and joining.holds(delivery)
            state = self._first_state(row, now, is_held=is_held)
            may_claim = may_claim_directly(event) and not self._table.counts[row.step][RunState.READY]
            if delivery.key is not None and not delivery.parked and not is_held:
                self._table.queue_up(row)
            self._table.add(row, state)
            if (
                state is RunState.READY
                and claimant is not None
                and may_claim
                and row.step not in self._paused
            ):
                claims = (self._claim_row(row, claimant, now),)
        if event.idempotency_key is not None:
            self._event_keys[event.target, event.idempotency_key] = EventKey(
                rows[0].number, len(rows), digest_of(event.payload), now + event.idempotency_ttl_ms
            )
        runs = tuple(run_id_of(row.number) for row in rows)
        states = tuple(row.state for row in rows if row.state is not None)
        return Accepted(
            run=runs[0],
            runs=runs,
            trace=event.trace,
            states=states,
            claims=claims,
            instances=() if joining is None else joining.write([row.number for row in rows], now),
        )

    def _first_state(self, row: Row, now: int, *, is_held: bool) -> RunState:
        delivery = row.delivery
        is_taken = is_held
        if (
            not is_held
            and delivery.key is not None
            and not delivery.parked
            and row.key_of_queue in self._table.queues
        ):
            is_taken = not self._take_over_key(row)
        return first_state(delivery, due_at=row.event.due_at, now=now, is_key_taken=is_taken)

    def _take_over_key(self, row: Row) -> bool:
        """Whether `row` replays the dead run that blocks its key, and so takes its place."""
        replayed = row.event.replay_of
        dead = None if replayed is None else self._table.rows.get(number_of(replayed))
        if dead is None or dead.state is not RunState.DEAD or not dead.is_queued:
            return False
        if dead.key_of_queue != row.key_of_queue:
            return False
        self._table.leave_queue(dead)
        return True

    async def claim(
        self, step: StepId, *, limit: int, node: NodeId, concurrency: Concurrency | None
    ) -> list[Claim]:
        """See `Ledger.claim`."""
        check_limit(limit)
        if step in self._paused:
            return []
        table, claims, put_back = self._table, [], []
        lane_limit = None
        if concurrency is not None and concurrency.key is not None:
            lane_limit = concurrency.limit
        elif concurrency is not None:
            limit = min(limit, concurrency.limit - table.counts[step][RunState.RUNNING])
        now = self.now()
        ready = table.ready[step]
        while ready and len(claims) < limit:
            entry = heapq.heappop(ready)
            row = table.is_ready_entry(entry)
            if row is None:
                continue
            if lane_limit is not None and table.lanes_running[step, row.lane] >= lane_limit:
                put_back.append(entry)
                continue
            claims.append(self._claim_row(row, node, now))
        for entry in put_back:
            heapq.heappush(ready, entry)
        return claims

    def _claim_row(self, row: Row, node: NodeId, now: int) -> Claim:
        row.epoch += 1
        row.attempt += 1
        row.node = node
        row.started_at = now
        self._table.move(row, RunState.RUNNING)
        return row.to_claim()

    async def complete(self, run: RunId, epoch: Epoch, *, result: bytes | None) -> Finished:
        """See `Ledger.complete`."""
        row = self._current(run, epoch)
        if row is None:
            return Finished(is_current=False)
        row.error = row.reason = None
        self._table.bytes += len(result or b"")
        row.result = result
        self._finish(row, RunState.COMPLETED)
        return Finished(is_current=True, unblocked=self._unblock_after(row))

    async def fail(
        self,
        run: RunId,
        epoch: Epoch,
        *,
        error: RunError,
        outcome: FailOutcome,
        follow_up: NewEvent | None = None,
    ) -> Finished:
        """See `Ledger.fail`."""
        row = self._current(run, epoch)
        if row is None:
            return Finished(is_current=False)
        accepted = None if follow_up is None else self._known_event(follow_up)
        state, reason = failed_state(outcome, cancel_reason=row.cancel_reason)
        self._record_attempt(row, state, error)
        row.error = error
        unblocked = None
        if state is RunState.RETRYING:
            assert isinstance(outcome, RetryAt)
            row.due_at = outcome.due_at
            row.is_suspect = False
            self._table.move(row, state)
        else:
            row.reason = reason
            self._finish(row, state)
            if not (state is RunState.DEAD and row.delivery.blocks_on_dead):
                unblocked = self._unblock_after(row)
        if follow_up is not None and accepted is None:
            accepted = self._insert_event(follow_up)
            self._instances.join_error_step(follow_up, accepted)
        return Finished(is_current=True, unblocked=unblocked, follow_up=accepted)

    async def release(
        self, run: RunId, epoch: Epoch, *, crashed: bool = False, suspect: bool = False, reason: str = ""
    ) -> Finished:
        """See `Ledger.release`."""
        row = self._current(run, epoch)
        if row is None:
            return Finished(is_current=False)
        unblocked = self._release(row, crashed=crashed, suspect=suspect, reason=reason)
        return Finished(is_current=True, unblocked=unblocked)

    def _release(self, row: Row, *, crashed: bool, suspect: bool, reason: str) -> RunId | None:
        error = release_error(crashed=crashed, reason=reason)
        self._record_attempt(row, "crashed" if crashed else "released", error)
        if row.cancel_reason is not None:
            row.error, row.reason = error, row.cancel_reason
            self._finish(row, RunState.CANCELLED)
            return self._unblock_after(row)
        row.attempt -= 1
        row.crashes += crashed
        row.is_suspect = row.is_suspect or suspect
        row.ready_at = self.now()
        self._table.move(row, RunState.READY)
        return None

    async def adopt(self, node: NodeId) -> list[RunId]:
        """See `Ledger.adopt`: this engine owns the memory alone."""
        lost = sorted((row for row in self._table.running.values() if row.node != node), key=_number)
        for row in lost:
            self._release(row, crashed=False, suspect=False, reason=f"node {row.node} is gone")
        return [run_id_of(row.number) for row in lost if row.state is RunState.READY]

    async def promote(self) -> Promoted:
        """See `Ledger.promote`."""
        now, due, table = self.now(), self._table.due, self._table
        steps: set[StepId] = set()
        promoted = 0
        while due and (due[0][0] <= now or not self._is_waiting(due[0])) and promoted < PROMOTE_MAX:
            entry = heapq.heappop(due)
            if self._is_waiting(entry):
                row = table.rows[entry[1]]
                row.ready_at = now
                table.move(row, RunState.READY)
                steps.add(row.step)
                promoted += 1
        while due and not self._is_waiting(due[0]):
            heapq.heappop(due)
        return Promoted(ready_steps=frozenset(steps), next_due_at=due[0][0] if due else None)

    def _is_waiting(self, entry: tuple[int, int]) -> bool:
        row = self._table.rows.get(entry[1])
        return row is not None and row.state in WAITING and row.due_at == entry[0]

    async def ready_steps(self) -> frozenset[StepId]:
        """See `Ledger.ready_steps`."""
        return frozenset(step for step, counts in self._table.counts.items() if counts[RunState.READY])

    async def deliver_parked(
        self, target: str, deliveries: tuple[Delivery, ...], *, limit: int = 1_000
    ) -> list[RunId]:
        """See `Ledger.deliver_parked`."""
        check_limit(limit)
        if not deliveries:
            return []
        parked = [row for row in self._table.parked.values() if row.event.target == target][:limit]
        freed: list[RunId] = []
        for row in parked:
            freed.extend(self._deliver(row, deliveries))
        return freed

    def _deliver(self, row: Row, deliveries: tuple[Delivery, ...]) -> list[RunId]:
        now, table, parked_key = self.now(), self._table, row.delivery.key
        numbers = []
        for delivery in deliveries:
            if delivery.key is None and parked_key is not None:
                delivery = msgspec.structs.replace(delivery, key=parked_key)
            if not numbers:
                # Counted with the step it was parked as, so it leaves that before it gets another.
                table.counts[row.step][RunState.PARKED] -= 1
                del table.parked[row.number]
                row.state, row.delivery, row.ready_at, run = None, delivery, now, row
            else:
                event = msgspec.structs.replace(row.event, idempotency_key=None, fingerprint=None)
                number = self._numbers.take(now)
                run = Row(number, event, delivery, first=row.number, due_at=row.due_at, now=now)
            is_held = self._instances.join_delivered(run)
            is_taken = is_held or (delivery.key is not None and run.key_of_queue in table.queues)
            state = first_state(delivery, due_at=row.due_at, now=now, is_key_taken=is_taken)
            if delivery.key is not None and not is_held:
                table.queue_up(run)
            if run is row:
                table.move(run, state)
            else:
                table.add(run, state)
            numbers.append(run.number)
        return list(map(run_id_of, numbers))

    async def parked_targets(self) -> dict[str, int]:
        """See `Ledger.parked_targets`."""
        counts: dict[str, int] = {}
        for row in self._table.parked.values():
            counts[row.event.target] = counts.get(row.event.target, 0) + 1
        return counts

    async def cancel(self, run: RunId, *, reason: str) -> CancelAnswer:
        """See `Ledger.cancel`."""
        row = self._table.rows.get(number_of(run))
        if row is None or row.state is None:
            raise no_such_run(run)
        was = row.state
        if is_final(row):
            raise finished_conflict(run, was)
        row.reason = reason
        if was is RunState.RUNNING:
            row.cancel_reason = reason
            return CancelAnswer(was=was)
        self._finish(row, RunState.CANCELLED)
        unblocked = self._unblock_after(row, is_head=was is not RunState.BLOCKED)
        return CancelAnswer(was=was, unblocked=unblocked, unblocked_step=row.step if unblocked else None)

    async def pause(self, step: StepId) -> None:
        """See `Ledger.pause`."""
        self._paused.add(step)

    async def resume(self, step: StepId) -> None:
        """See `Ledger.resume`."""
        self._paused.discard(step)

    async def paused(self) -> frozenset[StepId]:
        """See `Ledger.paused`."""
        return frozenset(self._paused)

    async def purge(self, where: RunFilter, *, limit: int = 1_000) -> int:
        """See `Ledger.purge`."""
        check_limit(limit)
        found = [row for row in reversed(self._table.rows.values()) if is_final(row) and fits(row, where)]
        return self._delete(found[:limit], frees_keys=True)

    def _delete(self, rows: list[Row], *, frees_keys: bool) -> int:
        gone = 0
        for row in sorted(rows, key=_number):
            if self._instances.keeps(row.number):
                continue
            if row.is_queued:
                queue: KeyQueue = self._table.queues[row.key_of_queue]
                if queue.next_blocked() is not None and not frees_keys:
                    continue
                self._unblock_after(row)
            self._table.remove(row)
            self._instances.forget_run(row.number)
            gone += 1
        return gone

    def _current(self, run: RunId, epoch: Epoch) -> Row | None:
        row = self._table.running.get(number_of(run))
        if row is None or row.epoch != epoch:
            self._stale += 1
            return None
        return row

    def _finish(self, row: Row, state: RunState) -> None:
        row.finished_at = self.now()
        self._table.move(row, state)

    def _unblock_after(self, row: Row, *, is_head: bool = True) -> RunId | None:
        """Take `row` out of its key's queue; when it was the head, set the next one free."""
        if not row.is_queued:
            return None
        queue = self._table.leave_queue(row)
        following = None if queue is None or not is_head else queue.next_blocked()
        if following is None:
            return None
        following.ready_at = now = self.now()
        self._table.move(following, RunState.SCHEDULED if following.due_at > now else RunState.READY)
        return run_id_of(following.number)

    def _record_attempt(self, row: Row, outcome: str, error: RunError | None) -> None:
        assert row.started_at is not None
        attempt = Attempt(
            run=run_id_of(row.number),
            attempt=row.attempt,
            epoch=Epoch(row.epoch),
            node=row.node,
            started_at=row.started_at,
            finished_at=self.now(),
            outcome=outcome,
            error=error,
        )
        row.attempts.append(attempt)


def _number(row: Row) -> int:
    return row.number
