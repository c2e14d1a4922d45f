"""Where the members of an instance stand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from snapshots import snapshot

from motia.ledger import handlers_of, instance_of, standings, waits_for
from motia.ledger.instances import decode_spec
from motia.model import RunState, StepId, run_id_of

A, B, C, START = map(StepId, ("a", "b", "c", "start"))


@pytest.mark.parametrize(
    ("states", "state", "is_over"),
    [
        (("running", "ready"), "running", False),
        (("completed", "retrying", "held"), "retrying", False),
        (("completed", "completed"), "completed", True),
        (("completed", "dead", "ready"), "dead", False),
        (("skipped", "cancelled", "completed"), "cancelled", True),
        ((), None, False),
    ],
)
def test_several_runs_make_one_standing(states: Any, state: str | None, is_over: bool) -> None:
    standing = standings(snapshot(*(("a", one) for one in states)))[A]

    assert (standing.state, standing.is_over) == (state, is_over)


def test_the_result_is_that_of_the_run_that_completed_last() -> None:
    found = snapshot(("a", "completed"), ("a", "completed"))
    late = msgspec.structs.replace(found.runs[0], finished_at=50)
    found = msgspec.structs.replace(found, runs=(late, found.runs[1]))

    standing = standings(found)[A]

    assert (standing.completed, standing.run) == (found.runs[0].run, found.runs[1].run)


def test_what_is_shown_says_what_each_waits_for() -> None:
    found = snapshot(("start", "completed"), ("a", "completed"), ("c", "held"))

    shown = {member.step: member for member in instance_of(found).members}

    assert (shown[C].state, shown[C].waits_for, shown[B].waits_for) == ("blocked", (B,), ())
    assert waits_for(decode_spec(found.record.spec), START, standings(found)) == ()


@pytest.mark.parametrize("state", ["ready", "running", "retrying", "scheduled", "blocked"])
def test_a_dead_run_decides_nothing_while_its_error_step_is_at_it(state: str) -> None:
    found = snapshot(("a", "completed"), ("a", "dead"), ("mend", state, 2), ("c", "held"))

    standing = standings(found)[A]

    assert (standing.state, standing.handled_by) == (RunState.DEAD, run_id_of(3))
    assert (standing.is_over, standing.has_failed, standing.has_completed) == (False, False, False)
    assert handlers_of(found) == {run_id_of(2): run_id_of(3)}
    shown = {member.step: member for member in instance_of(found).members}
    assert (shown[A].handled_by, shown[C].waits_for) == (run_id_of(3), (A, B))


@pytest.mark.parametrize("state", ["completed", "dead", "cancelled", "parked"])
def test_a_dead_run_decides_when_its_error_step_is_over_or_nobody_has_it(state: str) -> None:
    standing = standings(snapshot(("a", "dead"), ("mend", state, 1)))[A]

    assert (standing.has_failed, standing.is_over, standing.handled_by) == (True, True, None)


def test_another_dead_run_decides_beside_one_that_is_handled() -> None:
    standing = standings(snapshot(("a", "dead"), ("a", "dead"), ("mend", "running", 1)))[A]

    assert (standing.has_failed, standing.is_over, standing.failed) == (True, False, run_id_of(2))
