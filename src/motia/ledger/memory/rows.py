"""Rows and indexes of the memory ledger: what a table and its indexes are elsewhere."""

from __future__ import annotations

import heapq
from collections import defaultdict

from motia.ledger.numbers import created_at_of, number_of
from motia.model import (
    FINAL_STATES,
    OPEN_STATES,
    Attempt,
    Claim,
    Delivery,
    Epoch,
    NewEvent,
    NodeId,
    Run,
    RunError,
    RunFilter,
    RunState,
    StepId,
    run_id_of,
)

WAITING = frozenset({RunState.SCHEDULED, RunState.RETRYING})
ROW_BYTES = 400
"""What a row weighs besides its payload, about as much as in a database file."""


class Row:
    """One run, mutable; `state` is written by `Table.move` only."""

    __slots__ = (
        "attempt",
        "attempts",
        "cancel_reason",
        "crashes",
        "delivery",
        "due_at",
        "epoch",
        "error",
        "event",
        "finished_at",
        "first",
        "is_queued",
        "is_suspect",
        "node",
        "number",
        "ready_at",
        "reason",
        "result",
        "started_at",
        "state",
    )

    def __init__(
        self, number: int, event: NewEvent, delivery: Delivery, *, first: int, due_at: int, now: int
    ) -> None:
        """A row that is in no state yet."""
        self.number = number
        self.event = event
        self.delivery = delivery
        self.first = first
        self.state: RunState | None = None
        self.due_at = due_at
        self.ready_at = now
        self.attempt = 0
        self.epoch = 0
        self.crashes = 0
        self.is_suspect = False
        self.is_queued = False
        self.node: NodeId | None = None
        self.cancel_reason: str | None = None
        self.started_at: int | None = None
        self.finished_at: int | None = None
        self.reason: str | None = None
        self.error: RunError | None = None
        self.result: bytes | None = None
        self.attempts: list[Attempt] = []

    @property
    def step(self) -> StepId:
        """The step whose run this is."""
        return self.delivery.step

    @property
    def lane(self) -> str | None:
        """The lane it counts in."""
        return self.delivery.lane

    @property
    def key_of_queue(self) -> tuple[StepId, str]:
        """The name of its key's queue; only of a run with a key."""
        assert self.delivery.key is not None
        return self.step, self.delivery.key

    @property
    def weight(self) -> int:
        """Bytes that it is taken to hold."""
        return ROW_BYTES + len(self.event.payload) + len(self.result or b"")

    def to_run(self) -> Run:
        """The run as the seam shows it."""
        assert self.state is not None
        event = self.event
        return Run(
            id=run_id_of(self.number),
            event=run_id_of(self.first),
            step=self.step,
            target=event.target,
            kind=event.kind,
            state=self.state,
            trace=event.trace,
            parent_run=event.parent_run,
            parent_span=event.parent_span,
            payload=event.payload,
            result=self.result,
            error=self.error,
            reason=self.reason,
            attempt=self.attempt,
            crashes=self.crashes,
            epoch=Epoch(self.epoch),
            node=self.node,
            key=self.delivery.key,
            lane=self.lane,
            priority=event.priority,
            retry_count=event.retry_count,
            replay_of=event.replay_of,
            created_at=created_at_of(self.number),
            due_at=self.due_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
            cancel_requested=self.cancel_reason is not None,
            info=event.info,
        )

    def to_claim(self) -> Claim:
        """The claim of a row that was just claimed."""
        assert self.started_at is not None
        event = self.event
        return Claim(
            run=run_id_of(self.number),
            step=self.step,
            target=event.target,
            kind=event.kind,
            epoch=Epoch(self.epoch),
            attempt=self.attempt,
            payload=event.payload,
            trace=event.trace,
            parent_span=event.parent_span,
            parent_run=event.parent_run,
            created_at=created_at_of(self.number),
            ready_at=self.ready_at,
            claimed_at=self.started_at,
            retry_count=event.retry_count,
            crashes=self.crashes,
            is_suspect=self.is_suspect,
            key=self.delivery.key,
            lane=self.lane,
            priority=event.priority,
            info=event.info,
        )


class KeyQueue:
    """The runs of one key, oldest first."""

    __slots__ = ("members", "order")

    def __init__(self) -> None:
        """Empty."""
        self.members: dict[int, Row] = {}
        self.order: list[int] = []

    def next_blocked(self) -> Row | None:
        """The oldest blocked member. A run never becomes blocked again, so others are forgotten."""
        while self.order:
            row = self.members.get(self.order[0])
            if row is not None and row.state is RunState.BLOCKED:
                return row
            heapq.heappop(self.order)
        return None


class Table:
    """All rows with what finds them quickly. Heaps may hold outdated entries; readers skip those."""

    def __init__(self) -> None:
        """Empty."""
        self.rows: dict[int, Row] = {}
        self.counts: defaultdict[StepId, dict[RunState, int]] = defaultdict(
            lambda: dict.fromkeys(OPEN_STATES, 0)
        )
        self.lanes_running: defaultdict[tuple[StepId, str | None], int] = defaultdict(int)
        self.running: dict[int, Row] = {}
        self.parked: dict[int, Row] = {}
        self.ready: defaultdict[StepId, list[tuple[int, int, int]]] = defaultdict(list)
        self.due: list[tuple[int, int]] = []
        self.queues: dict[tuple[StepId, str], KeyQueue] = {}
        self.children: defaultdict[int, list[int]] = defaultdict(list)
        self.replays: defaultdict[int, list[int]] = defaultdict(list)
        self.prints: dict[tuple[int, str, int], dict[int, int]] = {}
        """The event of each run with this parent, fingerprint and occurrence, by run, oldest first."""
        self.bytes = 0

    def add(self, row: Row, state: RunState) -> None:
        """Insert a row in its first state."""
        self.rows[row.number] = row
        self.bytes += row.weight
        event = row.event
        if event.replay_of is not None:
            self.replays[number_of(event.replay_of)].append(row.number)
        if event.parent_run is not None:
            parent = number_of(event.parent_run)
            self.children[parent].append(row.number)
            if event.fingerprint is not None:
                name = (parent, event.fingerprint, event.occurrence)
                self.prints.setdefault(name, {})[row.number] = row.first
        self.move(row, state)

    def move(self, row: Row, to: RunState) -> None:
        """Change a row's state and everything that is found by it."""
        was, step = row.state, row.step
        row.state = to
        counts = self.counts[step]
        if was in OPEN_STATES:
            counts[was] -= 1
        if to in OPEN_STATES:
            counts[to] += 1
        if was is RunState.RUNNING:
            del self.running[row.number]
            self.lanes_running[step, row.lane] -= 1
        elif was is RunState.PARKED:
            del self.parked[row.number]
        if to is RunState.READY:
            heapq.heappush(self.ready[step], (-row.event.priority, row.due_at, row.number))
        elif to is RunState.RUNNING:
            self.running[row.number] = row
            self.lanes_running[step, row.lane] += 1
        elif to is RunState.PARKED:
            self.parked[row.number] = row
        elif to in WAITING:
            heapq.heappush(self.due, (row.due_at, row.number))

    def queue_up(self, row: Row) -> None:
        """Let a run join its key's queue."""
        row.is_queued = True
        queue = self.queues.setdefault(row.key_of_queue, KeyQueue())
        queue.members[row.number] = row
        heapq.heappush(queue.order, row.number)

    def leave_queue(self, row: Row) -> KeyQueue | None:
        """Take a run out of its key's queue; the queue when others are left in it."""
        row.is_queued = False
        queue = self.queues[row.key_of_queue]
        del queue.members[row.number]
        if queue.members:
            return queue
        del self.queues[row.key_of_queue]
        return None

    def is_ready_entry(self, entry: tuple[int, int, int]) -> Row | None:
        """The ready row of an entry of `ready`; None when the entry is outdated."""
        row = self.rows.get(entry[2])
        if row is None or row.state is not RunState.READY or row.due_at != entry[1]:
            return None
        return row

    def remove(self, row: Row) -> None:
        """Delete a finished row."""
        del self.rows[row.number]
        self.bytes -= row.weight
        event = row.event
        if event.replay_of is not None:
            _take_out(self.replays, number_of(event.replay_of), row.number)
        if event.parent_run is not None:
            parent = number_of(event.parent_run)
            _take_out(self.children, parent, row.number)
            if event.fingerprint is not None:
                name = (parent, event.fingerprint, event.occurrence)
                del self.prints[name][row.number]
                if not self.prints[name]:
                    del self.prints[name]


def fits(row: Row, where: RunFilter) -> bool:
    """Whether a row is what a filter asks for."""
    created_at = created_at_of(row.number)
    if where.text is not None:
        text = where.text.encode()
        error = row.error
        texts = (row.event.payload, b"" if error is None else f"{error.message}{error.stack}".encode())
        if not any(text in part for part in texts):
            return False
    return (
        (not where.ids or run_id_of(row.number) in where.ids)
        and (where.step is None or row.step == where.step)
        and (not where.states or row.state in where.states)
        and (where.trace is None or row.event.trace == where.trace)
        and (where.kind is None or row.event.kind == where.kind)
        and (where.created_from is None or created_at >= where.created_from)
        and (where.created_until is None or created_at < where.created_until)
    )


def is_final(row: Row) -> bool:
    """Whether the run is finished."""
    return row.state in FINAL_STATES


def _take_out(lists: dict[int, list[int]], key: int, number: int) -> None:
    lists[key].remove(number)
    if not lists[key]:
        del lists[key]
