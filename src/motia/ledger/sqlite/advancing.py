"""Changes of a workflow instance: one operation, fenced by its version. Functions of the writer's thread."""

from __future__ import annotations

import msgspec

from motia.ledger.instances import (
    Advance,
    Advanced,
    InstanceRecord,
    MemberEvent,
    MovedRun,
    Skip,
    after_advance,
)
from motia.ledger.numbers import number_of
from motia.ledger.rules import first_state_of_freed
from motia.ledger.sqlite import instances, runs_sql
from motia.ledger.sqlite import instances_sql as sql
from motia.ledger.sqlite.accepting import insert_event
from motia.ledger.sqlite.executing import cancel
from motia.ledger.sqlite.store import Store, ids_json
from motia.model import FINAL_STATES, Accepted, RunId, RunState, StepId

STALE = Advanced(is_current=False)


def advance(store: Store, change: Advance) -> Advanced:
    """See `Ledger.advance`."""
    number = instances.number_of_instance(change.instance)
    record = instances.read(store, number)
    if record is None or record.version != change.version:
        return STALE
    if change.supersedes:
        superseded = ids_json(number_of(run) for run in change.supersedes)
        store.write(sql.MARK_SUPERSEDED, (number, superseded))
    ended, unblocked, stopping = _cancel(store, change.cancels, change.cancel_reason)
    ended += [moved for skip in change.skips if (moved := _skip(store, number, skip)) is not None]
    freed = [moved for run in change.frees if (moved := _free(store, record, run)) is not None]
    # Before the events: they join what the record says now.
    instances.update(store, after_advance(record, change, now=store.now()))
    accepted = [_trigger(store, one) for one in change.events]
    if change.failure is not None:
        accepted.append(insert_event(store, change.failure))
        current = instances.read(store, number)
        assert current is not None
        instances.update(store, msgspec.structs.replace(current, failure=accepted[-1].run))
    return Advanced(
        is_current=True,
        freed=tuple(freed),
        ended=tuple(ended),
        unblocked=tuple(unblocked),
        stopping=tuple(stopping),
        accepted=tuple(accepted),
    )


def _cancel(
    store: Store, runs: tuple[RunId, ...], reason: str
) -> tuple[list[MovedRun], list[StepId], list[RunId]]:
    """Cancel what is still open of `runs`: what ended, steps with a run unblocked, what was asked to stop."""
    ended: list[MovedRun] = []
    unblocked: list[StepId] = []
    stopping: list[RunId] = []
    for run in runs:
        found = store.row(runs_sql.SELECT_FOR_CANCEL, (number_of(run),))
        if found is None or RunState(found[0]) in FINAL_STATES:
            continue
        answer = cancel(store, run, reason)
        if answer.was is RunState.RUNNING:
            stopping.append(run)
            continue
        ended.append(MovedRun(run, StepId(found[1]), RunState.CANCELLED))
        if answer.unblocked_step is not None:
            unblocked.append(answer.unblocked_step)
    return ended, unblocked, stopping


def _skip(store: Store, instance: int, skip: Skip) -> MovedRun | None:
    number = number_of(skip.run)
    found = store.row(sql.SELECT_HELD_RUN, (number,))
    if found is None or not store.write(sql.LET_GO, (instance, number)):
        return None
    state, step = RunState(found[0]), found[1]
    store.write(sql.MARK_SKIPPED, (skip.reason, store.now(), number))
    store.books.moved(step, found[3], state, None)
    return MovedRun(skip.run, StepId(step), RunState.SKIPPED)


def _free(store: Store, record: InstanceRecord, run: RunId) -> MovedRun | None:
    """Let a held run go, unless another instance holds it or its step is missing."""
    number = number_of(run)
    found = store.row(sql.SELECT_HELD_RUN, (number,))
    instance = instances.number_of_instance(record.id)
    if found is None or not store.write(sql.LET_GO, (instance, number)):
        return None
    was, step, key, lane, due_at = found
    if instances.is_held_by_any(store, record.trace, number) or was == RunState.PARKED:
        return None
    now = store.now()
    state = first_state_of_freed(due_at=due_at, now=now, is_key_taken=store.books.key_taken(step, key))
    if key is not None:
        store.books.enter_key(step, key)
    store.write(sql.MARK_FREED, (state, now, None if key is None else 1, number))
    store.books.moved(step, lane, RunState.BLOCKED, state)
    return MovedRun(run, StepId(step), state)


def _trigger(store: Store, one: MemberEvent) -> Accepted:
    accepted = insert_event(store, one.event)
    if one.error is None:
        return accepted
    for run, state, delivery in zip(accepted.runs, accepted.states, one.event.deliveries, strict=True):
        text = msgspec.json.encode(one.error)
        store.write(
            runs_sql.MARK_FAILED, (RunState.DEAD, one.reason, text, store.now(), None, number_of(run))
        )
        store.books.moved(delivery.step, delivery.lane, state, None)
    return msgspec.structs.replace(accepted, states=(RunState.DEAD,) * len(accepted.runs))
