"""(a) GET and POST with validation through an api step, against FastAPI with two processes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import HERE, cpu_s, free_port, request, rival_python, running, wait_http

BODY = json.dumps({"name": "kettle", "price": 19.5, "tags": ["kitchen", "steel"], "stock": 3})
CONNECTIONS = 64
ENGINE = [sys.executable, "-m", "motia.cli.main"]
POST_SCRIPT = (
    'wrk.method = "POST"\nwrk.body = [[' + BODY + ']]\nwrk.headers["Content-Type"] = "application/json"\n'
)


def measure(*, rounds: int, seconds: int) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds of ours and FastAPI: requests/s, p50 and p99 ms, CPU µs a request."""
    results: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "post.lua"
        script.write_text(POST_SCRIPT)
        for _ in range(rounds):
            ours_port, rival_port = free_port(), free_port()
            with running(ours_argv(Path(folder), ours_port)) as engine:
                wait_http(ours_port, "/hello/x", expect=200)
                for name, path, lua in (("GET", "/hello/ada", None), ("POST", "/items", script)):
                    results.setdefault(f"ours {name}", []).append(
                        _load(engine, ours_port, path, lua, seconds)
                    )
            uvicorn = [rival_python(), "-m", "uvicorn", "fastapi_app:app", "--workers", "2"]
            uvicorn += ["--port", str(rival_port), "--no-access-log"]
            with running(uvicorn, cwd=HERE / "apps") as server:
                wait_http(rival_port, "/hello/x", expect=200)
                for name, path, lua in (("GET", "/hello/ada", None), ("POST", "/items", script)):
                    results.setdefault(f"FastAPI {name}", []).append(
                        _load(server, rival_port, path, lua, seconds)
                    )
    return results


def ours_argv(folder: Path, port: int) -> list[str]:
    """Our engine in production mode on a fresh copy of the benchmark project."""
    project = folder / f"ours-{port}"
    shutil.copytree(HERE / "apps" / "ours", project, ignore=shutil.ignore_patterns(".motia"))
    return [*ENGINE, "start", "--project", str(project), "--host", "127.0.0.1", "--port", str(port)]


def _load(server: object, port: int, path: str, lua: Path | None, seconds: int) -> dict[str, float]:
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("The HTTP benchmark needs wrk: apt-get install wrk (or brew install wrk).")
    status, _ = request(port, "POST" if lua else "GET", path, BODY if lua else None)
    assert status == 200, status
    base = [wrk, "-t1", f"-c{CONNECTIONS}", "--latency", *(["-s", str(lua)] if lua else [])]
    url = f"http://127.0.0.1:{port}{path}"
    subprocess.run([*base, "-d2", url], check=True, capture_output=True)
    before, before_alone = cpu_s(server), cpu_s(server, alone=True)  # type: ignore[arg-type]
    text = subprocess.run([*base, f"-d{seconds}", url], check=True, capture_output=True, text=True).stdout
    after, after_alone = cpu_s(server), cpu_s(server, alone=True)  # type: ignore[arg-type]
    if "Non-2xx" in text:
        raise RuntimeError(f"wrk met errors:\n{text}")
    requests = int(_found(r"(\d+) requests in", text))
    return {
        "requests_per_s": float(_found(r"Requests/sec:\s+([\d.]+)", text)),
        "p50_ms": _ms(_found(r"^\s+50%\s+(\S+)", text)),
        "p99_ms": _ms(_found(r"^\s+99%\s+(\S+)", text)),
        "cpu_us": (after - before) / requests * 1e6,
        "engine_cpu_us": (after_alone - before_alone) / requests * 1e6,
    }


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise RuntimeError(f"wrk said something unexpected:\n{text}")
    return match.group(1)


def _ms(text: str) -> float:
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0)):
        if text.endswith(unit):
            return float(text[: -len(unit)]) * factor
    raise ValueError(text)
