"""A rival's job queue on Redis: a server, a worker process and a producer process, measured as ours is."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.our_events import IN_FLIGHT, row
from benchmarks.processes import cpu_s, free_port, running, wait_port
from benchmarks.rivals import redis_server

PERSISTENCE: Mapping[str, tuple[str, ...]] = {
    "memory": ("--save", "", "--appendonly", "no"),
    "fsync": ("--save", "", "--appendonly", "yes", "--appendfsync", "always"),
}
"""Redis without persistence, and with every write flushed before it is answered (our FULL)."""
WARM_UP = 500


def queue_round(
    folder: Path,
    *,
    persistence: str,
    worker: Sequence[str],
    producer: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    count: int,
    steady_count: int,
) -> dict[str, float]:
    """One round. CPU is that of Redis, the worker and the producer, as ours counts its producer too.

    Args:
        folder: Redis's data.
        persistence: A key of `PERSISTENCE`.
        worker: Command of the worker.
        producer: Command that takes `bulk|steady COUNT PER_S` and prints the seconds and its CPU seconds.
        cwd: Where both run.
        env: Added to their environment, with `BENCH_REDIS`, `BENCH_LATENCIES` and `BENCH_IN_FLIGHT`.
        count: Jobs of the bulk.
        steady_count: Jobs at 50 a second.
    """
    port, latencies = free_port(), folder / "latencies"
    full = {**env, "BENCH_REDIS": f"redis://127.0.0.1:{port}/0", "BENCH_LATENCIES": str(latencies)}
    full["BENCH_IN_FLIGHT"] = str(IN_FLIGHT)
    server = [redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    with running([*server, *PERSISTENCE[persistence]]) as redis:
        wait_port(port)
        with running(worker, env=full, cwd=cwd) as process:
            _produce(producer, "bulk", WARM_UP, full, cwd)
            before = cpu_s(process) + cpu_s(redis)
            elapsed_s, producer_s = _produce(producer, "bulk", count, full, cwd)
            used_s = cpu_s(process) + cpu_s(redis) - before + producer_s
            _produce(producer, "steady", steady_count, full, cwd)
            time.sleep(0.3)
    return row(count, elapsed_s, used_s, latencies)


def _produce(
    producer: Sequence[str], mode: str, count: int, env: Mapping[str, str], cwd: Path
) -> tuple[float, float]:
    done = subprocess.run(
        [*producer, mode, str(count), "50"],
        env={**os.environ, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(f"the producer failed: {' '.join(producer)}\n{done.stderr}")
    elapsed, used = done.stdout.split()
    return float(elapsed), float(used)
