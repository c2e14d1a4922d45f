"""What the SQLite ledger costs: events a second, lists and counts over a million runs, growth.

    python benchmarks/ledger_bench.py [--events 30000] [--stored 1000000] [--flight 64]

Durability: WAL, synchronous=FULL; every accept and every complete is flushed before it returns.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

import apsw
import uvloop

from motia.ledger import SqliteLedger
from motia.ledger.sqlite import runs_sql
from motia.ledger.sqlite.store import trace_mark
from motia.model import Delivery, NewEvent, NodeId, RunFilter, RunState, StepId, TraceId, TriggerKind
from motia.runtime import SystemClock

NODE = NodeId("bench")
PAYLOAD = b'{"order":12345,"items":[1,2,3],"customer":"somebody@example.org"}'
CPU_US: list[float] = []
STEPS = [StepId(f"step-{n}") for n in range(5)]


def event(step: StepId, rng: random.Random) -> NewEvent:
    return NewEvent(
        target=step,
        kind=TriggerKind.EVENT,
        payload=PAYLOAD,
        trace=TraceId(f"{rng.getrandbits(128):032x}"),
        deliveries=(Delivery(step=step, depth_max=100_000),),
    )


async def direct(ledger: SqliteLedger, count: int, flight: int) -> float:
    """Accept already claimed, then complete; `flight` in flight. Events a second."""

    async def lane(seed: int) -> None:
        rng = random.Random(seed)
        step = STEPS[seed % len(STEPS)]
        for _ in range(count // flight):
            accepted = await ledger.accept(event(step, rng), claimant=NODE)
            claim = accepted.claims[0]
            await ledger.complete(claim.run, claim.epoch, result=b"null")

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(lane(seed) for seed in range(flight)))
    CPU_US.append((time.process_time() - cpu) / count * 1e6)
    return count / (time.perf_counter() - started)


async def claimed(ledger: SqliteLedger, count: int, flight: int) -> float:
    """Accept, claim in batches, complete. Events a second."""
    done = 0
    finished = asyncio.Event()
    open_slots = asyncio.Semaphore(flight)

    async def produce(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(count // flight):
            await open_slots.acquire()
            await ledger.accept(event(STEPS[0], rng))

    async def complete(run: object, epoch: object) -> None:
        nonlocal done
        await ledger.complete(run, epoch, result=b"null")  # type: ignore[arg-type]
        open_slots.release()
        done += 1
        if done >= (count // flight) * flight:
            finished.set()

    async def consume() -> None:
        pending: set[asyncio.Task[None]] = set()
        while not finished.is_set():
            claims = await ledger.claim(STEPS[0], limit=flight, node=NODE, concurrency=None)
            for claim in claims:
                task = asyncio.create_task(complete(claim.run, claim.epoch))
                pending.add(task)
                task.add_done_callback(pending.discard)
            if not claims:
                await asyncio.sleep(0.0002)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        group.create_task(consume())
        for seed in range(flight):
            group.create_task(produce(seed))
    return count / (time.perf_counter() - started)


def fill(path: Path, count: int) -> None:
    """Store `count` finished runs below all that come, straight into the file."""
    rng = random.Random(1)
    conn = apsw.Connection(str(path))
    conn.execute("PRAGMA synchronous = OFF")
    conn.execute("BEGIN")
    names = [*runs_sql.INSERT_COLUMNS, "finished_at", "result"]
    insert = f"INSERT INTO runs ({','.join(names)}) VALUES ({','.join('?' * len(names))})"
    marks = bytearray()
    base = (time.time_ns() // 1_000_000 - 1_704_067_200_000 - 3_600_000) << 22
    pace = ((3_000_000 << 22) // count) or 1
    first = base
    for n in range(count):
        number = base + n * pace
        trace = f"{rng.getrandbits(128):032x}"
        state = "dead" if n % 1_000 == 0 else "completed"
        kind = "cron" if n % 100 == 0 else "event"
        at = (number >> 22) + 1_704_067_200_000
        step = rng.choice(STEPS)
        row = (number, number, step, step, kind, state, trace, None, None, 0, at, at, 1, 1, NODE, at)
        conn.execute(insert, (*row, None, None, 0, None, 0, None, None, None, None, PAYLOAD, at, b"null"))
        marks += trace_mark(trace)
        if len(marks) == 4_000:
            conn.execute(runs_sql.INSERT_TRACE_BLOCK, (first, number, bytes(marks)))
            marks.clear()
            first = number + 1
    conn.execute("COMMIT")
    conn.close()


async def lists(ledger: SqliteLedger) -> None:
    """Worst of three for each filter, cold pages included."""
    newest = (await ledger.list_runs(RunFilter(), limit=1)).runs[0]
    middle = newest.created_at - 1_800_000
    old = (await ledger.list_runs(RunFilter(created_until=middle), limit=1)).runs[0]
    filters = {
        "all": RunFilter(),
        "step": RunFilter(step=STEPS[1]),
        "state completed": RunFilter(states=(RunState.COMPLETED,)),
        "state dead": RunFilter(states=(RunState.DEAD,)),
        "state ready": RunFilter(states=(RunState.READY,)),
        "step and dead": RunFilter(step=STEPS[2], states=(RunState.DEAD,)),
        "kind cron": RunFilter(kind=TriggerKind.CRON),
        "step and cron": RunFilter(step=STEPS[2], kind=TriggerKind.CRON),
        "trace": RunFilter(trace=old.trace),
        "no such trace": RunFilter(trace=TraceId("0" * 32)),
        "time": RunFilter(created_from=middle - 60_000, created_until=middle),
        "time and step": RunFilter(created_until=middle, step=STEPS[3]),
    }
    for name, where in filters.items():
        times = []
        for _ in range(3):
            started = time.perf_counter()
            page = await ledger.list_runs(where, limit=50)
            times.append((time.perf_counter() - started) * 1_000)
        started = time.perf_counter()
        counts = await ledger.count_runs(where)
        count_ms = (time.perf_counter() - started) * 1_000
        print(
            f"  {name:16} list {max(times):6.1f} ms ({len(page.runs)} runs)   count {count_ms:6.1f} ms"
            f" ({sum(counts.values()):,})"
        )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=30_000)
    parser.add_argument("--stored", type=int, default=1_000_000)
    parser.add_argument("--flight", type=int, default=64)
    parser.add_argument("--directory", default=None)
    options = parser.parse_args()
    print(f"SQLite {apsw.sqlite_lib_version()}, WAL, synchronous=FULL, {options.flight} in flight")
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        path = Path(directory) / "ledger" / "motia.db"
        rates: dict[str, list[float]] = {}
        for label in ("empty", f"{options.stored:,} stored"):
            ledger = SqliteLedger(path, clock=SystemClock())
            await ledger.open()
            await direct(ledger, options.events // 4, options.flight)
            rates[label] = [await direct(ledger, options.events, options.flight) for _ in range(3)]
            rate = await claimed(ledger, options.events, options.flight)
            best = max(rates[label])
            print(f"{label}: accept (claimed at once) → complete {best:,.0f} events/s", end="")
            print(f" of {', '.join(f'{r:,.0f}' for r in rates[label])}; with claim {rate:,.0f}/s")
            print(f"  CPU an event, both threads: {', '.join(f'{us:.1f}' for us in CPU_US[-3:])} µs")
            if label != "empty":
                await lists(ledger)
            print(f"  {ledger.stats()}")
            await ledger.close()
            if label == "empty" and options.stored:
                path.unlink()
                fresh = SqliteLedger(path, clock=SystemClock())
                await fresh.open()
                await fresh.close()
                fill(path, options.stored)
        empty, full = (max(values) for values in rates.values())
        print(f"cost of an event with {options.stored:,} stored: {empty / full:.2f} x")


if __name__ == "__main__":
    uvloop.run(main())
