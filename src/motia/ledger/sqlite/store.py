"""The writer's hold of the database: its connection, the books, and rows on their way into SQL.

Invariants
1. New and completed rows are kept until `flush` and then written by a few multi-row statements; what
   reads runs by SQL flushes first. Each statement lets go of the interpreter lock, so fewer are faster.
2. An operation checks first and writes after: one that raises a MotiaError has written nothing.
3. `load` makes the books from the rows, at open and after each rollback.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import apsw
import msgspec

from motia.ledger.numbers import RunNumbers
from motia.ledger.sqlite import instances_sql
from motia.ledger.sqlite import runs_sql as sql
from motia.ledger.sqlite.books import Books, Running
from motia.model import RunState
from motia.runtime import Clock

TRACE_BLOCK_RUNS = 1_000
"""Runs of one block of the trace index: their marks (4 bytes each) fit in one page."""


class Store:
    """One connection with its books; only the writer's thread uses it."""

    def __init__(self, conn: apsw.Connection, *, clock: Clock) -> None:
        """A store of `conn`, whose schema is up to date; `load` comes next."""
        self.conn = conn
        self.books = Books()
        self.numbers = RunNumbers()
        self.stale = 0
        self.prune_from = 0
        self._clock = clock
        self._inserts: list[tuple[Any, ...]] = []
        self._completions: list[tuple[int, bytes | None, int]] = []
        self._trace_first = 0
        self._trace_marks = bytearray()

    def now(self) -> int:
        """The ledger's time."""
        return self._clock.now_ms()

    def load(self) -> None:
        """Make the books from the rows; drops what was not flushed."""
        self._inserts.clear()
        self._completions.clear()
        books = self.books = Books()
        run = self.conn.execute
        given = run(sql.SELECT_LAST_GIVEN).get
        opened = run(instances_sql.SELECT_LAST_INSTANCE).get
        self.numbers.last = max(run(sql.SELECT_LAST_ID).get or 0, given or 0, opened or 0)
        for step, state, lane, count in run(sql.COUNT_OPEN):
            books.moved(step, lane, None, RunState(state), count=count)
        for step, key, count in run(sql.COUNT_IN_KEYS):
            books.enter_key(step, key, count=count)
        for step in [step for step, book in books.steps.items() if book.by_state[RunState.RUNNING]]:
            for row in run(sql.SELECT_RUNNING, (step,)):
                books.running[row[0]] = _running_of(row)
        books.paused = {step for (step,) in run(sql.SELECT_PAUSED)}
        for instance, trace in run(instances_sql.SELECT_OPEN_TRACES):
            books.open_instance(trace, instance)
        self._load_traces()

    def insert(self, row: tuple[Any, ...]) -> None:
        """Write a new run with the next flush; `row` is in the order of `sql.INSERT_COLUMNS`."""
        self._inserts.append(row)
        number, trace = row[0], row[6]
        if not self._trace_marks:
            self._trace_first = number
        self._trace_marks += trace_mark(trace)
        if len(self._trace_marks) >= 4 * TRACE_BLOCK_RUNS:
            self.conn.execute(sql.INSERT_TRACE_BLOCK, (self._trace_first, number, bytes(self._trace_marks)))
            self._trace_marks.clear()

    def complete(self, number: int, result: bytes | None, finished_at: int) -> None:
        """Write a completion with the next flush."""
        self._completions.append((number, result, finished_at))

    def flush(self) -> None:
        """Write what is kept."""
        if self._inserts:
            rows, self._inserts = self._inserts, []
            self._write_chunked(sql.insert_runs, rows)
        if self._completions:
            done, self._completions = self._completions, []
            self._write_chunked(sql.complete_runs, done)

    def rows(self, statement: str, bindings: tuple[Any, ...] = ()) -> list[Any]:
        """All rows of a statement, after a flush."""
        self.flush()
        return self.conn.execute(statement, bindings).fetchall()

    def row(self, statement: str, bindings: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """The first row of a statement, after a flush."""
        self.flush()
        return self.conn.execute(statement, bindings).fetchone()

    def write(self, statement: str, bindings: tuple[Any, ...] = ()) -> int:
        """Carry out a statement, after a flush; how many rows it changed."""
        self.flush()
        self.conn.execute(statement, bindings)
        return self.conn.changes()

    def _write_chunked(self, statement: Any, rows: list[tuple[Any, ...]]) -> None:
        start, count = 0, len(rows)
        for size in sql.CHUNKS:
            while count - start >= size:
                chunk = rows[start : start + size]
                self.conn.execute(statement(size), [value for row in chunk for value in row])
                start += size

    def _load_traces(self) -> None:
        self._trace_marks.clear()
        for number, trace in self.conn.execute(sql.SELECT_TRACE_TAIL):
            if not self._trace_marks:
                self._trace_first = number
            self._trace_marks += trace_mark(trace)


def trace_mark(trace: str) -> bytes:
    """Four bytes of a trace id that its runs are found by; another trace may have the same."""
    return zlib.crc32(trace.encode()).to_bytes(4, "little")


def ids_json(numbers: Iterable[int]) -> str:
    """Numbers as the JSON array that statements unfold."""
    return msgspec.json.encode(list(numbers)).decode()


def _running_of(row: Any) -> Running:
    number, step, epoch, attempt, lane, key, node, started_at, blocks, cancel, reason = row
    return Running(
        number,
        step,
        epoch=epoch,
        attempt=attempt,
        lane=lane,
        key=key,
        node=node,
        started_at=started_at,
        blocks_on_dead=bool(blocks),
        cancel_reason=(reason or "by_hand") if cancel else None,
    )
