"""(a) GET and POST with validation through an api step, against FastAPI with two processes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.load import load, post_script
from benchmarks.processes import HERE, free_port, running, wait_http
from benchmarks.projects import copied, started
from benchmarks.rivals import program, rival_python


def measure(*, rounds: int, seconds: int) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds of ours and FastAPI: requests/s, p50 and p99 ms, CPU µs a request."""
    results: dict[str, list[dict[str, float]]] = {}
    program("wrk")
    with tempfile.TemporaryDirectory() as folder:
        routes = (("GET", "/hello/ada", None), ("POST", "/items", post_script(Path(folder))))
        for _ in range(rounds):
            port, rival_port = free_port(), free_port()
            project = copied("ours", Path(folder), port=port)
            uvicorn = [rival_python(), "-m", "uvicorn", "fastapi_app:app", "--workers", "2"]
            uvicorn += ["--port", str(rival_port), "--no-access-log"]
            for name, at, argv, cwd in (
                ("ours", port, started(project, port), None),
                ("FastAPI", rival_port, uvicorn, HERE / "apps"),
            ):
                with running(argv, cwd=cwd) as server:
                    wait_http(at, "/hello/x", expect=200)
                    for method, path, lua in routes:
                        row = load(server, at, path, lua, seconds=seconds)
                        results.setdefault(f"{name} {method}", []).append(row)
    return results
