"""`make bench`: run the scenarios, print one table, write it to benchmarks/results/."""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import events_bench, http_bench, life_bench

RESULTS = Path(__file__).parent / "results"
DURABILITY = {"ours": "flushed to disk before acknowledged (FULL)", "Celery": "Redis memory only"}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=["http", "events", "life"], action="append")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; default 3")
    parser.add_argument("--seconds", type=int, default=8, help="seconds a load; default 8")
    args = parser.parse_args()
    wanted = args.only or ["http", "events", "life"]
    found: dict[str, dict[str, list[dict[str, float]]]] = {}
    if "http" in wanted:
        found["HTTP"] = http_bench.measure(rounds=args.rounds, seconds=args.seconds)
    if "events" in wanted:
        found["Events"] = events_bench.measure(
            rounds=args.rounds, ours_count=50_000, rival_count=5_000, steady_count=250
        )
    if "life" in wanted:
        found["Life"] = life_bench.measure(rounds=args.rounds)
    console = Console(record=True, width=150)
    for title, results in found.items():
        console.print(_table(title, results))
    _write(found, console.export_text())


def _table(title: str, results: dict[str, list[dict[str, float]]]) -> Table:
    columns = list(next(iter(results.values()))[0])
    table = Table("", *columns, title=f"{title}: median (lowest to highest) of the rounds")
    for name, rows in results.items():
        cells = []
        for column in columns:
            values = sorted(row[column] for row in rows)
            cells.append(f"{median(values):,.1f} ({values[0]:,.1f} to {values[-1]:,.1f})")
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


def _write(found: dict[str, dict[str, list[dict[str, float]]]], text: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    about = {
        "date": stamp,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "engine": version("motia-engine"),
        "durability": DURABILITY,
    }
    (RESULTS / f"{stamp}.json").write_text(json.dumps({"about": about, "results": found}, indent=1) + "\n")
    (RESULTS / f"{stamp}.txt").write_text(json.dumps(about, indent=1) + "\n\n" + text)
    print(f"written to benchmarks/results/{stamp}.txt and .json")


if __name__ == "__main__":
    main()
