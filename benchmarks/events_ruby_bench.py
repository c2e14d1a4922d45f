"""Durable no-op events in a Ruby worker, against Sidekiq on Redis; producers on both sides in Ruby."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.our_events import ours
from benchmarks.processes import HERE
from benchmarks.redis_queue import PERSISTENCE, queue_round
from benchmarks.rivals import Missing, program, sidekiq_env

THREADS = 10
"""Sidekiq's own default."""
_START = "require 'sidekiq/cli'; cli = Sidekiq::CLI.instance; cli.parse(ARGV); cli.run"


def measure(
    *, rounds: int, ours_count: int, rival_count: int, steady_count: int
) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds: done/s, CPU µs an event, trigger to handler start p50 and p99 at 50/s.

    Without Sidekiq ours is measured alone, and how to get it is printed.
    """
    results: dict[str, list[dict[str, float]]] = {}
    ruby, apps = program("ruby"), HERE / "apps" / "ruby"
    try:
        env = sidekiq_env()
    except Missing as missing:
        print(f"Ruby events are reported alone: {missing}", flush=True)
        env = None
    worker = [ruby, "-e", _START, "--", "-r", "./sidekiq_app.rb", "-c", str(THREADS), "-q", "default"]
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            row = ours(Path(folder), app="ours-rb", count=ours_count, steady_count=steady_count)
            results.setdefault("ours", []).append(row)
        for persistence in PERSISTENCE if env is not None else ():
            with tempfile.TemporaryDirectory() as folder:
                row = queue_round(
                    Path(folder),
                    persistence=persistence,
                    worker=worker,
                    producer=[ruby, "sidekiq_app.rb"],
                    cwd=apps,
                    env={**(env or {}), "RAILS_ENV": "production"},
                    count=rival_count,
                    steady_count=steady_count,
                )
                results.setdefault(f"Sidekiq-{persistence}", []).append(row)
    return results
