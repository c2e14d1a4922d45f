"""No list of the API reads more because more is stored: plans and instructions, not time.

Every question that the benchmark over a million runs asks (it walks the routes) is asked here of two small
stores, one twice the other; an index that is missing, or a filter without one, reads twice as much.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import httpx
import msgspec
import pytest
from benchmarks.stored import Stored, fill
from benchmarks.workbench_questions import questions
from dispatch_world import World as Node
from tests.unit.workbench.conftest import World

from motia.ledger import SqliteLedger
from motia.project import Config
from motia.runtime import FrozenClock
from motia.telemetry import Telemetry

SMALL, LARGE = 60_000, 120_000
GROWTH_MAX = 1.35
FLOOR = 60_000
"""Below so many instructions of SQLite's machine (about a millisecond) growth is noise."""
COUNTS_EXACTLY = re.compile(r"^/v1/(status|runs/counts|workflows)")
"""They count up to 100,000 runs or instances of a state one by one, in an index."""
PER_RUN_MAX = 12
BIG = re.compile(
    r"^SCAN (runs|spans|logs|instances|instance_runs)\b(?! USING (COVERING )?INDEX (runs_(open|parked)|instances_open))"
)
COUNTED = "SELECT count(*) FROM (SELECT 1 FROM runs INDEXED BY runs_by_step WHERE id >= ? AND id < ? LIMIT ?)"
"""Goes through an index on purpose, to its limit."""


class HurriedClock(FrozenClock):
    """Each look at it finds it later: a search is over after its second window, on any machine."""

    def mono(self) -> float:
        return super().mono() + self._later()

    def _later(self) -> float:
        self._looks = getattr(self, "_looks", 0) + 1
        return self._looks * 0.06


class Cost(msgspec.Struct):
    """Of one question: instructions, and the plans of its statements."""

    status: int = 0
    instructions: int = 0
    plans: dict[str, list[str]] = {}


class Meter:
    """Watches every connection that is opened while it is on."""

    def __init__(self) -> None:
        self.instructions = 0
        self.statements: dict[str, apsw.Connection] = {}

    @contextmanager
    def on(self) -> Iterator[Meter]:
        apsw.connection_hooks.append(self._watch)
        try:
            yield self
        finally:
            apsw.connection_hooks.remove(self._watch)

    def _watch(self, connection: apsw.Connection) -> None:
        def done(event: dict[str, Any]) -> None:
            self.instructions += event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]
            if event["sql"].lstrip().startswith("SELECT"):
                self.statements[event["sql"]] = connection

        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, done)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, Stored]]:
    made = {}
    for runs in (SMALL, LARGE):
        root = tmp_path_factory.mktemp(f"stored-{runs}")
        (root / ".motia").mkdir()
        made[runs] = root, fill(root / ".motia", runs=runs)
    return made


async def costs(root: Path, stored: Stored) -> list[Cost]:
    """Of every question, in the order of the routes: its first and its second page together."""
    meter = Meter()
    clock = HurriedClock(stored.middle_at + 24 * 3_600_000)
    with meter.on():
        ledger = SqliteLedger(root / ".motia" / "motia.db", clock=clock)
        telemetry = Telemetry(
            root / ".motia" / "telemetry.db", clock=clock, random=random.Random(1), config=Config(root=root)
        )
        await ledger.open()
        await telemetry.start()
        try:
            node = Node()
            node.store = ledger  # type: ignore[assignment]
            node.build()
            changes = {"ledger": ledger, "workflows": node.workflows}
            async with World(clock, telemetry, root).client(**changes) as client:
                return [await _cost(client, one.path, meter) for one in questions(stored)]
        finally:
            await telemetry.stop()
            await ledger.close()


async def _cost(client: httpx.AsyncClient, path: str, meter: Meter) -> Cost:
    meter.instructions = 0
    meter.statements.clear()
    answer = await client.get(path)
    cursor = answer.json().get("cursor")
    if cursor is not None:
        await client.get(path, params={**dict(httpx.URL(path).params), "cursor": cursor})
    cost = Cost(status=answer.status_code, instructions=meter.instructions)
    for statement, connection in list(meter.statements.items()):
        rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", (None,) * statement.count("?"))
        cost.plans[statement] = [row[3] for row in rows]
    return cost


async def test_a_list_costs_the_same_however_much_is_stored(folders: dict[int, tuple[Path, Stored]]):
    small, large = [await costs(*folders[runs]) for runs in (SMALL, LARGE)]

    names = [one.name for one in questions(folders[LARGE][1])]
    failed = [name for name, cost in zip(names, large, strict=True) if cost.status >= _refused(name)]
    scans = {
        statement: plan
        for cost in large
        for statement, plan in cost.plans.items()
        if statement != COUNTED and any(BIG.search(line) for line in plan)
    }
    grown = {
        name: (before.instructions, after.instructions)
        for name, before, after in zip(names, small, large, strict=True)
        if after.instructions > _allowed(name, before.instructions)
    }

    assert failed == []
    assert scans == {}
    assert grown == {}


def _refused(name: str) -> int:
    """The least status that is an error: the project of this test has no steps, but it has instances."""
    return 400 if name.startswith("/v1/instances") else 500


def _allowed(name: str, small: int) -> float:
    more = (LARGE - SMALL) * PER_RUN_MAX if COUNTS_EXACTLY.search(name) else 0
    return max(small, FLOOR) * GROWTH_MAX + more
