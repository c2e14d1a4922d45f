"""Why a member of an instance is where it is, in words."""

from __future__ import annotations

from typing import Final

from motia.model import Instance, InstanceState, MemberState, RunState, StepId
from motia.workflow.events import PAYLOAD_INVALID
from motia.workflow.rules import CANCELLED, LOST, TIMED_OUT

REASONS: Final = {
    CANCELLED: "the instance was cancelled",
    TIMED_OUT: "the time of the instance was over",
    LOST: "the engine ended during the request",
    PAYLOAD_INVALID: "the payload that it would get does not fit its schema",
}
"""What the codes on runs mean."""


def why_of(instance: Instance) -> dict[StepId, str]:
    """One sentence a member; empty for what needs none."""
    return {member.step: _why(instance, member) for member in instance.members}


def handling(member: MemberState, why: str) -> str:
    """`why` a member is dead, and whether it may still be tried again."""
    if member.handled_by is None:
        return why
    # The news first: a list cuts what is long.
    return f"its error step may trigger it again (run {member.handled_by}), and is waited for; {why}"


def _why(instance: Instance, member: MemberState) -> str:
    is_waiting = member.state in (None, RunState.BLOCKED, RunState.PARKED) and member.waits_for
    if is_waiting and instance.state is InstanceState.RUNNING:
        return f"waits for {', '.join(member.waits_for)}"
    match member.state:
        case None:
            return (
                "is about to be triggered"
                if instance.state is InstanceState.RUNNING
                else "was never triggered"
            )
        case RunState.COMPLETED:
            return ""
        case RunState.DEAD | RunState.CANCELLED | RunState.SKIPPED:
            reason = REASONS.get(member.reason, member.reason)
            return handling(member, f"{member.state}: {reason}" if reason else f"{member.state}")
    return f"its run is {member.state}"
