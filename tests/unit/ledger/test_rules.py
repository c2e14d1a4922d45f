from __future__ import annotations

import pytest

from motia.ledger.rules import (
    check_event,
    check_limit,
    digest_of,
    failed_state,
    first_state,
    may_claim_directly,
    release_error,
)
from motia.model import (
    Cancelled,
    Dead,
    Delivery,
    InternalError,
    NewEvent,
    RetryAt,
    RunState,
    StepId,
    TraceId,
    TriggerKind,
)

DELIVERY = Delivery(step=StepId("a"))


def event(*deliveries: Delivery) -> NewEvent:
    return NewEvent(
        target="a", kind=TriggerKind.EVENT, payload=b"{}", trace=TraceId("0" * 32), deliveries=deliveries
    )


@pytest.mark.parametrize(
    ("parked", "due_at", "is_key_taken", "state"),
    [
        (True, 9, True, RunState.PARKED),
        (False, 9, True, RunState.BLOCKED),
        (False, 9, False, RunState.SCHEDULED),
        (False, 5, False, RunState.READY),
        (False, None, False, RunState.READY),
    ],
)
def test_the_first_state_of_a_run(parked: bool, due_at: int | None, is_key_taken: bool, state: RunState):
    delivery = Delivery(step=StepId("a"), parked=parked)

    assert first_state(delivery, due_at=due_at, now=5, is_key_taken=is_key_taken) == state


@pytest.mark.parametrize(
    ("outcome", "cancelled_by", "expected"),
    [
        (RetryAt(9), None, (RunState.RETRYING, None)),
        (RetryAt(9), "asked", (RunState.CANCELLED, "asked")),
        (Dead("fatal"), "asked", (RunState.DEAD, "fatal")),
        (Cancelled("timeout"), None, (RunState.CANCELLED, "timeout")),
    ],
)
def test_the_state_after_a_failed_attempt(outcome, cancelled_by, expected):
    assert failed_state(outcome, cancel_reason=cancelled_by) == expected


def test_an_event_that_goes_nowhere_is_refused():
    check_event(event(DELIVERY))
    with pytest.raises(InternalError, match="no delivery"):
        check_event(event())


def test_only_a_single_run_without_a_lane_is_claimed_at_once():
    assert may_claim_directly(event(DELIVERY))
    assert not may_claim_directly(event(DELIVERY, DELIVERY))
    assert not may_claim_directly(event(Delivery(step=StepId("a"), lane="eu")))


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_limit_out_of_bounds_is_refused(limit: int):
    assert (check_limit(1), check_limit(1_000)) == (1, 1_000)
    with pytest.raises(InternalError, match="a limit is 1 to 1,000"):
        check_limit(limit)


def test_a_release_says_whether_the_worker_died():
    assert release_error(crashed=True, reason="") is None
    assert [release_error(crashed=crashed, reason="x").name for crashed in (True, False)] == [
        "WorkerCrashed",
        "Released",
    ]


def test_equal_payloads_have_equal_digests():
    assert digest_of(b"a") == digest_of(b"a") != digest_of(b"b")
