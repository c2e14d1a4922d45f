"""Durable no-op events in a Node worker, against BullMQ on Redis; producers on both sides in Node.

BullMQ twice: on Redis without persistence, as it is mostly benchmarked, and with every write flushed,
which is what our events are before their trigger returns.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.our_events import ours
from benchmarks.redis_queue import PERSISTENCE, queue_round
from benchmarks.rivals import program, rival_node


def measure(
    *, rounds: int, ours_count: int, rival_count: int, steady_count: int
) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds: done/s, CPU µs an event, trigger to handler start p50 and p99 at 50/s."""
    results: dict[str, list[dict[str, float]]] = {}
    node, rivals = program("node"), rival_node()
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            row = ours(
                Path(folder), app="ours-ts", count=ours_count, steady_count=steady_count, needs_packages=True
            )
            results.setdefault("ours", []).append(row)
        for persistence in PERSISTENCE:
            with tempfile.TemporaryDirectory() as folder:
                row = queue_round(
                    Path(folder),
                    persistence=persistence,
                    worker=[node, "bullmq_worker.mjs"],
                    producer=[node, "bullmq_producer.mjs"],
                    cwd=rivals,
                    env={"NODE_ENV": "production"},
                    count=rival_count,
                    steady_count=steady_count,
                )
                results.setdefault(f"BullMQ-{persistence}", []).append(row)
    return results
