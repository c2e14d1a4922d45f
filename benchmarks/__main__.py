"""`make bench`: run the kinds, print one table each, write them to benchmarks/results/."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import (
    events_bench,
    events_node_bench,
    events_ruby_bench,
    hop_bench,
    http_bench,
    http_ts_bench,
    life_bench,
    start_bench,
)
from benchmarks.processes import cpu_model
from benchmarks.rivals import Missing, built_sdk, node_versions, version_of

RESULTS = Path(__file__).parent / "results"
DURABILITY = {
    "ours": "flushed to disk before acknowledged (FULL)",
    "Celery": "Redis memory only",
    "BullMQ-memory, Sidekiq-memory": "Redis memory only",
    "BullMQ-fsync, Sidekiq-fsync": "Redis appendonly, appendfsync always",
}
OURS_PER_S = 5_000
"""Events of ours for each second asked for; the rivals get a tenth or a fifth of them, in their own rate."""
STEADY_PER_S = 50

Results = dict[str, list[dict[str, float]]]
Measure = Callable[[int, int], Results]


def _events(measure: Callable[..., Results], *, ours_per_s: int, rival_per_s: int) -> Measure:
    """Counts that take about the seconds asked for."""
    return lambda rounds, seconds: measure(
        rounds=rounds,
        ours_count=ours_per_s * seconds,
        rival_count=rival_per_s * seconds,
        steady_count=STEADY_PER_S * min(seconds, 5),
    )


KINDS: dict[str, tuple[str, Measure]] = {
    "http": ("HTTP", lambda rounds, seconds: http_bench.measure(rounds=rounds, seconds=seconds)),
    "http-ts": (
        "HTTP, TypeScript with zod",
        lambda rounds, seconds: http_ts_bench.measure(rounds=rounds, seconds=seconds),
    ),
    "events": ("Events", _events(events_bench.measure, ours_per_s=OURS_PER_S, rival_per_s=600)),
    "events-node": (
        "Events in Node",
        _events(events_node_bench.measure, ours_per_s=OURS_PER_S, rival_per_s=4_000),
    ),
    "events-ruby": (
        "Events in Ruby",
        _events(events_ruby_bench.measure, ours_per_s=3_000, rival_per_s=3_000),
    ),
    "hop": ("Hop between languages", lambda rounds, _: hop_bench.measure(rounds=rounds)),
    "start": ("Start, 50 steps", lambda rounds, _: start_bench.measure(rounds=rounds)),
    "life": ("Life", lambda rounds, _: life_bench.measure(rounds=rounds)),
}
OF_NODE = frozenset({"http-ts", "events-node", "hop", "start"})
"""Kinds that need our Node worker built."""


def main() -> int:
    """Measure what was asked for; the exit code is 1 when a kind could not be measured."""
    if sys.argv[1:2] in (["workbench"], ["burst"]):
        from benchmarks import workbench_report

        return workbench_report.main(sys.argv[1:])
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=[*KINDS], action="append", help="a kind; may be repeated")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; default 3")
    parser.add_argument("--seconds", type=int, default=8, help="seconds a load; default 8")
    parser.add_argument("--no-write", action="store_true", help="print only")
    args = parser.parse_args()
    found: dict[str, Results] = {}
    failed: dict[str, str] = {}
    for name in args.only or [*KINDS]:
        title, measure = KINDS[name]
        print(f"{name}…", file=sys.stderr, flush=True)
        try:
            if name in OF_NODE and shutil.which("node"):
                built_sdk()
            found[title] = measure(args.rounds, args.seconds)
        except Missing as missing:
            failed[name] = str(missing)
        except Exception as error:  # one kind that cannot be measured does not cost the others their figures
            failed[name] = f"{type(error).__name__}: {error}"
    console = Console(record=True, width=150)
    for title, results in found.items():
        console.print(_table(title, results))
    for name, reason in failed.items():
        console.print(f"{name} was not measured: {reason}", style="bold red", markup=False)
    if found and not args.no_write:
        _write(found, console.export_text(), vars(args))
    return 1 if failed else 0


def _table(title: str, results: Results) -> Table:
    columns = list(next(iter(results.values()))[0])
    table = Table("", *columns, title=f"{title}: median (lowest to highest) of the rounds")
    for name, rows in results.items():
        cells = []
        for column in columns:
            values = sorted(row[column] for row in rows)
            digits = 2 if values[-1] < 10 else 1
            cells.append(
                f"{median(values):,.{digits}f} ({values[0]:,.{digits}f} to {values[-1]:,.{digits}f})"
            )
        table.add_row(name, *cells)
    for ours in [name for name in results if name.startswith("ours")]:
        for rival in [n for n in results if not n.startswith("ours") and n.split()[1:] == ours.split()[1:]]:
            ratios = [_ratio(results[ours], results[rival], column) for column in columns]
            table.add_row(f"{ours} / {rival}", *ratios, style="bold")
    return table


def _ratio(ours: list[dict[str, float]], rival: list[dict[str, float]], column: str) -> str:
    """Ours by the rival's; a parent process that only watches its children may have used nothing."""
    theirs = median(row[column] for row in rival)
    return f"{median(row[column] for row in ours) / theirs:.2f}x" if theirs else "-"


def _write(found: dict[str, Results], text: str, settings: dict[str, Any]) -> None:
    """One pair of files a day for all kinds, and one for each choice of kinds."""
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    about = {
        "date": stamp,
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {cpu_model()}",
        "engine": version("motia-engine"),
        "commit": version_of("git", "-C", str(RESULTS.parent), "rev-parse", "--short", "HEAD"),
        "rounds": settings["rounds"],
        "seconds": settings["seconds"],
        "durability": DURABILITY,
        "versions": _versions(),
    }
    name = "-".join([stamp, *(settings["only"] or ())])
    (RESULTS / f"{name}.json").write_text(json.dumps({"about": about, "results": found}, indent=1) + "\n")
    (RESULTS / f"{name}.txt").write_text(json.dumps(about, indent=1) + "\n\n" + text)
    print(f"written to benchmarks/results/{name}.txt and .json")


def _versions() -> dict[str, str]:
    """Of the runtimes and rivals, as far as they are there."""
    found = {
        "python": platform.python_version(),
        "node": version_of("node", "--version"),
        "ruby": version_of("ruby", "--version"),
        "redis": version_of("redis-server", "--version"),
    }
    with contextlib.suppress(Missing, OSError):
        found |= node_versions(
            "express", "fastify", "fastify-type-provider-zod", "hono", "zod", "bullmq", "ioredis"
        )
    return {name: value for name, value in found.items() if value}


if __name__ == "__main__":
    sys.exit(main())
