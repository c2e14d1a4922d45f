"""What it costs that a step is in another language, with nothing else going on.

For each pair of languages, calling and called: trigger to handler start and `call` to its result, both
durable (each waits for a flush of the disk). For each language: one invocation and its answer by itself,
which is what a hop adds to anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import quantiles

from benchmarks.processes import REPOSITORY, free_port, request, running, wait_http
from benchmarks.projects import copied, started
from benchmarks.rivals import present

FILES = {"python": "python_steps.py", "node": "node_steps.js", "ruby": "ruby_steps.rb"}
COUNT = 150
WARM_UP = 50
GAP_MS = 5


def measure(*, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Rows `a to b` with the durable figures of the pair and the bare hop to b."""
    results: dict[str, list[dict[str, float]]] = {}
    languages = present(FILES)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            project = copied("hop", Path(folder), port=port)
            for language in FILES.keys() - set(languages):
                (project / "motia" / "steps" / FILES[language]).unlink()
            hops = _ping(project)
            with running(started(project, port)):
                for language in languages:
                    wait_http(port, f"/from-{language}", expect=405)
                for source in languages:
                    for target in languages:
                        row = {**_pair(port, source, target), **hops[target]}
                        results.setdefault(f"ours {source} to {target}", []).append(row)
    return results


def _ping(project: Path) -> dict[str, dict[str, float]]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.hop_ping", str(project)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = json.loads(done.stdout)
    return {
        language: {"hop_p50_us": row["p50_us"], "hop_p99_us": row["p99_us"]}
        for language, row in found.items()
    }


def _pair(port: int, source: str, target: str) -> dict[str, float]:
    asked = {"target": f"echo-{target}", "count": WARM_UP + COUNT, "gap_ms": GAP_MS}
    status, body = request(port, "POST", f"/from-{source}", json.dumps(asked))
    assert status == 200, body
    rows = json.loads(body)[WARM_UP:]
    starts, rounds = (quantiles([row[column] / 1e6 for row in rows], n=100) for column in (0, 1))
    return {"start_p50_ms": starts[49], "start_p99_ms": starts[98], "call_p50_ms": rounds[49]}
