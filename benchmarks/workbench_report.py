"""`python -m benchmarks workbench` and `burst`: measure, print, and add to benchmarks/results/<date>-workbench.txt."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import apsw
from rich.console import Console
from rich.table import Table

from benchmarks import burst_bench, screen_bench, workbench_bench
from benchmarks.engine import engine, project
from benchmarks.processes import cpu_model
from benchmarks.rivals import version_of

RESULTS = Path(__file__).parent / "results"
SHOWN = 25
"""The slowest questions; of the others the count and the worst."""


def main(arguments: Sequence[str]) -> int:
    """The exit code is 1 when a list took longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    lists = kinds.add_parser(
        "workbench", help="every list over a million runs, and how soon the screen shows what happens"
    )
    lists.add_argument("--runs", type=int, default=1_000_000)
    lists.add_argument("--requests", type=int, default=15)
    lists.add_argument("--keep", type=Path, help="fill this directory once and use it again")
    bursts = kinds.add_parser("burst", help="a burst on the live feed, seen from the browser")
    bursts.add_argument("--seconds", type=float, default=20)
    bursts.add_argument("--per-s", type=int, default=5_000)
    bursts.add_argument("--mode", choices=["feed", "real"], action="append")
    bursts.add_argument("--screen", choices=[*burst_bench.SCREENS], action="append")
    for one in (lists, bursts):
        one.add_argument("--no-write", action="store_true", help="print only")
    args = parser.parse_args(arguments)
    console = Console(record=True, width=150)
    console.print(_about(" ".join(arguments)), markup=False, highlight=False)
    is_well = _tell_lists(console, args) if args.kind == "workbench" else _tell_bursts(console, args)
    console.print(f"load at the end: {_load()}")
    if not args.no_write:
        RESULTS.mkdir(exist_ok=True)
        name = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-workbench.txt"
        with name.open("a") as file:
            file.write(console.export_text() + "\n")
        print(f"added to benchmarks/results/{name.name}")
    return 0 if is_well else 1


def _about(command: str) -> str:
    commit = version_of("git", "-C", str(RESULTS.parent), "rev-parse", "--short", "HEAD")
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: python -m benchmarks {command}\n"
        f"engine {version('motia-engine')} at {commit}, Python {platform.python_version()}, SQLite"
        f" {apsw.sqlite_lib_version()}, {version_of('chromium', '--version')}\n"
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {cpu_model()}; load at the begin: {_load()}"
    )


def _load() -> str:
    return ", ".join(f"{one:.1f}" for one in os.getloadavg())


def _tell_lists(console: Console, args: argparse.Namespace) -> bool:
    found = workbench_bench.measure(runs=args.runs, requests=args.requests, keep=args.keep)
    table = Table(
        "question", "page", "p50 ms", "p95 ms", "kB", title=f"Lists over {found.stored.runs:,} stored runs"
    )
    slowest = sorted(found.timings, key=lambda one: -one.p95_ms)
    for one in slowest[:SHOWN]:
        table.add_row(one.name, one.page, f"{one.p50_ms:.1f}", f"{one.p95_ms:.1f}", f"{one.kilobytes:.0f}")
    console.print(table)
    console.print(
        f"{len(found.timings)} questions; over {workbench_bench.LIMIT_MS:.0f} ms at p95: {len(found.slow)};"
        f" median of the p50: {workbench_bench.share_of([one.p50_ms for one in found.timings], 0.5):.1f} ms"
    )
    for word, figures in (("before", found.quiet), ("while lists were asked", found.asked)):
        console.print(
            f"orders (20 a second) {word}: p50 {figures['p50']:.1f}, p95 {figures['p95']:.1f},"
            f" p99 {figures['p99']:.1f}, longest {figures['max']:.1f} ms ({figures['requests']:.0f} requests)"
        )
    with (
        tempfile.TemporaryDirectory(prefix="motia-bench-") as folder,
        engine(project(Path(folder))) as served,
    ):
        for name, shares in screen_bench.measure(served, times=20).items():
            console.print(f"{name}: " + ", ".join(f"{word} {value:.1f}" for word, value in shares.items()))
    return not found.slow


def _tell_bursts(console: Console, args: argparse.Namespace) -> bool:
    found = burst_bench.measure(
        seconds=args.seconds,
        per_s=args.per_s,
        screens=tuple(args.screen or ()),
        modes=tuple(args.mode or ("feed", "real")),
    )
    heads = ("screen", "items/s", "longest task ms", "its CPU ms", "tasks > 50 ms", "main CPU ms/s")
    for mode, rows in found.items():
        table = Table(
            *heads,
            "heap MB",
            "at the end",
            "engine CPU ms/s",
            "load",
            title=f"Burst, {mode}, {args.seconds:g} s",
        )
        for row in rows:
            cells = (row.per_s, row.longest_ms, row.longest_cpu_ms, row.tasks, row.main_ms_per_s)
            ends = (row.heap_mb, row.heap_end_mb, row.engine_ms_per_s, row.load)
            table.add_row(row.screen, *(f"{cell:,.0f}" for cell in cells), *(f"{cell:,.1f}" for cell in ends))
        console.print(table)
    return True
