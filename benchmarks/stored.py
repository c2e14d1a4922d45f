"""A project with a million finished runs behind it: the ledger, the telemetry and the audit log, filled in bulk.

The stores make their own files; rows then go in by the very statements' columns, in one transaction
with `synchronous=OFF`. What the engine keeps beside the rows (trace blocks, minutes, groups of errors)
is kept here as well, so that the engine that starts on it cannot tell the difference.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec

from benchmarks.stored_instances import CHAIN, INSTANCE_EVERY, fill_instances, instance_number
from motia.ledger import SqliteLedger
from motia.ledger.numbers import COUNTER_BITS, EPOCH_MS
from motia.ledger.sqlite import runs_sql
from motia.ledger.sqlite.store import trace_mark
from motia.model import RunError, run_id_of
from motia.runtime import SystemClock
from motia.telemetry import schema
from motia.telemetry.fingerprint import fingerprint_of
from motia.telemetry.rollup import MINUTE_MS, Bucket
from motia.telemetry.store import Store

STEPS = (*CHAIN, "count-stock", "nightly-report")
API_STEP = "place-order"
RUN_COLUMNS = [*runs_sql.INSERT_COLUMNS, "finished_at", "result", "reason", "error"]
SPREAD_MS = 47 * 3_600_000
"""The runs lie in the last two days, within the retention of logs."""
DEAD_EVERY, RETRIED_EVERY, CANCELLED_EVERY, CRON_EVERY = 50, 34, 400, 100
LOG_EVERY = 3
ERROR_GROUPS = 300
STATE_KEYS, STATE_GROUPS = 100_000, 400
PARKED, PARKED_TARGETS = 10_000, 20
SCHEDULED = 2_000
FIRES = 5_000
AUDIT_LINES = 25_000
"""In each of the two files that there may be: about as much as fits."""
METRICS_DAYS = 7
NEEDLE = "ORDER-NEEDLE"
"""Stands in the payload of the oldest run and of no other, and in the oldest log line."""


class Stored(msgspec.Struct):
    """Names of things in the middle of what was stored, to ask for."""

    runs: int
    run: str
    dead_run: str
    trace: str
    instance: str
    """One that failed, of the trace `instance_trace`."""
    instance_trace: str
    middle_at: int
    fingerprint: str
    state_group: str
    seconds: float


def fill(data_dir: Path, *, runs: int, seed: int = 1) -> Stored:
    """Fill `data_dir`, in which nothing is yet, with `runs` finished runs and what belongs to them."""
    began = time.perf_counter()
    asyncio.run(_make_ledger(data_dir / "motia.db"))
    telemetry = Store(data_dir / "telemetry.db")
    telemetry.open()
    telemetry.close()
    now = time.time_ns() // 1_000_000
    story = _Story(runs, now - SPREAD_MS, now - 60_000, random.Random(seed))
    _in_bulk(data_dir / "motia.db", story.fill_ledger)
    _in_bulk(data_dir / "telemetry.db", story.fill_telemetry)
    _write_audit(data_dir / "audit.1.jsonl", now - SPREAD_MS)
    _write_audit(data_dir / "audit.jsonl", now)
    middle = story.number_of(runs // 2)
    failed = runs // 2 // INSTANCE_EVERY // 20 * 20
    return Stored(
        runs=runs,
        run=run_id_of(middle),
        dead_run=run_id_of(story.number_of(runs // 2 // DEAD_EVERY * DEAD_EVERY)),
        trace=story.trace_of(runs // 2),
        instance=run_id_of(instance_number(story, failed)),
        instance_trace=story.trace_of(failed * INSTANCE_EVERY),
        middle_at=story.at_of(middle),
        fingerprint=story.fingerprint_of(0),
        state_group="group-0000",
        seconds=time.perf_counter() - began,
    )


async def _make_ledger(path: Path) -> None:
    ledger = SqliteLedger(path, clock=SystemClock())
    await ledger.open()
    await ledger.close()


def _in_bulk(path: Path, work: Callable[[apsw.Connection], None]) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")
    connection.execute("BEGIN")
    work(connection)
    connection.execute("COMMIT")
    connection.close()


def _write_audit(path: Path, now: int) -> None:
    lines = (
        b'{"id":%d,"at":%d,"who":"control socket","action":"POST /v1/runs/{run}/replay",'
        b'"target":"%016x","outcome":"ok"}' % ((now - n) * 1_000, now - n, n)
        for n in range(AUDIT_LINES, 0, -1)
    )
    path.write_bytes(b"\n".join(lines) + b"\n")
    path.chmod(0o600)


class _Story:
    """What happened: run `n` of `count`, the oldest first."""

    def __init__(self, count: int, first_at: int, last_at: int, rng: random.Random) -> None:
        self._count = count
        self._first_at = first_at
        self._pace = ((last_at - first_at) << COUNTER_BITS) // count
        self._rng = rng
        self._salt = rng.getrandbits(64)

    def number_of(self, n: int) -> int:
        return ((self._first_at - EPOCH_MS) << COUNTER_BITS) + n * self._pace

    def at_of(self, number: int) -> int:
        return (number >> COUNTER_BITS) + EPOCH_MS

    def trace_of(self, n: int) -> str:
        """Three runs one after another are of one request; a firing stands alone."""
        return f"{(self._salt ^ (n // 3 * 0x9E3779B97F4A7C15)) & (1 << 64) - 1:016x}{n // 3:016x}"

    def step_of(self, n: int) -> str:
        if n % CRON_EVERY == 0:
            return "nightly-report"
        return "count-stock" if n % 10 == 7 else CHAIN[n % 3]

    def state_of(self, n: int) -> str:
        if n % DEAD_EVERY == 0:
            return "dead"
        return ("cancelled", "skipped")[n // CANCELLED_EVERY % 2] if n % CANCELLED_EVERY == 1 else "completed"

    def fingerprint_of(self, n: int) -> str:
        n %= ERROR_GROUPS
        step = STEPS[n % len(STEPS)]
        return fingerprint_of(step, "ValueError", f"steps/{step}.py", f"function_{n}")

    # the ledger

    def fill_ledger(self, db: apsw.Connection) -> None:
        marks = "?" * len(RUN_COLUMNS)
        insert = f"INSERT INTO runs ({','.join(RUN_COLUMNS)}) VALUES ({','.join(marks)})"
        db.executemany(insert, self._run_rows())
        db.executemany(insert, self._open_rows())
        db.executemany(runs_sql.INSERT_TRACE_BLOCK, self._trace_blocks())
        db.executemany(runs_sql.INSERT_ATTEMPT, self._attempts())
        waiting = range(
            self.number_of(self._count) + PARKED, self.number_of(self._count) + PARKED + SCHEDULED, 2
        )
        fill_instances(db, self, finished=self._count, waiting=iter(waiting))
        db.executemany("INSERT INTO state VALUES (NULL, ?, ?, ?, 1, ?)", self._state_rows())
        db.executemany(
            "INSERT INTO cron_fires VALUES ('nightly-report', ?, 'fired', ?, NULL, '')", self._fires()
        )

    def _run_rows(self) -> Iterator[tuple[Any, ...]]:
        error = msgspec.json.encode(
            RunError(name="ValueError", message="the card was refused", stack="x" * 400)
        )
        for n in range(self._count):
            number = self.number_of(n)
            at = self.at_of(number)
            state, kind = self.state_of(n), "cron" if n % CRON_EVERY == 0 else "event"
            word = NEEDLE if n == 0 else f"order-{n}"
            payload = f'{{"order":"{word}","cents":{n % 9_973},"items":[1,2,3],"mail":"user{n % 5_000}@example.org"}}'
            parent = self.number_of(n - 1) if n % 3 and kind == "event" else None
            step = self.step_of(n)
            first = (number, number, step, step, kind, state, self.trace_of(n), parent, None, 0, at, at)
            yield (
                *first, 1, 1, "bench", at, None, None, 0, None, 0, None, None, None, None, payload.encode(),
                at + 5, b"null", "retries_exhausted" if state == "dead" else None, error if state == "dead" else None,
            )  # fmt: skip

    def _open_rows(self) -> Iterator[tuple[Any, ...]]:
        """Parked and scheduled ones, the newest of all."""
        base = self.number_of(self._count)
        for n in range(PARKED + SCHEDULED):
            number, is_parked = base + n, n < PARKED
            target = f"nobody.{n % PARKED_TARGETS}" if is_parked else "count-stock"
            at, state = self.at_of(number), "parked" if is_parked else "scheduled"
            first = (number, number, target, target, "event", state, f"{n:032x}", None, None, 0)
            due = at if is_parked else at + 30 * 86_400_000
            yield (
                *first, due, at, 0, 0, None, None, None, None, 0, None, 0, None, None, None, None,
                b'{"order":"waiting"}', None, None, None, None,
            )  # fmt: skip

    def _trace_blocks(self) -> Iterator[tuple[int, int, bytes]]:
        size = 1_000
        for start in range(0, self._count - size + 1, size):
            marks = b"".join(trace_mark(self.trace_of(n)) for n in range(start, start + size))
            yield self.number_of(start), self.number_of(start + size - 1), marks

    def _attempts(self) -> Iterator[tuple[Any, ...]]:
        error = msgspec.json.encode(RunError(name="ValueError", message="the card was refused"))
        for n in range(self._count):
            if n % RETRIED_EVERY == 0 or n % DEAD_EVERY == 0:
                number = self.number_of(n)
                at = self.at_of(number)
                yield number, 0, 1, "bench", at, at + 4, "failed", error

    def _state_rows(self) -> Iterator[tuple[str, str, bytes, int]]:
        for n in range(STATE_KEYS):
            yield "group-0000", f"key-{n:06d}", b'{"shipped":true,"cents":%d}' % n, self._first_at
        for n in range(1, STATE_GROUPS):
            yield f"group-{n:04d}", "only", b"1", self._first_at

    def _fires(self) -> Iterator[tuple[int, int]]:
        return ((self._first_at + n * 1_000, self._first_at + n * 1_000) for n in range(FIRES))

    # telemetry

    def fill_telemetry(self, db: apsw.Connection) -> None:
        db.executemany(schema.insert_spans(1), self._spans())
        db.executemany(schema.INSERT_LOG, self._logs())
        db.executemany(schema.UPSERT_ERROR, self._errors())
        db.executemany(schema.REPLACE_MINUTE, self._minutes())
        edges = [(API_STEP, CHAIN[0]), (CHAIN[0], CHAIN[1]), (CHAIN[1], CHAIN[2])]
        db.executemany(schema.UPSERT_EDGE, ((*edge, self._first_at, self._first_at, 9) for edge in edges))

    def _spans(self) -> Iterator[tuple[Any, ...]]:
        """A request in front of each three runs, and the attempts."""
        for n in range(self._count):
            number = self.number_of(n)
            at, trace, step = self.at_of(number), self.trace_of(n), self.step_of(n)
            row_id = (at << schema.ROW_ID_SHIFT) + 2 * n % (1 << schema.ROW_ID_SHIFT - 2)
            total_us = 2_000 + n % 997 * 40 + (1_500_000 if n % 1_001 == 0 else 0)
            if n % 3 == 0:
                yield (
                    row_id, "request", 1, trace, f"{n:016x}", None, API_STEP, None, 1, "POST /orders", "", 200, 0,
                    at, total_us, None, None, None, None, 100, 900, None, None, None, None, None, None,
                )  # fmt: skip
            is_failed = n % DEAD_EVERY == 0 or n % RETRIED_EVERY == 0
            fault = (
                ("ValueError", "the card was refused", "Traceback\n" * 20)
                if is_failed
                else (None, None, None)
            )
            outcome = "dead" if n % DEAD_EVERY == 0 else "retrying" if is_failed else "completed"
            yield (
                row_id + 1, "attempt", int(n % CRON_EVERY == 0), trace, f"{n + 1:016x}", f"{n:016x}", step,
                run_id_of(number), 1, step, outcome, 0, int(is_failed), at, total_us, at, at + 1, at + 2, at + 3,
                100, 900, *fault, None, self.fingerprint_of(n) if is_failed else None, None,
            )  # fmt: skip

    def _logs(self) -> Iterator[tuple[Any, ...]]:
        for n in range(0, self._count, LOG_EVERY):
            number = self.number_of(n)
            at = self.at_of(number)
            level = (20, 20, 30, 10, 20, 40)[n // LOG_EVERY % 6]
            word = NEEDLE if n == 0 else f"order-{n}"
            row_id = (at << schema.ROW_ID_SHIFT) + n % (1 << schema.ROW_ID_SHIFT - 2)
            yield (
                row_id, at, level, self.step_of(n), self.trace_of(n), run_id_of(number), 1, "step",
                f"charged {word} at the bank", f'{{"cents":{n % 9_973},"attempt":1}}',
            )  # fmt: skip

    def _errors(self) -> Iterator[tuple[Any, ...]]:
        each = 50_000 // ERROR_GROUPS
        for n in range(ERROR_GROUPS):
            step = STEPS[n % len(STEPS)]
            run = n * (self._count // ERROR_GROUPS) // DEAD_EVERY * DEAD_EVERY
            at = self.at_of(self.number_of(run))
            yield (
                self.fingerprint_of(n), step, "ValueError", "the card was refused", "Traceback\n" * 20,
                f"steps/{step}.py", n, f"function_{n}", self._first_at, at, each, run_id_of(self.number_of(run)),
                self.trace_of(run),
            )  # fmt: skip

    def _minutes(self) -> Iterator[tuple[Any, ...]]:
        bucket = Bucket()
        for n in range(200):
            bucket.add(500 + n * n, is_error=n % 50 == 0)
        histogram = msgspec.json.encode(bucket.histogram).decode()
        last = self._first_at + SPREAD_MS
        first = last - METRICS_DAYS * 86_400_000
        for minute in range(first - first % MINUTE_MS, last, MINUTE_MS):
            for step in (*STEPS, API_STEP):
                yield minute, step, bucket.count, bucket.errors, histogram
