"""Our side of the events benchmarks: one project with a producer and consumers, in any language."""

from __future__ import annotations

import http.client
import json
import socket
import time
from pathlib import Path
from statistics import quantiles

from benchmarks.processes import cpu_s, free_port, request, running, wait_http
from benchmarks.projects import copied, started

IN_FLIGHT = 64
WARM_UP = 2_000
DONE_LIMIT_S = 300.0


def ours(
    folder: Path, *, app: str, count: int, steady_count: int, needs_packages: bool = False
) -> dict[str, float]:
    """One round: `count` no-op events, `IN_FLIGHT` at a time, then `steady_count` at 50 a second.

    Every event is flushed to disk before its trigger returns. CPU is that of the whole tree: engine,
    worker, and the producer, which is a step in the same worker.
    """
    port, latencies = free_port(), folder / "latencies"
    project = copied(app, folder, port=port, needs_packages=needs_packages)
    with running(started(project, port), env={"BENCH_LATENCIES": str(latencies)}) as engine:
        wait_http(port, "/hello/x", expect=200)
        _bulk(port, WARM_UP)
        _until_done(project, WARM_UP)
        before, began = cpu_s(engine), time.perf_counter()
        _bulk(port, count)
        _until_done(project, count + WARM_UP)
        elapsed_s, used_s = time.perf_counter() - began, cpu_s(engine) - before
        status, _ = request(port, "POST", "/steady", json.dumps({"count": steady_count, "per_s": 50}))
        assert status == 200, status
        time.sleep(0.5)
    return row(count, elapsed_s, used_s, latencies)


def row(count: int, elapsed_s: float, used_s: float, latencies: Path) -> dict[str, float]:
    """The figures of one round; `latencies` holds nanoseconds from trigger to handler start, one a line."""
    waits_ms = sorted(int(line) / 1e6 for line in latencies.read_text().split())
    cuts = quantiles(waits_ms, n=100)
    return {
        "done_per_s": count / elapsed_s,
        "cpu_us": used_s / count * 1e6,
        "start_p50_ms": cuts[49],
        "start_p99_ms": cuts[98],
    }


def _bulk(port: int, count: int) -> None:
    status, body = request(port, "POST", "/bulk", json.dumps({"count": count, "in_flight": IN_FLIGHT}))
    assert status == 200, body


def _until_done(project: Path, count: int) -> None:
    record = json.loads((project / ".motia" / "engine.json").read_text())
    until = time.perf_counter() + DONE_LIMIT_S
    done = 0
    while time.perf_counter() < until:
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(record["control"])
        connection.request("GET", "/v1/metrics")
        steps = {row["step"]: row for row in json.loads(connection.getresponse().read())["metrics"]}
        connection.close()
        done = steps.get("noop", {}).get("count", 0)
        if done >= count:
            return
        time.sleep(0.02)
    raise TimeoutError(f"{done:,} of {count:,} events were done within {DONE_LIMIT_S:.0f} s")
