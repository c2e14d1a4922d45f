"""Why a member is where it is, in words."""

from __future__ import annotations

import pytest
from dispatch_world import workflow_spec

from motia.model import Instance, InstanceState, MemberState, RunId, RunState, StepId, TraceId
from motia.workflow import why_of

A, B = StepId("a"), StepId("b")


def why(member: MemberState, state: InstanceState = InstanceState.RUNNING) -> str:
    instance = Instance(
        id="i",
        workflow="w",
        trace=TraceId("t"),
        state=state,
        spec=workflow_spec("w", "start", {"a": [], "b": ["a"]}),
        members=(member,),
        opened_at=1,
    )
    return why_of(instance)[member.step]


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (MemberState(step=B, waits_for=(A,)), "waits for a"),
        (MemberState(step=B, state=RunState.BLOCKED, waits_for=(A, StepId("c"))), "waits for a, c"),
        (MemberState(step=B, state=RunState.BLOCKED), "its run is blocked"),
        (MemberState(step=B), "is about to be triggered"),
        (MemberState(step=B, state=RunState.RUNNING), "its run is running"),
        (MemberState(step=B, state=RunState.COMPLETED), ""),
        (MemberState(step=B, state=RunState.DEAD, reason="fatal"), "dead: fatal"),
        (
            MemberState(step=B, state=RunState.DEAD, reason="fatal", handled_by=RunId("e")),
            "its error step may trigger it again (run e), and is waited for; dead: fatal",
        ),
        (
            MemberState(step=B, state=RunState.SKIPPED, reason="predecessor a is dead"),
            "skipped: predecessor a is dead",
        ),
        (MemberState(step=B, state=RunState.CANCELLED), "cancelled"),
    ],
)
def test_a_member_of_a_running_instance(member: MemberState, words: str) -> None:
    assert why(member) == words


def test_a_member_that_was_never_triggered() -> None:
    assert why(MemberState(step=B, waits_for=(A,)), InstanceState.FAILED) == "was never triggered"
