"""Workflow instances of the stored project: one for every thirty runs, in all states, and some that run.

Those that run have a start run that is due in a month, so that the engine which starts on them leaves them be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import apsw
import msgspec

from motia.ledger import Memo
from motia.ledger.sqlite import instances_sql
from motia.model import InstanceState, RunState, Source, StepId, WorkflowMember, WorkflowSpec, run_id_of

CHAIN = ("charge-card", "ship-order", "send-mail")
INSTANCE_EVERY = 30
"""Runs for each finished instance; three of them are its members'."""
RUNNING = 500
RETURN_EVERY, RETIRED_EVERY = 50, 1_000
"""Instances of a rarer workflow, and of one that is configured no more."""
MONTH_MS = 30 * 86_400_000
COLUMNS = [column.strip() for column in instances_sql.COLUMNS.split(",")]


class Runs(Protocol):
    """The runs that the instances are of, by their place in the story."""

    def number_of(self, n: int) -> int: ...

    def at_of(self, number: int) -> int: ...

    def trace_of(self, n: int) -> str: ...


def fill_instances(db: apsw.Connection, runs: Runs, *, finished: int, waiting: Iterator[int]) -> None:
    """Write the instances of `finished` runs, and one that runs for each run of `waiting` (numbers)."""
    marks = ",".join("?" * len(COLUMNS))
    insert = f"INSERT INTO instances ({instances_sql.COLUMNS}) VALUES ({marks})"
    db.executemany(insert, (_finished(runs, k) for k in range(finished // INSTANCE_EVERY)))
    parts = (
        (instance_number(runs, k), runs.number_of(k * INSTANCE_EVERY + part), step, 0)
        for k in range(finished // INSTANCE_EVERY)
        for part, step in enumerate(CHAIN)
    )
    db.executemany(instances_sql.INSERT_MEMBER_RUN, parts)
    open_ones = list(zip(waiting, range(RUNNING), strict=False))
    db.executemany(insert, (_running(runs, number) for number, _ in open_ones))
    db.executemany(
        instances_sql.INSERT_MEMBER_RUN, ((number + 1, number, "count-stock", 0) for number, _ in open_ones)
    )


def instance_number(runs: Runs, k: int) -> int:
    """The number of the `k`-th finished instance: behind that of its first run."""
    return runs.number_of(k * INSTANCE_EVERY) + 1


def state_of(k: int) -> InstanceState:
    """How the `k`-th finished instance ended."""
    rare = (InstanceState.FAILED, InstanceState.CANCELLED, InstanceState.TIMED_OUT)
    return rare[k % 20] if k % 20 < len(rare) else InstanceState.COMPLETED


def workflow_of(k: int) -> str:
    """The workflow of the `k`-th finished instance."""
    if k % RETIRED_EVERY == 7:
        return "retired"
    return "return" if k % RETURN_EVERY == 20 else "order"


def _spec(workflow: str, start: str, *members: str) -> bytes:
    before: tuple[StepId, ...] = ()
    made = []
    for step in map(StepId, members):
        made.append(WorkflowMember(step=step, after=before))
        before = (step,)
    source = Source(file=f"motia/workflows/{workflow}.yaml", line=1)
    return msgspec.json.encode(
        WorkflowSpec(id=workflow, start=StepId(start), members=tuple(made), source=source)
    )


SPECS = {workflow: _spec(workflow, *CHAIN) for workflow in ("order", "return", "retired")}
WAITING_SPEC = _spec("stock", "count-stock", "nightly-report")


def _finished(runs: Runs, k: int) -> tuple[Any, ...]:
    number, first = instance_number(runs, k), k * INSTANCE_EVERY
    state, workflow = state_of(k), workflow_of(k)
    is_well = state is InstanceState.COMPLETED
    ends = dict.fromkeys(CHAIN, RunState.COMPLETED)
    if not is_well:
        ends[CHAIN[2]] = RunState.DEAD if state is InstanceState.FAILED else RunState.CANCELLED
    memos = {
        step: Memo(state=end, run=run_id_of(runs.number_of(first + part)), is_free=True)
        for part, (step, end) in enumerate(ends.items())
    }
    values = {
        "id": number,
        "workflow": workflow,
        "trace": runs.trace_of(first),
        "state": state.value,
        "version": 5,
        "finished_at": runs.at_of(number) + 500,
        "reason": "" if is_well else f"{CHAIN[2]} is {ends[CHAIN[2]]}",
        "members_total": 3,
        "members_completed": 3 if is_well else 2,
        "start_run": runs.number_of(first),
        "memos": msgspec.json.encode(memos),
        "spec": SPECS[workflow],
    }
    return tuple(values.get(column) for column in COLUMNS)


def _running(runs: Runs, number: int) -> tuple[Any, ...]:
    values = {
        "id": number + 1,
        "workflow": "stock",
        "trace": f"{number:032x}",
        "state": InstanceState.RUNNING.value,
        "is_open": 1,
        "version": 1,
        "due_at": runs.at_of(number) + 2 * MONTH_MS if number % 2 else None,
        "reason": "",
        "members_total": 2,
        "members_completed": 0,
        "start_run": number,
        "memos": b"{}",
        "spec": WAITING_SPEC,
    }
    return tuple(values.get(column) for column in COLUMNS)
