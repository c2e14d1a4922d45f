"""Runs on their way: claim, complete, fail, release, adopt, promote, cancel. Functions of the writer's thread."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import Any

import msgspec

from motia.ledger.numbers import created_at_of, no_such_run, number_of
from motia.ledger.rules import failed_state, finished_conflict, release_error
from motia.ledger.seam import CancelAnswer, Finished, Promoted
from motia.ledger.sqlite import runs_sql as sql
from motia.ledger.sqlite.accepting import insert_event, known_event
from motia.ledger.sqlite.books import READY, RUNNING, Running, StepBook
from motia.ledger.sqlite.instances import join_error_step
from motia.ledger.sqlite.store import Store, ids_json
from motia.model import (
    FINAL_STATES,
    Claim,
    Concurrency,
    Epoch,
    FailOutcome,
    NewEvent,
    NodeId,
    RetryAt,
    RunError,
    RunId,
    RunState,
    SpanId,
    StepId,
    TraceId,
    TriggerKind,
    run_id_of,
)

PROMOTE_MAX = 1_000
LANE_SCAN_MAX = 4_000
"""Ready runs looked through in order before claiming lane by lane."""

LANE = 14
"""Where the claiming statements have the lane."""
KIND_OF = {kind.value: kind for kind in TriggerKind}

STALE = Finished(is_current=False)
DONE = Finished(is_current=True)


def claim(
    store: Store, step: StepId, limit: int, node: NodeId, concurrency: Concurrency | None
) -> list[Claim]:
    """See `Ledger.claim`."""
    book = store.books.steps.get(step)
    if book is None or not book.by_state[READY] or step in store.books.paused:
        return []
    if concurrency is None:
        rows = store.rows(sql.SELECT_READY, (step, limit))
    elif concurrency.key is None:
        room = min(limit, concurrency.limit - book.by_state[RUNNING])
        rows = store.rows(sql.SELECT_READY, (step, room)) if room > 0 else []
    else:
        rows = _pick_by_lane(store, step, book, limit=limit, lane_limit=concurrency.limit)
    if not rows:
        return []
    now = store.now()
    store.write(sql.MARK_CLAIMED, (node, now, ids_json(row[0] for row in rows)))
    for lane, count in Counter(row[LANE] for row in rows).items():
        store.books.moved(step, lane, READY, RUNNING, count=count)
    return [_claimed(store, step, row, node=node, now=now) for row in rows]


def _claimed(store: Store, step: StepId, row: Any, *, node: NodeId, now: int) -> Claim:
    (number, target, kind, epoch, attempt, payload, trace, parent_span, parent_run, ready_at) = row[:10]
    (retry_count, crashes, is_suspect, key, lane, priority, info, blocks, _) = row[10:]
    store.books.running[number] = Running(
        number,
        step,
        epoch=epoch + 1,
        attempt=attempt + 1,
        lane=lane,
        key=key,
        node=node,
        started_at=now,
        blocks_on_dead=bool(blocks),
    )
    return Claim(
        run=run_id_of(number),
        step=step,
        target=target,
        kind=KIND_OF[kind],
        epoch=Epoch(epoch + 1),
        attempt=attempt + 1,
        payload=payload,
        trace=TraceId(trace),
        parent_span=None if parent_span is None else SpanId(parent_span),
        parent_run=None if parent_run is None else run_id_of(parent_run),
        created_at=created_at_of(number),
        ready_at=ready_at,
        claimed_at=now,
        retry_count=retry_count,
        crashes=crashes,
        is_suspect=bool(is_suspect),
        key=key,
        lane=lane,
        priority=priority,
        info=info,
    )


def _pick_by_lane(store: Store, step: StepId, book: StepBook, *, limit: int, lane_limit: int) -> list[Any]:
    """The first `limit` ready runs whose lanes have room; runs without a lane share one."""
    in_lanes = sum(lane.ready for lane in book.lanes.values())
    has_room = book.by_state[READY] > in_lanes and book.laneless_running < lane_limit
    if not has_room and not any(lane.ready and lane.running < lane_limit for lane in book.lanes.values()):
        return []
    rows = _take_in_order(store, step, book, limit=limit, lane_limit=lane_limit)
    if len(rows) >= limit or book.by_state[READY] <= LANE_SCAN_MAX:
        return rows
    return _take_by_lanes(store, step, book, limit=limit, lane_limit=lane_limit)


def _take_in_order(store: Store, step: StepId, book: StepBook, *, limit: int, lane_limit: int) -> list[Any]:
    store.flush()
    used: dict[str | None, int] = {None: book.laneless_running}
    rows: list[Any] = []
    for row in store.conn.execute(sql.SELECT_READY, (step, LANE_SCAN_MAX)):
        lane = row[LANE]
        running = used[lane] if lane in used else _lane_running(book, lane)
        if running < lane_limit:
            used[lane] = running + 1
            rows.append(row)
            if len(rows) >= limit:
                break
    return rows


def _take_by_lanes(store: Store, step: StepId, book: StepBook, *, limit: int, lane_limit: int) -> list[Any]:
    """The same when full lanes have a long backlog: ask each lane with room for its first runs."""
    found: list[Any] = []
    for lane, counts in list(book.lanes.items()):
        room = min(lane_limit - counts.running, limit)
        if counts.ready and room > 0:
            found.extend(store.rows(sql.SELECT_READY_OF_LANE, (step, lane, room)))
    room = min(lane_limit - book.laneless_running, limit)
    if room > 0 and book.by_state[READY] > sum(lane.ready for lane in book.lanes.values()):
        found.extend(store.rows(sql.SELECT_READY_WITHOUT_LANE, (step, room)))
    return heapq.nsmallest(limit, found, key=lambda row: (-row[15], row[18], row[0]))


def _lane_running(book: StepBook, lane: str | None) -> int:
    if lane is None:
        return book.laneless_running
    counts = book.lanes.get(lane)
    return 0 if counts is None else counts.running


def complete(store: Store, run: RunId, epoch: Epoch, result: bytes | None) -> Finished:
    """See `Ledger.complete`."""
    row = _current(store, run, epoch)
    if row is None:
        return STALE
    _leave_running(store, row, None)
    store.complete(row.number, result, store.now())
    if row.key is None:
        return DONE
    return Finished(is_current=True, unblocked=unblock_next(store, row.step, row.key))


def fail(
    store: Store, run: RunId, epoch: Epoch, error: RunError, outcome: FailOutcome, follow_up: NewEvent | None
) -> Finished:
    """See `Ledger.fail`.

    The follow-up is the engine's own and stands for a run that just ended: no depth bound refuses it.
    """
    row = _current(store, run, epoch)
    if row is None:
        return STALE
    known = None if follow_up is None else known_event(store, follow_up)
    state, reason = failed_state(outcome, cancel_reason=row.cancel_reason)
    now = store.now()
    text = msgspec.json.encode(error)
    _record_attempt(store, row, state, text, now=now)
    _leave_running(store, row, state if state is RunState.RETRYING else None)
    unblocked = None
    if state is RunState.RETRYING:
        assert isinstance(outcome, RetryAt)
        store.write(sql.MARK_RETRYING, (outcome.due_at, text, row.number))
    else:
        is_blocking = state is RunState.DEAD and row.blocks_on_dead and row.key is not None
        store.write(
            sql.MARK_FAILED,
            (state, reason, text, now, 1 if is_blocking else None, row.number),
        )
        if row.key is not None and not is_blocking:
            unblocked = unblock_next(store, row.step, row.key)
    accepted = known
    if follow_up is not None and known is None:
        accepted = insert_event(store, follow_up)
        join_error_step(store, follow_up, accepted)
    return Finished(is_current=True, unblocked=unblocked, follow_up=accepted)


def release(store: Store, run: RunId, epoch: Epoch, crashed: bool, suspect: bool, reason: str) -> Finished:
    """See `Ledger.release`. A run whose cancel was asked for is cancelled instead of run again."""
    row = _current(store, run, epoch)
    if row is None:
        return STALE
    return Finished(
        is_current=True, unblocked=_release(store, row, crashed=crashed, suspect=suspect, reason=reason)
    )


def adopt(store: Store, node: NodeId) -> list[RunId]:
    """See `Ledger.adopt`: this engine owns the file alone, so every other node is gone."""
    lost = [row for row in store.books.running.values() if row.node != node]
    adopted = []
    for row in sorted(lost, key=lambda row: row.number):
        is_cancelled = row.cancel_reason is not None
        _release(store, row, crashed=False, suspect=False, reason=f"node {row.node} is gone")
        if not is_cancelled:
            adopted.append(run_id_of(row.number))
    return adopted


def promote(store: Store) -> Promoted:
    """See `Ledger.promote`."""
    if not store.books.waiting:
        return Promoted(ready_steps=frozenset(), next_due_at=None)
    now = store.now()
    due = store.rows(sql.SELECT_DUE, (now, PROMOTE_MAX))
    if due:
        store.write(sql.MARK_READY, (now, ids_json(row[0] for row in due)))
    for _, step, state, lane in due:
        store.books.moved(step, lane, RunState(state), READY)
    following = store.row(sql.SELECT_NEXT_DUE)
    return Promoted(
        ready_steps=frozenset(StepId(row[1]) for row in due),
        next_due_at=None if following is None else following[0],
    )


def cancel(store: Store, run: RunId, reason: str) -> CancelAnswer:
    """See `Ledger.cancel`."""
    number = number_of(run)
    found = store.row(sql.SELECT_FOR_CANCEL, (number,))
    if found is None:
        raise no_such_run(run)
    state, step, lane, key, in_queue = found
    was = RunState(state)
    if was in FINAL_STATES:
        raise finished_conflict(run, was)
    if was is RUNNING:
        store.write(sql.MARK_CANCEL_REQUESTED, (reason, number))
        store.books.running[number].cancel_reason = reason
        return CancelAnswer(was=was)
    store.write(sql.MARK_CANCELLED, (reason, store.now(), number))
    store.books.moved(step, lane, was, None)
    unblocked = None
    if in_queue:
        unblocked = unblock_next(store, step, key, is_head=was is not RunState.BLOCKED)
    return CancelAnswer(was=was, unblocked=unblocked, unblocked_step=StepId(step) if unblocked else None)


def unblock_next(store: Store, step: str, key: str, *, is_head: bool = True) -> RunId | None:
    """Take a run out of its key's queue; when it was the head, set the next one free."""
    if not store.books.leave_key(step, key) or not is_head:
        return None
    following = store.row(sql.SELECT_NEXT_IN_KEY, (step, key))
    if following is None:
        return None
    number, lane, due_at = following
    now = store.now()
    state = RunState.SCHEDULED if due_at > now else READY
    store.write(sql.MARK_UNBLOCKED, (state, now, number))
    store.books.moved(step, lane, RunState.BLOCKED, state)
    return run_id_of(number)


def pause(store: Store, step: StepId) -> None:
    """See `Ledger.pause`."""
    store.write(sql.INSERT_PAUSED, (step,))
    store.books.paused.add(step)


def resume(store: Store, step: StepId) -> None:
    """See `Ledger.resume`."""
    store.write(sql.DELETE_PAUSED, (step,))
    store.books.paused.discard(step)


def paused(store: Store) -> frozenset[StepId]:
    """See `Ledger.paused`."""
    return frozenset(map(StepId, store.books.paused))


def ready_steps(store: Store) -> frozenset[StepId]:
    """See `Ledger.ready_steps`."""
    return frozenset(map(StepId, store.books.ready_steps()))


def _current(store: Store, run: RunId, epoch: Epoch) -> Running | None:
    row = store.books.running.get(number_of(run))
    if row is None or row.epoch != epoch:
        store.stale += 1
        return None
    return row


def _leave_running(store: Store, row: Running, to: RunState | None) -> None:
    del store.books.running[row.number]
    store.books.moved(row.step, row.lane, RUNNING, to)


def _release(store: Store, row: Running, *, crashed: bool, suspect: bool, reason: str) -> RunId | None:
    now = store.now()
    error = release_error(crashed=crashed, reason=reason)
    text = None if error is None else msgspec.json.encode(error)
    _record_attempt(store, row, "crashed" if crashed else "released", text, now=now)
    if row.cancel_reason is not None:
        _leave_running(store, row, None)
        store.write(sql.MARK_FAILED, (RunState.CANCELLED, row.cancel_reason, text, now, None, row.number))
        return None if row.key is None else unblock_next(store, row.step, row.key)
    _leave_running(store, row, READY)
    store.write(sql.MARK_RELEASED, (now, crashed, suspect, row.number))
    return None


def _record_attempt(store: Store, row: Running, outcome: str, error: bytes | None, *, now: int) -> None:
    store.write(
        sql.INSERT_ATTEMPT,
        (row.number, row.epoch, row.attempt, row.node, row.started_at, now, outcome, error),
    )
