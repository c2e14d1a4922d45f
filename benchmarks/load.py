"""HTTP load by wrk on one server: rates, latencies and CPU of its whole process tree."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import psutil

from benchmarks.processes import cpu_s, request
from benchmarks.rivals import program

BODY = json.dumps({"name": "kettle", "price": 19.5, "tags": ["kitchen", "steel"], "stock": 3})
POST_SCRIPT = (
    'wrk.method = "POST"\nwrk.body = [[' + BODY + ']]\nwrk.headers["Content-Type"] = "application/json"\n'
)
BAD_BODY = json.dumps({"name": "kettle", "price": "much", "tags": ["kitchen"], "stock": 3})
CONNECTIONS = 64
WARM_UP_S = 2


def post_script(folder: Path) -> Path:
    """The script of wrk for `POST /items`."""
    script = folder / "post.lua"
    script.write_text(POST_SCRIPT)
    return script


def load(server: psutil.Process, port: int, path: str, lua: Path | None, *, seconds: int) -> dict[str, float]:
    """One round: after a warm-up, requests/s, p50 and p99 ms, CPU µs a request (`engine_`: the parent alone)."""
    status, _ = request(port, "POST" if lua else "GET", path, BODY if lua else None)
    assert status == 200, status
    if lua:
        status, _ = request(port, "POST", path, BAD_BODY)
        assert status in (400, 422), f"a body that does not fit was answered with {status}"
    base = [program("wrk"), "-t1", f"-c{CONNECTIONS}", "--latency", *(["-s", str(lua)] if lua else [])]
    url = f"http://127.0.0.1:{port}{path}"
    subprocess.run([*base, f"-d{min(WARM_UP_S, seconds)}", url], check=True, capture_output=True)
    before, before_alone = cpu_s(server), cpu_s(server, alone=True)
    text = subprocess.run([*base, f"-d{seconds}", url], check=True, capture_output=True, text=True).stdout
    after, after_alone = cpu_s(server), cpu_s(server, alone=True)
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
