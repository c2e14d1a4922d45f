"""The table of states in motia/model/run.py, row by row, and the fences on it."""

from __future__ import annotations

from typing import Any

import pytest

from motia.model import (
    Cancelled,
    Dead,
    Delivery,
    Epoch,
    NodeId,
    RetryAt,
    RunConflict,
    RunId,
    RunNotFound,
    RunState,
    StepId,
)


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({}, RunState.READY),
        ({"due_at": 1_767_225_601_000}, RunState.SCHEDULED),
        ({"parked": True}, RunState.PARKED),
        ({"key": "k"}, RunState.BLOCKED),
    ],
)
async def test_an_event_is_accepted_in_its_first_state(h: Any, options: Any, state: RunState) -> None:
    await h.accept(key="k")

    accepted = await h.accept(**options)

    assert accepted.states == (state,)
    assert await h.state(accepted.run) == state


async def test_an_event_with_a_claimant_is_accepted_running(h: Any) -> None:
    accepted = await h.ledger.accept(h.event(), claimant=NodeId("n"))

    assert accepted.states == (RunState.RUNNING,)
    (claim,) = accepted.claims
    run = await h.ledger.get(accepted.run)
    assert (run.node, run.epoch, run.attempt) == ("n", claim.epoch, claim.attempt) == ("n", 1, 1)
    assert run.started_at == claim.claimed_at == h.clock.now_ms()


@pytest.mark.parametrize("first", ["scheduled", "retrying"])
async def test_a_run_whose_time_has_come_is_promoted(h: Any, first: str) -> None:
    due_at = h.clock.now_ms() + 5_000
    if first == "scheduled":
        run = (await h.accept(due_at=due_at)).run
    else:
        claim = await h.start()
        run = claim.run
        await h.ledger.fail(run, claim.epoch, error=h.error, outcome=RetryAt(due_at=due_at))
    assert await h.state(run) == first

    early = await h.ledger.promote()
    await h.clock.advance(5)
    late = await h.ledger.promote()

    assert (early.ready_steps, early.next_due_at) == (frozenset(), due_at)
    assert (late.ready_steps, late.next_due_at) == (frozenset({"step-a"}), None)
    assert await h.state(run) == "ready"
    (claim,) = await h.claim()
    assert claim.ready_at == h.clock.now_ms()


@pytest.mark.parametrize("how", ["complete", "dead", "cancelled", "cancel"])
async def test_a_blocked_run_is_ready_when_the_one_ahead_is_finished(h: Any, how: str) -> None:
    if how == "cancel":
        head = await h.accept(key="k")
    else:
        head = await h.start(key="k")
    behind = await h.accept(key="k")

    if how == "complete":
        done = await h.ledger.complete(head.run, head.epoch, result=None)
    elif how == "cancel":
        done = await h.ledger.cancel(head.run, reason="by_hand")
        assert done.unblocked_step == "step-a"
    else:
        outcome = Dead(reason="fatal") if how == "dead" else Cancelled(reason="by_hand")
        done = await h.ledger.fail(head.run, head.epoch, error=h.error, outcome=outcome)

    assert done.unblocked == behind.run
    assert await h.state(behind.run) == "ready"


@pytest.mark.parametrize("state", ["ready", "scheduled", "blocked"])
async def test_a_parked_run_is_delivered_in_its_first_state(h: Any, state: str) -> None:
    due_at = h.clock.now_ms() + 1_000 if state == "scheduled" else None
    if state == "blocked":
        await h.accept("late", key="k")
    parked = await h.accept("topic", parked=True, due_at=due_at, key="k" if state == "blocked" else None)
    assert await h.ledger.parked_targets() == {"topic": 1}

    freed = await h.ledger.deliver_parked("topic", (Delivery(step=StepId("late")),))

    assert freed == [parked.run]
    run = await h.ledger.get(parked.run)
    assert (run.state, run.step, run.target) == (state, "late", "topic")
    assert await h.ledger.parked_targets() == {}


async def test_a_claim_raises_the_epoch_and_counts_the_attempt(h: Any) -> None:
    accepted = await h.accept(payload=b'{"a":[1,2]}', priority=3, info=b"{}")

    (claim,) = await h.claim()

    assert (claim.run, claim.epoch, claim.attempt, claim.payload) == (accepted.run, 1, 1, b'{"a":[1,2]}')
    assert (claim.priority, claim.info, claim.created_at) == (3, b"{}", h.clock.now_ms())
    assert await h.state(accepted.run) == "running"
    assert await h.claim() == []


async def test_a_completed_run_keeps_its_result(h: Any) -> None:
    claim = await h.start()
    await h.clock.advance(1)

    done = await h.ledger.complete(claim.run, claim.epoch, result=b"[1]")

    run = await h.ledger.get(claim.run)
    assert done.is_current
    assert (run.state, run.result, run.finished_at) == ("completed", b"[1]", h.clock.now_ms())
    assert await h.ledger.attempts(claim.run) == []


async def test_a_failed_attempt_is_on_record(h: Any) -> None:
    claim = await h.start()
    due_at = h.clock.now_ms() + 10

    await h.ledger.fail(claim.run, claim.epoch, error=h.error, outcome=RetryAt(due_at=due_at))

    (attempt,) = await h.ledger.attempts(claim.run)
    assert (attempt.attempt, attempt.epoch, attempt.outcome, attempt.error) == (1, 1, "retrying", h.error)
    run = await h.ledger.get(claim.run)
    assert (run.error, run.due_at, run.finished_at) == (h.error, due_at, None)


async def test_a_completion_after_a_failure_clears_the_error(h: Any) -> None:
    claim = await h.start()
    await h.ledger.fail(claim.run, claim.epoch, error=h.error, outcome=RetryAt(due_at=0))
    await h.ledger.promote()
    (second,) = await h.claim()
    assert (second.attempt, second.epoch) == (2, 2)

    await h.ledger.complete(second.run, second.epoch, result=None)

    run = await h.ledger.get(claim.run)
    assert (run.state, run.error, run.attempt) == ("completed", None, 2)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Dead(reason="retries_used"), "dead"), (Cancelled(reason="by_hand"), "cancelled")],
)
async def test_a_final_failure_says_why(h: Any, outcome: Any, state: str) -> None:
    claim = await h.start()

    await h.ledger.fail(claim.run, claim.epoch, error=h.error, outcome=outcome)

    run = await h.ledger.get(claim.run)
    assert (run.state, run.reason, run.error) == (state, outcome.reason, h.error)
    assert run.finished_at == h.clock.now_ms()


async def test_a_released_attempt_is_not_counted(h: Any) -> None:
    claim = await h.start()

    done = await h.ledger.release(claim.run, claim.epoch, reason="drain")

    assert done.is_current
    assert await h.state(claim.run) == "ready"
    (again,) = await h.claim()
    assert (again.attempt, again.epoch, again.crashes, again.is_suspect) == (1, 2, 0, False)
    (attempt,) = await h.ledger.attempts(claim.run)
    assert (attempt.outcome, attempt.error.message) == ("released", "drain")


async def test_a_crash_is_counted_apart_and_marks_suspects(h: Any) -> None:
    claim = await h.start()

    await h.ledger.release(claim.run, claim.epoch, crashed=True, suspect=True, reason="worker died")

    (again,) = await h.claim()
    assert (again.attempt, again.crashes, again.is_suspect) == (1, 1, True)
    (attempt,) = await h.ledger.attempts(claim.run)
    assert attempt.outcome == "crashed"


async def test_an_ordinary_failure_clears_the_suspicion(h: Any) -> None:
    claim = await h.start()
    await h.ledger.release(claim.run, claim.epoch, crashed=True, suspect=True)
    (alone,) = await h.claim()

    await h.ledger.fail(alone.run, alone.epoch, error=h.error, outcome=RetryAt(due_at=0))

    await h.ledger.promote()
    (again,) = await h.claim()
    assert (again.is_suspect, again.crashes) == (False, 1)


@pytest.mark.parametrize("state", ["scheduled", "blocked", "ready", "retrying", "parked"])
async def test_an_open_run_is_cancelled_by_hand(h: Any, state: str) -> None:
    later = h.clock.now_ms() + 1_000
    if state == "retrying":
        claim = await h.start()
        await h.ledger.fail(claim.run, claim.epoch, error=h.error, outcome=RetryAt(due_at=later))
        run = claim.run
    else:
        await h.accept(key="k")
        options = {
            "scheduled": {"due_at": later},
            "blocked": {"key": "k"},
            "ready": {},
            "parked": {"parked": True},
        }
        run = (await h.accept(**options[state])).run

    answer = await h.ledger.cancel(run, reason="by_hand")

    found = await h.ledger.get(run)
    assert answer.was == state
    assert (found.state, found.reason, found.finished_at) == ("cancelled", "by_hand", h.clock.now_ms())
    await h.clock.advance(2)
    await h.ledger.promote()
    assert await h.state(run) == "cancelled"


async def test_a_running_run_is_only_asked_to_cancel(h: Any) -> None:
    claim = await h.start()

    answer = await h.ledger.cancel(claim.run, reason="by_hand")

    run = await h.ledger.get(claim.run)
    assert (answer.was, run.state, run.cancel_requested) == ("running", "running", True)
    done = await h.ledger.fail(claim.run, claim.epoch, error=h.error, outcome=Cancelled(reason="by_hand"))
    assert done.is_current
    assert await h.state(claim.run) == "cancelled"


@pytest.mark.parametrize("how", ["retry", "release", "adopt"])
async def test_a_run_asked_to_cancel_is_not_run_again(h: Any, how: str) -> None:
    claim = await h.start(key="k")
    behind = await h.accept(key="k")
    await h.ledger.cancel(claim.run, reason="user")

    if how == "retry":
        await h.ledger.fail(claim.run, claim.epoch, error=h.error, outcome=RetryAt(due_at=0))
    elif how == "release":
        await h.ledger.release(claim.run, claim.epoch)
    else:
        assert await h.ledger.adopt(NodeId("other")) == []

    run = await h.ledger.get(claim.run)
    assert (run.state, run.reason) == ("cancelled", "user")
    assert await h.state(behind.run) == "ready"


async def test_a_finished_run_cannot_be_cancelled(h: Any) -> None:
    claim = await h.start()
    await h.ledger.complete(claim.run, claim.epoch, result=None)

    with pytest.raises(RunConflict):
        await h.ledger.cancel(claim.run, reason="by_hand")
    assert await h.state(claim.run) == "completed"


@pytest.mark.parametrize("run", ["00000000000000ff", "nonsense", ""])
async def test_an_unknown_run_cannot_be_cancelled(h: Any, run: str) -> None:
    with pytest.raises(RunNotFound):
        await h.ledger.cancel(RunId(run), reason="by_hand")
    assert await h.ledger.get(RunId(run)) is None


@pytest.mark.parametrize("how", ["complete", "fail", "release"])
@pytest.mark.parametrize("fault", ["old_epoch", "not_running", "unknown"])
async def test_a_stale_answer_changes_nothing_and_is_counted(h: Any, how: str, fault: str) -> None:
    claim = await h.start()
    run, epoch = claim.run, claim.epoch
    if fault == "old_epoch":
        await h.ledger.release(run, epoch)
        await h.claim()
    elif fault == "not_running":
        await h.ledger.complete(run, epoch, result=b"1")
    else:
        run = RunId("0" * 16)
    before = await h.ledger.get(run)
    stale = h.ledger.stats().stale

    if how == "complete":
        done = await h.ledger.complete(run, epoch, result=b"2")
    elif how == "fail":
        done = await h.ledger.fail(
            run, epoch, error=h.error, outcome=Dead(reason="x"), follow_up=h.event("follower")
        )
    else:
        done = await h.ledger.release(run, epoch)

    assert (done.is_current, done.follow_up) == (False, None)
    assert await h.ledger.get(run) == before
    assert h.ledger.stats().stale == stale + 1
    assert await h.claim("follower") == []


async def test_a_final_failure_accepts_its_follow_up_in_the_same_commit(h: Any) -> None:
    claim = await h.start()
    follow_up = h.event("on-error", parent_run=claim.run, depth_max=0)

    done = await h.ledger.fail(
        claim.run, claim.epoch, error=h.error, outcome=Dead(reason="fatal"), follow_up=follow_up
    )

    assert done.follow_up is not None
    assert await h.state(done.follow_up.run) == "ready"
    assert [run.id for run in await h.ledger.children(claim.run)] == [done.follow_up.run]


async def test_runs_of_another_node_are_adopted_without_blame(h: Any) -> None:
    mine = await h.start()
    other = (await h.ledger.accept(h.event(), claimant=NodeId("gone"))).claims[0]

    adopted = await h.ledger.adopt(NodeId("node-1"))

    assert adopted == [other.run]
    assert await h.state(mine.run) == "running"
    (again,) = await h.claim()
    assert (again.run, again.attempt, again.crashes, again.epoch) == (other.run, 1, 0, Epoch(2))
