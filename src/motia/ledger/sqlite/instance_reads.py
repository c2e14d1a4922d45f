"""Reads of workflow instances. Functions of a reader's thread.

A list goes down by id in the index of what its filter names: trace, workflow and state, workflow, state.
"""

from __future__ import annotations

from typing import Any

import apsw

from motia.ledger.instances import Due, InstanceSnapshot, MemberRun, is_member
from motia.ledger.numbers import number_of
from motia.ledger.rules import COUNT_MAX
from motia.ledger.sqlite import instances_sql as sql
from motia.ledger.sqlite.instances import number_of_instance, record_of
from motia.ledger.standing import summary_of
from motia.model import InstancePage, InstanceState, RunId, RunState, StepId, TraceId, run_id_of

ID_MAX = (1 << 63) - 1


def get_instance(conn: apsw.Connection, instance: str) -> InstanceSnapshot | None:
    """See `Ledger.get_instance`."""
    number = number_of_instance(instance)
    row = conn.execute(sql.SELECT_INSTANCE, (number,)).fetchone()
    if row is None:
        return None
    record = record_of(row)
    runs = tuple(
        MemberRun(
            run=run_id_of(run),
            step=StepId(step),
            state=RunState(state),
            is_held=bool(is_held),
            finished_at=finished_at,
            reason=reason,
            handles=None if parent is None or is_member(record, step) else run_id_of(parent),
        )
        for run, step, state, is_held, finished_at, reason, parent in conn.execute(
            sql.SELECT_MEMBER_RUNS, (number,)
        )
    )
    return InstanceSnapshot(record=record, runs=runs)


def instances_of_run(conn: apsw.Connection, run: RunId) -> dict[str, bool]:
    """See `Ledger.instances_of_run`."""
    rows = conn.execute(sql.SELECT_HOLDS_OF_RUN, (number_of(run),))
    return {run_id_of(instance): bool(is_held) for instance, is_held in sorted(rows)}


def list_instances(
    conn: apsw.Connection,
    workflow: str | None,
    state: InstanceState | None,
    trace: TraceId | None,
    limit: int,
    cursor: str | None,
) -> InstancePage:
    """See `Ledger.list_instances`; the cursor is the id of the last one shown."""
    before = ID_MAX if cursor is None else max(number_of_instance(cursor), 0)
    terms: list[str] = ["id < ?"]
    bindings: list[Any] = [before]
    for column, value in (("workflow", workflow), ("state", state), ("trace", trace)):
        if value is not None:
            terms.append(f"{column} = ?")
            bindings.append(value)
    statement = (
        f"SELECT {sql.COLUMNS} FROM instances {index_for(workflow, state, trace)}"
        f" WHERE {' AND '.join(terms)} ORDER BY id DESC LIMIT ?"
    )
    rows = conn.execute(statement, (*bindings, limit + 1)).fetchall()
    found = tuple(summary_of(record_of(row)) for row in rows[:limit])
    return InstancePage(instances=found, cursor=found[-1].id if len(rows) > limit else None)


def index_for(workflow: str | None, state: str | None, trace: str | None) -> str:
    """The index that narrows a list most."""
    if trace is not None:
        return "INDEXED BY instances_by_trace"
    if workflow is not None and state is not None:
        return "INDEXED BY instances_by_workflow_state"
    if workflow is not None:
        return "INDEXED BY instances_by_workflow"
    return "NOT INDEXED" if state is None else "INDEXED BY instances_by_state"


def count_instances(conn: apsw.Connection) -> dict[str, dict[InstanceState, int]]:
    """See `Ledger.count_instances`."""
    counts: dict[str, dict[InstanceState, int]] = {}
    row = conn.execute(sql.SELECT_NEXT_WORKFLOW, ("",)).fetchone()
    while row is not None:
        for state in InstanceState:
            (count,) = next(conn.execute(sql.COUNT_INSTANCES, (row[0], state, COUNT_MAX)))
            if count:
                counts.setdefault(row[0], {})[state] = count
        row = conn.execute(sql.SELECT_NEXT_WORKFLOW, row).fetchone()
    return counts


def open_instances(conn: apsw.Connection, after: str | None, limit: int) -> list[tuple[str, TraceId]]:
    """See `Ledger.open_instances`."""
    behind = -1 if after is None else number_of_instance(after)
    rows = conn.execute(sql.SELECT_OPEN_INSTANCES, (behind, limit))
    return [(run_id_of(number), TraceId(trace)) for number, trace in rows]


def due_instances(conn: apsw.Connection, now: int, limit: int) -> Due:
    """See `Ledger.due_instances`."""
    due = tuple(run_id_of(number) for (number,) in conn.execute(sql.SELECT_DUE_INSTANCES, (now, limit)))
    following = conn.execute(sql.SELECT_NEXT_DUE_INSTANCE, (now,)).fetchone()
    return Due(due, None if following is None else following[0])
