"""The books: what the writer knows about open runs without asking the database.

Invariants
1. The books equal the open rows of the current transaction; a rollback is followed by `Store.load`.
2. They hold counters, paused steps, keys in use, the fences of running runs and the traces of open
   workflow instances: bounded by what is open, never by what is finished.
3. `moved` counts each change of a run's state exactly once.
"""

from __future__ import annotations

import msgspec

from motia.model import OPEN_STATES, RunState

READY = RunState.READY
RUNNING = RunState.RUNNING


class Running(msgspec.Struct, eq=False, gc=False):
    """What complete, fail and release must know of a running run; the fence is `epoch`."""

    number: int
    step: str
    epoch: int
    attempt: int
    lane: str | None
    key: str | None
    node: str
    started_at: int
    blocks_on_dead: bool
    cancel_reason: str | None = None


class LaneBook:
    """Ready and running runs of one lane."""

    __slots__ = ("ready", "running")

    def __init__(self) -> None:
        """Empty."""
        self.ready = 0
        self.running = 0


class StepBook:
    """Open runs of one step by state, and its lanes."""

    __slots__ = ("by_state", "depth", "lanes")

    def __init__(self) -> None:
        """Empty."""
        self.depth = 0
        """Open runs."""
        self.by_state: dict[RunState, int] = dict.fromkeys(OPEN_STATES, 0)
        self.lanes: dict[str, LaneBook] = {}

    @property
    def laneless_running(self) -> int:
        """Running runs without a lane: together they are one lane."""
        return self.by_state[RUNNING] - sum(lane.running for lane in self.lanes.values())


class Books:
    """All steps' books."""

    def __init__(self) -> None:
        """Empty: a ledger without open runs."""
        self.steps: dict[str, StepBook] = {}
        self.running: dict[int, Running] = {}
        self.key_counts: dict[tuple[str, str], int] = {}
        self.paused: set[str] = set()
        self.instances: dict[str, tuple[int, ...]] = {}
        """Open workflow instances by trace, oldest first."""
        self.waiting = 0
        """Runs that are scheduled or retrying."""

    def step(self, step: str) -> StepBook:
        """The book of `step`, made when it has none."""
        book = self.steps.get(step)
        if book is None:
            book = self.steps[step] = StepBook()
        return book

    def moved(
        self, step: str, lane: str | None, was: RunState | None, to: RunState | None, *, count: int = 1
    ) -> None:
        """Count a change of state; None stands for not open (new, finished)."""
        book = self.steps.get(step) or self.step(step)
        if was is not None:
            book.by_state[was] -= count
            book.depth -= count
            if was is RunState.SCHEDULED or was is RunState.RETRYING:
                self.waiting -= count
        if to is not None:
            book.by_state[to] += count
            book.depth += count
            if to is RunState.SCHEDULED or to is RunState.RETRYING:
                self.waiting += count
        if lane is not None:
            _move_lane(book, lane, was, to, count)

    def key_taken(self, step: str, key: str | None) -> bool:
        """Whether an open or blocking run has this key."""
        return key is not None and (step, key) in self.key_counts

    def enter_key(self, step: str, key: str, *, count: int = 1) -> None:
        """Count a run that joins its key's queue."""
        self.key_counts[step, key] = self.key_counts.get((step, key), 0) + count

    def leave_key(self, step: str, key: str) -> bool:
        """Count a run that leaves its key's queue; whether others are left in it."""
        left = self.key_counts[step, key] - 1
        if left:
            self.key_counts[step, key] = left
        else:
            del self.key_counts[step, key]
        return left > 0

    def open_instance(self, trace: str, instance: int) -> None:
        """Know an open instance; does nothing when it is known."""
        known = self.instances.get(trace, ())
        if instance not in known:
            self.instances[trace] = tuple(sorted((*known, instance)))

    def close_instance(self, trace: str, instance: int) -> None:
        """Forget an instance; does nothing when it is not known."""
        left = tuple(one for one in self.instances.get(trace, ()) if one != instance)
        if left:
            self.instances[trace] = left
        else:
            self.instances.pop(trace, None)

    def ready_steps(self) -> frozenset[str]:
        """Steps with a ready run."""
        return frozenset(step for step, book in self.steps.items() if book.by_state[READY])


def _move_lane(book: StepBook, lane: str, was: RunState | None, to: RunState | None, count: int) -> None:
    counts = book.lanes.get(lane)
    if counts is None:
        counts = book.lanes[lane] = LaneBook()
    counts.ready += count * ((to is READY) - (was is READY))
    counts.running += count * ((to is RUNNING) - (was is RUNNING))
    if not counts.ready and not counts.running:
        del book.lanes[lane]
