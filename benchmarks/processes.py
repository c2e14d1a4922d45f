"""Server processes of a benchmark: start, wait until they answer, count CPU and memory, stop."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
ENGINE = [sys.executable, "-m", "motia.cli.main"]


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[psutil.Process]:
    """A process (and whatever it starts), ended with SIGTERM at the end."""
    process = subprocess.Popen(
        argv,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tree(process: psutil.Process) -> list[psutil.Process]:
    """The process and all its descendants."""
    return [process, *process.children(recursive=True)]


def cpu_s(process: psutil.Process, *, alone: bool = False) -> float:
    """CPU seconds that the process (and, unless `alone`, its descendants) used so far."""
    total = 0.0
    for one in [process] if alone else tree(process):
        times = one.cpu_times()
        total += times.user + times.system
    return total


def memory_mb(process: psutil.Process) -> float:
    """Proportional memory of the tree, MB: pages shared by several processes counted once."""
    return sum(one.memory_full_info().pss for one in tree(process)) / 1e6


def wait_http(port: int, path: str = "/", *, limit_s: float = 30.0, expect: int | None = None) -> float:
    """Seconds until the port answers (with the status `expect`, when given)."""
    started = time.perf_counter()
    while time.perf_counter() - started < limit_s:
        try:
            status, _ = request(port, "GET", path)
            if expect is None or status == expect:
                return time.perf_counter() - started
        except OSError:
            pass
        time.sleep(0.002)
    raise TimeoutError(f"nothing answered on port {port} within {limit_s} s")


def wait_port(port: int, *, limit_s: float = 10.0) -> None:
    """Return once something accepts connections on the port."""
    until = time.perf_counter() + limit_s
    while time.perf_counter() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise TimeoutError(f"nothing listens on port {port}")


def request(
    port: int, method: str, path: str, body: str | None = None, *, limit_s: float = 300.0
) -> tuple[int, bytes]:
    """One HTTP request: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=limit_s)
    try:
        connection.request(method, path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def cpu_model() -> str:
    """What the processor calls itself; empty where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
