"""(c) Start to first 200, reload to new behaviour, idle and loaded memory, idle CPU."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.processes import ENGINE, HERE, cpu_s, free_port, memory_mb, request, running, wait_http

IDLE_S = 10.0
STEP = """from motia import api


@api(id="version", method="GET", path="/version")
async def version():
    return "{version}"
"""


def measure(*, rounds: int) -> dict[str, list[dict[str, float]]]:
    """One row a round."""
    rows = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            rows.append(_round(Path(folder)))
    return {"ours": rows}


def _round(folder: Path) -> dict[str, float]:
    project, port = folder / "project", free_port()
    shutil.copytree(HERE / "apps" / "ours", project, ignore=shutil.ignore_patterns(".motia"))
    step = project / "motia" / "steps" / "version.py"
    step.write_text(STEP.format(version="one"))
    argv = [*ENGINE, "dev", "--project", str(project), "--port", str(port)]
    started = time.perf_counter()
    with running(argv) as engine:
        wait_http(port, "/version", expect=200)
        first_s = time.perf_counter() - started
        time.sleep(3.0)  # what starting left to do is not idling
        before = cpu_s(engine)
        time.sleep(IDLE_S)
        idle_cpu = (cpu_s(engine) - before) / IDLE_S * 100
        idle_mb = memory_mb(engine)
        reload_s = []
        for number in range(3):
            step.write_text(STEP.format(version=f"v{number}"))
            reload_s.append(_until_answer(port, f"v{number}".encode()))
            time.sleep(1.0)
        for _ in range(2_000):
            request(port, "GET", "/hello/ada")
        loaded_mb = memory_mb(engine)
    return {
        "first_200_s": first_s,
        "reload_ms": sorted(reload_s)[1] * 1000,
        "idle_mb": idle_mb,
        "loaded_mb": loaded_mb,
        "idle_cpu_percent": idle_cpu,
    }


def _until_answer(port: int, body: bytes) -> float:
    started = time.perf_counter()
    while time.perf_counter() - started < 10:
        if body in request(port, "GET", "/version")[1]:
            return time.perf_counter() - started
        time.sleep(0.002)
    raise TimeoutError("the new version of the step never answered")
