from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.conformance.ledger.flow import FIRST, OTHER, START, TRACE, opening

from motia.ledger import SqliteLedger
from motia.model import Accepted, Delivery, NewEvent, Run, StepId, TraceId, TriggerKind
from motia.runtime import FrozenClock
from motia.workbench.instance_links import instances_of_run, instances_of_trace


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Reads on the connections that are opened meanwhile."""
    statements: list[str] = []

    def watch(connection: apsw.Connection) -> None:
        def done(event: dict[str, Any]) -> None:
            if event["sql"].startswith("SELECT"):
                statements.append(event["sql"])

        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, done)

    apsw.connection_hooks.append(watch)
    yield statements
    apsw.connection_hooks.remove(watch)


@pytest.fixture
async def ledger(tmp_path: Path, asked: list[str]) -> AsyncIterator[SqliteLedger]:
    made = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock())
    await made.open()
    yield made
    await made.close()


async def accept(
    ledger: SqliteLedger, step: str, *workflows: str, trace: TraceId = TRACE
) -> tuple[Run, Accepted]:
    event = NewEvent(
        target=step,
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=trace,
        deliveries=(Delivery(step=StepId(step)),),
        opens=tuple(opening(workflow) for workflow in workflows),
    )
    accepted = await ledger.accept(event)
    run = await ledger.get(accepted.run)
    assert run is not None
    return run, accepted


async def test_the_start_and_a_member_name_the_instances_that_they_are_part_of(ledger: SqliteLedger):
    start, opened = await accept(ledger, START, "flow", "audit")
    member, _ = await accept(ledger, FIRST)

    named = [(link.id, link.workflow, link.state) for link in await instances_of_run(ledger, start)]

    assert named == [
        (opened.instances[1], "audit", "running"),
        (opened.instances[0], "flow", "running"),
    ]
    assert await instances_of_run(ledger, member) == await instances_of_run(ledger, start)
    assert await instances_of_trace(ledger, TRACE) == await instances_of_run(ledger, start)


async def test_what_is_in_no_workflow_names_none(ledger: SqliteLedger):
    await accept(ledger, START, "flow")
    beside, _ = await accept(ledger, "nobody")
    elsewhere, _ = await accept(ledger, FIRST, trace=OTHER)

    assert await instances_of_run(ledger, beside) == ()
    assert await instances_of_run(ledger, elsewhere) == ()
    assert await instances_of_trace(ledger, OTHER) == ()


async def test_a_run_of_an_early_instance_is_not_lost_behind_many_later_ones(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("motia.workbench.instance_links.LINKS_MAX", 2)
    start, opened = await accept(ledger, START, "flow")
    for later in ("second", "third", "fourth"):
        await accept(ledger, START, later)

    (link,) = await instances_of_run(ledger, start)

    assert (link.id, link.workflow) == (opened.instances[0], "flow")
    assert [link.workflow for link in await instances_of_trace(ledger, TRACE)] == ["fourth", "third"]


async def test_a_run_in_no_workflow_costs_one_statement_and_one_in_a_workflow_two(
    ledger: SqliteLedger, asked: list[str]
):
    start, _ = await accept(ledger, START, "flow")
    beside, _ = await accept(ledger, "nobody")
    asked.clear()

    await instances_of_run(ledger, beside)
    (of_run,) = asked
    await instances_of_run(ledger, start)

    assert "INDEXED BY instance_runs_of_run" in of_run
    assert asked[1] == of_run
    assert "INDEXED BY instances_by_trace" in asked[2]
    assert len(asked) == 3
