"""(b) Durable no-op events, trigger to done, and latency at a steady rate, against Celery on Redis."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.our_events import ours, row
from benchmarks.processes import HERE, cpu_s, free_port, running, wait_port
from benchmarks.rivals import redis_server, rival_python


def measure(
    *, rounds: int, ours_count: int, rival_count: int, steady_count: int
) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds: done/s, CPU µs an event, trigger to handler start p50 and p99 at 50/s."""
    results: dict[str, list[dict[str, float]]] = {"ours": [], "Celery": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            results["ours"].append(
                ours(Path(folder), app="ours", count=ours_count, steady_count=steady_count)
            )
        with tempfile.TemporaryDirectory() as folder:
            results["Celery"].append(_celery(Path(folder), rival_count, steady_count))
    return results


def _celery(folder: Path, count: int, steady_count: int) -> dict[str, float]:
    port, latencies = free_port(), folder / "latencies"
    env = {"BENCH_REDIS": f"redis://127.0.0.1:{port}/0", "BENCH_LATENCIES": str(latencies)}
    server = [redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    worker = [rival_python(), "-m", "celery", "-A", "celery_app", "worker", "-c", "1", "-l", "ERROR"]
    apps = HERE / "apps"
    with running(server) as redis:
        wait_port(port)
        with running([*worker, "--without-mingle"], env=env, cwd=apps) as process:
            _produce(env, "bulk", 200)
            before = cpu_s(process) + cpu_s(redis)
            elapsed_s = _produce(env, "bulk", count)
            used_s = cpu_s(process) + cpu_s(redis) - before
            _produce(env, "steady", steady_count)
            time.sleep(0.5)
    return row(count, elapsed_s, used_s, latencies)


def _produce(env: dict[str, str], mode: str, count: int) -> float:
    argv = [rival_python(), "celery_app.py", mode, str(count), "50"]
    done = subprocess.run(
        argv,
        env={**os.environ, **env},
        cwd=HERE / "apps",
        check=True,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return float(done.stdout)
