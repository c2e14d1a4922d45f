"""What a replay of a member takes back, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from dispatch_world import workflow_spec
from snapshots import REQUEST, snapshot

from motia.ledger import Memo
from motia.model import InstanceConflict, RunState, StepId, run_id_of
from motia.workflow.replaying import plan_replay

A, B, C, START = map(StepId, ("a", "b", "c", "start"))
CHAIN = workflow_spec("w", "start", {"a": [], "b": ["a"], "c": ["b"]})


def test_a_dead_member_and_what_was_skipped_behind_it() -> None:
    plan = plan_replay(
        snapshot(
            *(("start", "completed"), ("a", "dead"), ("b", "skipped")),
            spec=CHAIN,
            memos={C: Memo(state=RunState.SKIPPED)},
        ),
        A,
    )

    assert plan.replayed == run_id_of(2)
    assert plan.again == ((B, run_id_of(3)),)
    assert plan.supersedes == (run_id_of(2), run_id_of(3))
    assert plan.forgets == (A, B, C)


def test_completed_runs_of_the_member_still_count() -> None:
    plan = plan_replay(snapshot(("start", "completed"), ("a", "completed"), ("a", "dead"), spec=CHAIN), A)

    assert (plan.replayed, plan.supersedes) == (run_id_of(3), (run_id_of(3),))


def test_a_member_behind_that_is_dead_by_itself_is_left_alone() -> None:
    plan = plan_replay(snapshot(("start", "completed"), ("a", "dead"), ("b", "dead"), spec=CHAIN), A)

    assert plan.forgets == (A,)


def test_a_member_that_never_had_a_run_is_replayed_without_one() -> None:
    cancelled = Memo(state=RunState.CANCELLED)

    plan = plan_replay(snapshot(("start", "completed"), spec=CHAIN, memos={A: cancelled}), A)

    assert (plan.replayed, plan.supersedes, plan.forgets) == (None, (), (A,))


def test_the_start_run_is_replayed_too() -> None:
    plan = plan_replay(snapshot(("start", "dead"), spec=CHAIN), START)

    assert plan.replayed == run_id_of(1)


@pytest.mark.parametrize(
    ("states", "step", "options", "words"),
    [
        ((("start", "completed"),), "x", {}, "no member 'x'"),
        ((("start", "dead"),), "start", {"request": REQUEST}, "was a request"),
        ((("start", "completed"), ("a", "dead"), ("a", "ready")), "a", {}, "not finished"),
        ((("start", "completed"),), "a", {}, "has not been triggered"),
        ((("start", "completed"), ("a", "completed")), "a", {}, "has completed"),
        ((("start", "dead"), ("a", "skipped")), "a", {}, r"comes after start \(dead\)"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_the_reason(
    states: Any, step: str, options: Any, words: str
) -> None:
    with pytest.raises(InstanceConflict, match=words):
        plan_replay(snapshot(*states, spec=CHAIN, **options), StepId(step))
