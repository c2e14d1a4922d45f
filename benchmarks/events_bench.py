"""(b) Durable no-op events, trigger to done, and latency at a steady rate, against Celery on Redis."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from benchmarks.http_bench import ours_argv
from benchmarks.processes import (
    HERE,
    cpu_s,
    free_port,
    redis_server,
    request,
    rival_python,
    running,
    wait_http,
    wait_port,
)

IN_FLIGHT = 64


def measure(
    *, rounds: int, ours_count: int, rival_count: int, steady_count: int
) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds: done/s, CPU µs an event, trigger to handler start p50 and p99 at 50/s."""
    results: dict[str, list[dict[str, float]]] = {"ours": [], "Celery": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            results["ours"].append(_ours(Path(folder), ours_count, steady_count))
        with tempfile.TemporaryDirectory() as folder:
            results["Celery"].append(_celery(Path(folder), rival_count, steady_count))
    return results


def _ours(folder: Path, count: int, steady_count: int) -> dict[str, float]:
    port, latencies = free_port(), folder / "latencies"
    with running(ours_argv(folder, port), env={"BENCH_LATENCIES": str(latencies)}) as engine:
        wait_http(port, "/hello/x", expect=200)
        _bulk(port, 2_000)
        _until_done(folder / f"ours-{port}", 2_000)
        before, started = cpu_s(engine), time.perf_counter()
        _bulk(port, count)
        _until_done(folder / f"ours-{port}", count + 2_000)
        elapsed_s, used_s = time.perf_counter() - started, cpu_s(engine) - before
        status, _ = request(port, "POST", "/steady", json.dumps({"count": steady_count, "per_s": 50}))
        assert status == 200, status
        time.sleep(0.5)
    return _row(count, elapsed_s, used_s, latencies)


def _bulk(port: int, count: int) -> None:
    status, body = request(port, "POST", "/bulk", json.dumps({"count": count, "in_flight": IN_FLIGHT}))
    assert status == 200, body


def _until_done(project: Path, count: int) -> None:
    import http.client
    import socket

    record = json.loads((project / ".motia" / "engine.json").read_text())
    while True:
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(record["control"])
        connection.request("GET", "/v1/metrics")
        steps = {row["step"]: row for row in json.loads(connection.getresponse().read())["metrics"]}
        connection.close()
        if steps.get("noop", {}).get("count", 0) >= count:
            return
        time.sleep(0.02)


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
    return _row(count, elapsed_s, used_s, latencies)


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


def _row(count: int, elapsed_s: float, used_s: float, latencies: Path) -> dict[str, float]:
    waits_ms = sorted(int(line) / 1e6 for line in latencies.read_text().split())
    cuts = quantiles(waits_ms, n=100)
    return {
        "done_per_s": count / elapsed_s,
        "cpu_us": used_s / count * 1e6,
        "start_p50_ms": cuts[49],
        "start_p99_ms": cuts[98],
    }
