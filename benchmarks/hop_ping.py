"""One invocation and its answer, engine to worker and back, one at a time: `python -m benchmarks.hop_ping PROJECT`.

No ledger and no HTTP: what a hop to a worker of each language costs by itself. Prints JSON, language to
`{p50_us, p99_us}`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from statistics import quantiles

import uvloop

from benchmarks.worker_roundtrip import Events
from motia.model import SpanId, StepId, TraceId
from motia.project import Config, discover
from motia.runtime import SystemClock
from motia.workers import Invocation, Lane, Supervisor, launchers_for

COUNT = 400
WARM_UP = 100
GAP_S = 0.002


async def measure(root: Path) -> dict[str, dict[str, float]]:
    """Latencies of the steps `echo-<language>` of the project at `root`."""

    async def refuse(origin: object, op: str, args: object) -> bytes:
        return b"null"

    discovery = discover(root)
    launching = launchers_for(os.environ, discovery)
    supervisor = Supervisor(
        config=Config(root=root, environment="production"),
        clock=SystemClock(),
        events=Events(),
        calls=refuse,
        launchers=launching.launchers,
        files=launching.files(discovery),
        engine_version="bench",
    )
    await supervisor.start()
    found = {language: await _language(supervisor, language) for language in launching.launchers}
    await supervisor.stop()
    return found


async def _language(supervisor: Supervisor, language: str) -> dict[str, float]:
    invocation = Invocation(
        step=StepId(f"echo-{language}"),
        kind="event",
        trace=TraceId("0" * 32),
        span=SpanId("0" * 16),
        lane=Lane.BACKGROUND,
        timeout_ms=30_000,
        payload=b"{}",
    )
    took_us = []
    for number in range(WARM_UP + COUNT):
        await asyncio.sleep(GAP_S)
        began = time.perf_counter()
        await supervisor.invoke(invocation).answer
        if number >= WARM_UP:
            took_us.append((time.perf_counter() - began) * 1e6)
    cuts = quantiles(took_us, n=100)
    return {"p50_us": cuts[49], "p99_us": cuts[98]}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(Path(sys.argv[1])))))
