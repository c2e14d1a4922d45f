"""Events in: accept, dedupe, delivery of parked events. Functions of the writer's thread.

Each checks before it writes (store.py, invariant 2).
"""

from __future__ import annotations

from typing import Any

from motia.ledger.numbers import created_at_of, number_of
from motia.ledger.rules import (
    check_event,
    digest_of,
    direct_claim,
    first_state,
    key_conflict,
    may_claim_directly,
    queue_full,
)
from motia.ledger.sqlite import runs_sql as sql
from motia.ledger.sqlite.books import READY, RUNNING, Running
from motia.ledger.sqlite.instances import join_delivered, joining_of
from motia.ledger.sqlite.store import Store
from motia.model import (
    Accepted,
    Claim,
    Delivery,
    NewEvent,
    NodeId,
    RunId,
    RunState,
    TraceId,
    TriggerKind,
    run_id_of,
)


def accept(store: Store, event: NewEvent, claimant: NodeId | None) -> Accepted:
    """See `Ledger.accept`."""
    check_event(event)
    known = known_event(store, event)
    if known is not None:
        return known
    check_depth(store, event)
    return insert_event(store, event, claimant)


def known_event(store: Store, event: NewEvent) -> Accepted | None:
    """The event that this one repeats, by idempotency key or as the child of an earlier attempt.

    Raises:
        IdempotencyConflict: The key was used with another payload.
    """
    if event.idempotency_key is not None:
        row = store.row(sql.SELECT_EVENT_KEY, (event.target, event.idempotency_key, store.now()))
        if row is not None:
            number, run_count, digest = row
            if digest != digest_of(event.payload):
                raise key_conflict(event, run_id_of(number))
            return _accepted_before(store, event, number, run_count)
    if event.is_reattempt and event.fingerprint is not None and event.parent_run is not None:
        child = (number_of(event.parent_run), event.fingerprint, event.occurrence)
        row = store.row(sql.SELECT_CHILD, child)
        if row is not None:
            return _accepted_before(store, event, row[0], len(event.deliveries))
    return None


def check_depth(store: Store, event: NewEvent) -> None:
    """Refuse an event one of whose steps is full.

    Raises:
        QueueFull: Nothing was written.
    """
    for delivery in event.deliveries:
        if delivery.depth_max is not None:
            book = store.books.steps.get(delivery.step)
            depth = 0 if book is None else book.depth
            if depth >= delivery.depth_max:
                raise queue_full(delivery.step, depth)


def insert_event(store: Store, event: NewEvent, claimant: NodeId | None = None) -> Accepted:
    """Insert one run a delivery, without further questions."""
    now = store.now()
    numbers: list[int] = []
    states: list[RunState] = []
    claims: tuple[Claim, ...] = ()
    joining = joining_of(store, event)
    for delivery in event.deliveries:
        number = store.numbers.take(now)
        numbers.append(number)
        is_held = joining is not None and joining.holds(delivery)
        is_taken = (
            delivery.key is not None
            and not is_held
            and not _take_over_key(store, event, delivery)
            and store.books.key_taken(delivery.step, delivery.key)
        )
        state = first_state(delivery, due_at=event.due_at, now=now, is_key_taken=is_taken or is_held)
        if state is READY and claimant is not None and _may_claim(store, event, delivery):
            state = RUNNING
            claims = (
                direct_claim(
                    event, delivery, run=run_id_of(number), created_at=created_at_of(number), now=now
                ),
            )
        states.append(state)
        _insert_run(
            store,
            event,
            delivery,
            number=number,
            first=numbers[0],
            state=state,
            now=now,
            node=claimant,
            is_held=is_held,
        )
    if event.idempotency_key is not None:
        store.conn.execute(
            sql.INSERT_EVENT_KEY,
            (
                event.target,
                event.idempotency_key,
                numbers[0],
                len(numbers),
                digest_of(event.payload),
                now + event.idempotency_ttl_ms,
            ),
        )
    runs = tuple(map(run_id_of, numbers))
    return Accepted(
        run=runs[0],
        runs=runs,
        trace=event.trace,
        states=tuple(states),
        claims=claims,
        instances=() if joining is None else joining.write(store, numbers, now),
    )


def deliver_parked(store: Store, target: str, deliveries: tuple[Delivery, ...], limit: int) -> list[RunId]:
    """See `Ledger.deliver_parked`. A run's own key stays when the delivery names none."""
    freed: list[RunId] = []
    if not deliveries:
        return freed
    for row in store.rows(sql.SELECT_PARKED, (target, limit)):
        number, step, key, due_at, kind, trace, parent_run, parent_span, priority, retry_count = row[:10]
        replay_of, info, payload = row[10:]
        event = NewEvent(
            target=target,
            kind=TriggerKind(kind),
            payload=payload,
            trace=TraceId(trace),
            deliveries=deliveries,
            parent_run=None if parent_run is None else run_id_of(parent_run),
            parent_span=parent_span,
            due_at=due_at,
            priority=priority,
            retry_count=retry_count,
            replay_of=None if replay_of is None else run_id_of(replay_of),
            info=info,
        )
        _deliver_first(store, event, deliveries[0], number=number, parked_as=step, parked_key=key)
        freed.append(run_id_of(number))
        freed.extend(
            _deliver_further(store, event, delivery, first=number, parked_key=key)
            for delivery in deliveries[1:]
        )
    return freed


def _deliver_first(
    store: Store, event: NewEvent, delivery: Delivery, *, number: int, parked_as: str, parked_key: str | None
) -> None:
    now = store.now()
    key = delivery.key if delivery.key is not None else parked_key
    is_held = join_delivered(store, event.trace, delivery.step, number)
    is_taken = is_held or store.books.key_taken(delivery.step, key)
    state = first_state(delivery, due_at=event.due_at, now=now, is_key_taken=is_taken)
    store.books.moved(parked_as, None, RunState.PARKED, None)
    store.books.moved(delivery.step, delivery.lane, None, state)
    in_queue = None
    if key is not None and not is_held:
        store.books.enter_key(delivery.step, key)
        in_queue = 1
    store.write(
        sql.MARK_DELIVERED,
        (state, delivery.step, key, delivery.lane, in_queue, delivery.blocks_on_dead, now, number),
    )


def _deliver_further(
    store: Store, event: NewEvent, delivery: Delivery, *, first: int, parked_key: str | None
) -> RunId:
    now = store.now()
    number = store.numbers.take(now)
    if delivery.key is None and parked_key is not None:
        delivery = Delivery(
            step=delivery.step, key=parked_key, lane=delivery.lane, blocks_on_dead=delivery.blocks_on_dead
        )
    is_held = join_delivered(store, event.trace, delivery.step, number)
    is_taken = is_held or store.books.key_taken(delivery.step, delivery.key)
    state = first_state(delivery, due_at=event.due_at, now=now, is_key_taken=is_taken)
    _insert_run(
        store, event, delivery, number=number, first=first, state=state, now=now, node=None, is_held=is_held
    )
    return run_id_of(number)


def _insert_run(
    store: Store,
    event: NewEvent,
    delivery: Delivery,
    *,
    number: int,
    first: int,
    state: RunState,
    now: int,
    node: NodeId | None,
    is_held: bool = False,
) -> None:
    is_running = state is RUNNING
    # A parked or held run keeps its key for later but does not queue: no order yet.
    in_queue = delivery.key is not None and state is not RunState.PARKED and not is_held
    books = store.books
    books.moved(delivery.step, delivery.lane if state is not RunState.PARKED else None, None, state)
    if in_queue and delivery.key is not None:
        books.enter_key(delivery.step, delivery.key)
    if is_running and node is not None:
        books.running[number] = Running(
            number,
            delivery.step,
            epoch=1,
            attempt=1,
            lane=None,
            key=delivery.key,
            node=node,
            started_at=now,
            blocks_on_dead=delivery.blocks_on_dead,
        )
    row: tuple[Any, ...] = (
        number,
        first,
        delivery.step,
        event.target,
        event.kind,
        state,
        event.trace,
        None if event.parent_run is None else number_of(event.parent_run),
        event.parent_span,
        event.priority,
        now if event.due_at is None else event.due_at,
        now,
        int(is_running),
        int(is_running),
        node if is_running else None,
        now if is_running else None,
        delivery.key,
        1 if in_queue else None,
        int(delivery.blocks_on_dead),
        delivery.lane if state is not RunState.PARKED else None,
        event.retry_count,
        None if event.replay_of is None else number_of(event.replay_of),
        event.fingerprint,
        event.occurrence if event.fingerprint is not None else None,
        event.info,
        event.payload,
    )
    store.insert(row)


def _take_over_key(store: Store, event: NewEvent, delivery: Delivery) -> bool:
    """Whether the run replays the dead run that blocks its key: then it takes that run's place."""
    if event.replay_of is None or delivery.key is None or delivery.parked:
        return False
    if not store.books.key_taken(delivery.step, delivery.key):
        return False
    blocking = number_of(event.replay_of)
    if store.row(sql.SELECT_BLOCKING_DEAD, (blocking, delivery.step, delivery.key)) is None:
        return False
    store.write(sql.MARK_OUT_OF_KEY, (blocking,))
    store.books.leave_key(delivery.step, delivery.key)
    return True


def _may_claim(store: Store, event: NewEvent, delivery: Delivery) -> bool:
    if not may_claim_directly(event) or delivery.step in store.books.paused:
        return False
    book = store.books.steps.get(delivery.step)
    return book is None or not book.by_state[READY]


def _accepted_before(store: Store, event: NewEvent, number: int, run_count: int) -> Accepted:
    """The answer for an event that is there already; a run deleted since counts as completed."""
    rows = store.rows(sql.SELECT_EVENT_RUNS, (number, number + run_count, number))
    found = {row[0]: RunState(row[1]) for row in rows}
    numbers = [number, *sorted(found.keys() - {number})]
    states = tuple(found.get(n, RunState.COMPLETED) for n in numbers)
    return Accepted(
        run=run_id_of(number),
        runs=tuple(map(run_id_of, numbers)),
        trace=TraceId(rows[0][2]) if rows else event.trace,
        states=states,
        deduplicated=True,
    )
