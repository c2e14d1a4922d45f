"""GET and POST through a TypeScript api step with zod, against Express, Fastify and Hono with zod.

The rivals run as two processes of a cluster, so that they have the same two cores as our engine and
its worker; Fastify in one process besides, as performance.md measured it. All share the cores with wrk.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.load import load, post_script
from benchmarks.processes import free_port, running, wait_http
from benchmarks.projects import copied, started
from benchmarks.rivals import program, rival_node

RIVAL_APPS = (
    ("Express", "express", 2),
    ("Fastify", "fastify", 2),
    ("Hono", "hono", 2),
    ("Fastify-1", "fastify", 1),
)


def measure(*, rounds: int, seconds: int) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds: requests/s, p50 and p99 ms, CPU µs a request of the whole tree."""
    results: dict[str, list[dict[str, float]]] = {}
    program("wrk")
    rivals = rival_node()
    with tempfile.TemporaryDirectory() as folder:
        routes = (("GET", "/hello/ada", None), ("POST", "/items", post_script(Path(folder))))
        for _ in range(rounds):
            port = free_port()
            project = copied("ours-ts", Path(folder), port=port, needs_packages=True)
            servers = [("ours", port, started(project, port))]
            for name, app, processes in RIVAL_APPS:
                at = free_port()
                servers.append((name, at, [program("node"), f"{app}.mjs", str(at), str(processes)]))
            for name, at, argv in servers:
                with running(argv, cwd=rivals, env={"NODE_ENV": "production"}) as server:
                    wait_http(at, "/hello/x", expect=200)
                    for method, path, lua in routes:
                        row = load(server, at, path, lua, seconds=seconds)
                        results.setdefault(f"{name} {method}", []).append(row)
    return results
