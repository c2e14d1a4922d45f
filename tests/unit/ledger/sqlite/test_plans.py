"""Each statement leans on its index: nothing reads all finished runs."""

from __future__ import annotations

from typing import Any

import apsw
import pytest

from motia.ledger.sqlite import (
    accepting,
    executing,
    instance_reads,
    instances_sql,
    keeping_sql,
    listing,
    runs_sql,
)
from motia.ledger.sqlite.migrations import migrate
from motia.ledger.sqlite.store import Store
from motia.model import (
    Delivery,
    NewEvent,
    NodeId,
    RunFilter,
    RunId,
    RunState,
    StepId,
    TraceId,
    TriggerKind,
)
from motia.runtime import FrozenClock

# Statements that go through a table on purpose, each over a bounded or small part.
SCANS = {
    "SELECT_PAUSED": "paused_steps",
    "SELECT_TRACE_TAIL": "",
    "SELECT_TRACE_BLOCKS": "trace_blocks",
    "COUNT_OPEN": "runs USING INDEX runs_open",
    "COUNT_IN_KEYS": "runs USING COVERING INDEX runs_in_key",
    "COUNT_DEPTHS": "runs USING COVERING INDEX runs_open",
    "SELECT_PARKED_BEFORE": "runs USING INDEX runs_parked",
    "COUNT_PARKED": "runs USING COVERING INDEX runs_parked",
    "SELECT_NEXT_DUE": "runs USING COVERING INDEX runs_due",
    "SELECT_DUE": "runs USING INDEX runs_due",
    "COUNT_GROUPS": "state USING COVERING INDEX",
    "DELETE_HTTP_IN_FLIGHT": "http_keys",
    "DELETE_FIRES": "f",
    "SELECT_LAST_ID": "",
    "SELECT_TRACE_END": "",
    "SELECT_LAST_INSTANCE": "",
    "COUNT_INSTANCES": "(subquery",
}


def statements() -> dict[str, str]:
    found = {}
    for module in (runs_sql, keeping_sql, instances_sql, listing):
        texts = {
            name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)
        }
        found |= {
            name: text for name, text in texts.items() if text.startswith(("SELECT", "UPDATE", "DELETE"))
        }
    found["complete_runs"] = runs_sql.complete_runs(4)
    return found


@pytest.fixture(scope="module")
def conn() -> apsw.Connection:
    made = apsw.Connection(":memory:")
    migrate(made, now_ms=1)
    return made


def plan_of(conn: apsw.Connection, statement: str, bindings: Any = None) -> list[str]:
    if bindings is None:
        bindings = (0,) * statement.count("?")
    return [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}", bindings)]


@pytest.mark.parametrize("name", sorted(statements()))
def test_no_statement_scans_what_grows(conn: apsw.Connection, name: str) -> None:
    plan = plan_of(conn, statements()[name])
    scans = [line for line in plan if line.startswith("SCAN") and "json_each" not in line]
    scans = [line for line in scans if "CONSTANT ROWS" not in line and line != "SCAN done"]

    if name in SCANS:
        assert all(SCANS[name] in line for line in scans), plan
    else:
        assert scans == [], plan


def test_claims_are_read_in_the_order_of_the_index(conn: apsw.Connection) -> None:
    for statement in (runs_sql.SELECT_READY, runs_sql.SELECT_READY_OF_LANE):
        assert not any("TEMP B-TREE" in line for line in plan_of(conn, statement))


def test_replays_of_a_run_are_read_from_their_index_in_its_order(conn: apsw.Connection) -> None:
    plan = plan_of(conn, listing.SELECT_REPLAYS)

    assert plan == ["SEARCH runs USING INDEX runs_of_original (replay_of=?)"]


STEP, DEAD = StepId("s"), (RunState.DEAD,)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (RunFilter(step=STEP), "USING INDEX runs_by_step (step=? AND rowid>? AND rowid<?)"),
        (RunFilter(states=DEAD), "USING INDEX runs_failed (state=? AND rowid>? AND rowid<?)"),
        (RunFilter(states=DEAD, step=STEP), "USING INDEX runs_failed_by_step (step=? AND state=?"),
        (RunFilter(kind=TriggerKind.CRON), "USING INDEX runs_by_kind (kind=? AND rowid>? AND rowid<?)"),
        (RunFilter(ids=(RunId("0" * 16),)), "USING INTEGER PRIMARY KEY (rowid=?)"),
        (RunFilter(ids=(RunId("0" * 16),), states=DEAD), "USING INTEGER PRIMARY KEY (rowid=?)"),
        (RunFilter(), "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (RunFilter(states=(RunState.READY,)), "USING COVERING INDEX runs_open"),
    ],
)
def test_a_list_takes_the_index_of_its_filter(conn: apsw.Connection, where: RunFilter, expected: str) -> None:
    seen: list[str] = []

    def trace(cursor: apsw.Cursor, statement: str, bindings: Any) -> bool:
        seen.append(statement)
        return True

    conn.exec_trace = trace
    try:
        listing.list_runs(conn, where, 10, None)
    finally:
        conn.exec_trace = None

    plan = plan_of(conn, seen[-1])
    assert any(expected in line for line in plan), plan
    if where.states != (RunState.READY,):
        assert not any("TEMP B-TREE" in line for line in plan), plan


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ((None, None, None), "USING INTEGER PRIMARY KEY (rowid<?)"),
        (("w", None, None), "USING INDEX instances_by_workflow (workflow=? AND rowid<?)"),
        (
            ("w", "failed", None),
            "USING INDEX instances_by_workflow_state (workflow=? AND state=? AND rowid<?)",
        ),
        ((None, "failed", None), "USING INDEX instances_by_state (state=? AND rowid<?)"),
        (("w", "failed", "t"), "USING INDEX instances_by_trace (trace=? AND rowid<?)"),
    ],
)
def test_a_list_of_instances_takes_the_index_of_its_filter(
    conn: apsw.Connection, where: tuple[Any, Any, Any], expected: str
) -> None:
    seen: list[str] = []
    conn.exec_trace = lambda cursor, statement, bindings: seen.append(statement) is None
    try:
        instance_reads.list_instances(conn, *where, 10, None)
    finally:
        conn.exec_trace = None

    plan = plan_of(conn, seen[-1])
    assert any(expected in line for line in plan), plan
    assert not any("TEMP B-TREE" in line for line in plan), plan


def test_a_run_in_no_workflow_costs_no_statement_more() -> None:
    seen: list[str] = []
    conn = apsw.Connection(":memory:")
    migrate(conn, now_ms=1)
    store = Store(conn, clock=FrozenClock())
    store.load()
    event = NewEvent(
        target="s",
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=TraceId("t" * 32),
        deliveries=(Delivery(step=STEP),),
    )

    conn.exec_trace = lambda cursor, statement, bindings: seen.append(statement.split(" ")[0]) is None
    accepted = accepting.accept(store, event, NodeId("n"))
    executing.complete(store, accepted.run, accepted.claims[0].epoch, None)
    store.flush()

    assert seen == ["INSERT", "WITH"]


def test_a_trace_is_looked_for_in_its_blocks_alone(conn: apsw.Connection) -> None:
    page = listing.list_runs(conn, RunFilter(trace=TraceId("a" * 32)), 10, None)

    assert page.runs == ()
