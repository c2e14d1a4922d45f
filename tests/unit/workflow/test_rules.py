"""The rules of workflow instances: tables of cases, and random histories that always come to an end."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from dispatch_world import workflow_spec
from hypothesis import given
from hypothesis import strategies as st
from snapshots import REQUEST, snapshot

from motia.ledger import (
    Advance,
    InstanceSnapshot,
    MemberRun,
    Memo,
    Skip,
    standings,
)
from motia.ledger.instances import after_advance, after_join
from motia.model import (
    InstanceState,
    RunId,
    RunState,
    StepId,
    WorkflowSpec,
    run_id_of,
)
from motia.workflow.crowds import SKIPS_PART, Crowd
from motia.workflow.rules import MOVES_MAX, Change, Failure, behind, decide, ended, in_order

A, B, C, START, FAIL = map(StepId, ("a", "b", "c", "start", "fail"))


def decided(*states: tuple[str, str], now: int = 0, **options: Any) -> Change:
    change = decide(snapshot(*states, **options), now=now)
    assert change is not None
    return change


def run_number(number: int) -> RunId:
    return run_id_of(number)


@pytest.mark.parametrize("state", ["ready", "running", "retrying", "scheduled", "blocked", "parked"])
def test_while_the_start_is_open_everything_waits(state: str) -> None:
    assert decide(snapshot(("start", state), ("a", "held")), now=0) is None


def test_what_comes_after_the_start_is_triggered_together() -> None:
    change = decided(("start", "completed"))

    assert change.triggers == (A, B)
    assert change.memos[A] == Memo(is_free=True)
    assert change.memos[START] == Memo(state=RunState.COMPLETED, run=run_number(1))
    assert (change.state, change.closes) == (None, False)


def test_a_member_that_somebody_triggered_is_set_free_and_not_triggered() -> None:
    change = decided(("start", "completed"), ("a", "held"), ("a", "held"))

    assert change.frees == (run_number(2), run_number(3))
    assert change.triggers == (B,)


def test_fan_in_waits_for_all() -> None:
    waiting = decided(("start", "completed"), ("a", "completed"), ("b", "running"), ("c", "held"))
    going = decided(("start", "completed"), ("a", "completed"), ("b", "completed"), ("c", "held"))

    assert (waiting.frees, waiting.triggers) == ((), ())
    assert going.frees == (run_number(4),)


@pytest.mark.parametrize("state", ["dead", "cancelled", "skipped"])
def test_one_that_did_not_complete_skips_what_comes_after_it(state: str) -> None:
    change = decided(("start", "completed"), ("a", state), ("b", "running"), ("c", "held"))

    assert change.skips == (Skip(run_number(4), f"predecessor a is {state}"),)
    assert change.memos[C].state is RunState.SKIPPED
    assert change.state is None


def test_a_failure_goes_all_the_way_down() -> None:
    change = decided(("start", "dead"), ("c", "held"))

    assert [change.memos[step].state for step in (A, B, C)] == [RunState.SKIPPED] * 3
    assert change.memos[A].reason == "predecessor start is dead"
    assert change.skips == (Skip(run_number(2), "predecessor a is skipped"),)
    assert (change.state, change.reason, change.closes) == (InstanceState.FAILED, "start is dead", True)
    assert change.failure == Failure(step=START, run=run_number(1))


def test_the_first_dead_member_is_told_once() -> None:
    first = decided(("start", "completed"), ("a", "dead"), ("b", "running"))
    again = decided(("start", "completed"), ("a", "dead"), ("b", "dead"), failure=RunId("f"))
    nobody = decided(("start", "completed"), ("a", "cancelled"), ("b", "running"))

    assert first.failure == Failure(step=A, run=run_number(2))
    assert again.failure is None
    assert nobody.failure is None


def test_a_workflow_that_names_nobody_tells_nobody() -> None:
    spec = workflow_spec("w", "start", {"a": []})

    change = decided(("start", "completed"), ("a", "dead"), spec=spec)

    assert (change.failure, change.state) == (None, InstanceState.FAILED)


def test_everything_completed_is_completed() -> None:
    change = decided(*((step, "completed") for step in ("start", "a", "b", "c")))

    assert (change.state, change.reason, change.closes) == (InstanceState.COMPLETED, "", True)
    assert all(memo.state is RunState.COMPLETED for memo in change.memos.values())


def test_a_member_is_failed_as_soon_as_one_of_its_runs_is_and_over_when_all_are() -> None:
    spec = workflow_spec("w", "start", {"a": [], "b": ["a"]})

    half = decided(("start", "completed"), ("a", "dead"), ("a", "running"), ("b", "held"), spec=spec)
    whole = decided(("start", "completed"), ("a", "dead"), ("a", "completed"), ("b", "skipped"), spec=spec)

    assert half.skips == (Skip(run_number(4), "predecessor a is dead"),)
    assert (half.state, whole.state) == (None, InstanceState.FAILED)


def test_a_member_that_runs_already_is_left_alone_when_one_before_it_runs_again() -> None:
    again = snapshot(("start", "completed"), ("a", "running"), ("b", "completed"), ("start", "running"))

    change = decide(again, now=0)

    assert change is not None
    assert (change.triggers, change.frees, change.skips) == ((), (), ())
    assert A not in change.memos


def test_what_is_on_record_stands_for_runs_that_are_gone() -> None:
    memos = {START: Memo(state=RunState.COMPLETED), A: Memo(state=RunState.COMPLETED, is_free=True)}

    change = decided(("b", "completed"), memos=memos)

    assert change.triggers == (C,)


def test_the_time_is_over_cancels_what_is_open() -> None:
    states = (("start", "completed"), ("a", "running"), ("b", "completed"), ("c", "held"))

    early = decide(snapshot(*states, due_at=10), now=9)
    late = decided(*states, due_at=10, now=10)

    assert early is None or early.state is None
    assert (late.state, late.cancels) == (InstanceState.TIMED_OUT, (run_number(2), run_number(4)))
    assert (late.failure, late.closes) == (Failure(step=None, run=None), False)


def test_members_that_were_never_triggered_are_cancelled_with_the_instance() -> None:
    change = ended(snapshot(("start", "completed"), ("a", "ready")), InstanceState.CANCELLED)

    assert change.memos[C] == Memo(state=RunState.CANCELLED, reason="workflow_cancelled")
    assert (change.failure, change.cancel_reason) == (None, "workflow_cancelled")


def test_what_is_over_at_its_time_is_no_time_out() -> None:
    change = decided(*((step, "completed") for step in ("start", "a", "b", "c")), due_at=1, now=5)

    assert change.state is InstanceState.COMPLETED


def test_an_instance_that_ended_closes_after_its_last_run() -> None:
    over: dict[str, Any] = {"state": InstanceState.CANCELLED}

    waiting = decide(snapshot(("start", "running"), **over), now=0)
    late = decided(("start", "running"), ("a", "held"), **over)
    last = decided(("start", "cancelled"), **over)
    closed = decide(snapshot(("start", "cancelled"), is_open=False, **over), now=0)

    assert (waiting, closed) == (None, None)
    reason = "the workflow instance is cancelled: replay one of its members to go on"
    assert late.skips == (Skip(run_number(2), reason),)
    assert (late.closes, last.closes, last.state) == (False, True, None)


def test_a_request_is_a_start_without_a_run() -> None:
    done = msgspec.structs.replace(REQUEST, state=RunState.COMPLETED)

    assert decide(snapshot(("a", "held"), request=REQUEST), now=0) is None
    change = decided(("a", "held"), request=done)
    assert (change.frees, change.triggers) == ((run_number(1),), (B,))


def test_a_request_that_nobody_answers_any_more_is_dead() -> None:
    change = decide(snapshot(("a", "held"), request=REQUEST), now=0, is_request_lost=True)

    assert change is not None
    assert change.request == msgspec.structs.replace(REQUEST, state=RunState.DEAD, reason="lost")
    assert (change.state, change.reason) == (InstanceState.FAILED, "start is dead")
    assert change.failure == Failure(step=START, run=None)


def test_a_cancelled_instance_stays_open_while_its_request_is_under_way() -> None:
    over = {"state": InstanceState.CANCELLED, "request": REQUEST}

    assert not ended(snapshot(request=REQUEST), InstanceState.CANCELLED).closes
    assert decide(snapshot(**over), now=0) is None
    lost = decide(snapshot(**over), now=0, is_request_lost=True)
    assert lost is not None
    assert lost.closes


def test_too_many_runs_are_moved_in_parts_and_nothing_else_happens() -> None:
    many = (("start", "completed"), *((("a", "held"),) * (MOVES_MAX + 5)))

    change = decided(*many)

    assert len(change.frees) == MOVES_MAX
    assert (change.triggers, change.memos, change.state) == ((), {}, None)


def test_steps_are_looked_at_behind_what_they_come_after() -> None:
    spec = workflow_spec("w", "start", {"c": ["b"], "b": ["a"], "a": [], "d": ["a"]})

    assert in_order(spec).index(C) > in_order(spec).index(B) > in_order(spec).index(A)
    assert behind(spec, A) == ("b", "d", "c")
    assert behind(spec, START) == in_order(spec)[1:]


# random histories

STEPS = [StepId(f"s{number}") for number in range(5)]


@st.composite
def workflows(draw: st.DrawFn) -> WorkflowSpec:
    members = {
        step: draw(st.lists(st.sampled_from(STEPS[:number]), unique=True, max_size=3)) if number else []
        for number, step in enumerate(STEPS)
    }
    return workflow_spec("w", "start", members, on_failure=draw(st.sampled_from([None, FAIL])))


class History:
    """An instance whose changes are carried out as a store does, on runs that end as chance will have it."""

    def __init__(self, spec: WorkflowSpec, data: st.DataObject) -> None:
        self.now, self.data = snapshot(("start", "ready"), spec=spec), data
        self.triggered: list[StepId] = []
        self.told = 0
        self.crowd: Crowd | None = None
        self.replaced = 0
        """Runs that count no more: new ones have numbers behind them."""

    def happen(self) -> bool:
        """A run ends, or somebody triggers a member; whether a large instance would be looked at for it."""
        joined: list[tuple[RunId, StepId]] = []
        over: MemberRun | None = None
        runs = list(self.now.runs)
        movable = [number for number, run in enumerate(runs) if run.state is RunState.READY]
        if movable and self.data.draw(st.booleans()):
            number = self.data.draw(st.sampled_from(movable))
            state = self.data.draw(
                st.sampled_from([RunState.COMPLETED] * 4 + [RunState.DEAD, RunState.CANCELLED])
            )
            ended_run = msgspec.structs.replace(runs[number], state=state, finished_at=len(runs))
            runs[number] = over = ended_run
            if state is RunState.DEAD and ended_run.handles is None and self.data.draw(st.booleans()):
                handler = self._run(len(self.now.runs) + self.replaced + 1, StepId("mend"), is_held=False)
                runs.append(msgspec.structs.replace(handler, handles=ended_run.run))
            if ended_run.handles is not None and self.data.draw(st.booleans()):
                runs = self._replaced(runs, ended_run.handles)
                joined.append((runs[-1].run, runs[-1].step))
        elif self.data.draw(st.integers(0, 3)) == 0:
            step = self.data.draw(st.sampled_from(STEPS))
            is_free = self.now.record.memos.get(step, Memo()).is_free
            runs.append(self._run(len(runs) + self.replaced + 1, step, is_held=not is_free))
            joined.append((runs[-1].run, step))
        record = after_join(self.now.record, [step for _, step in joined])
        self.now = msgspec.structs.replace(self.now, runs=tuple(runs), record=record)
        asks = self.crowd is None or self.crowd.joined(joined)
        if over is not None and self.crowd is not None:
            asks = self.crowd.over(over.run, over.step, over.state) or asks
        return asks

    def _replaced(self, runs: list[MemberRun], dead: RunId) -> list[MemberRun]:
        """An error step triggered the member again before it ended."""
        (old,) = [run for run in runs if run.run == dead]
        self.replaced += 1
        again = self._run(len(runs) + self.replaced, old.step, is_held=False)
        return [*(run for run in runs if run.run != dead), again]

    def is_at_rest(self) -> bool:
        """Whether nothing is to be done, but to keep the record and to skip a few runs of many."""
        change = decide(self.now, now=0)
        if change is None:
            return True
        is_few = len(change.skips) * SKIPS_PART < len(self.now.runs)
        return is_few and change == Change(memos=change.memos, skips=change.skips)

    def move_on(self) -> None:
        """Make changes until none is to be made."""
        for _ in range(10):
            change = decide(self.now, now=0)
            if change is None:
                self.crowd = Crowd(self.now) if self.now.record.state is InstanceState.RUNNING else None
                return
            self._carry_out(change)
        raise AssertionError("it never comes to rest")

    def finish(self) -> None:
        """Let every run complete."""
        for _ in range(30):
            runs = tuple(
                msgspec.structs.replace(run, state=RunState.COMPLETED, finished_at=99)
                if run.state is RunState.READY
                else run
                for run in self.now.runs
            )
            self.now = msgspec.structs.replace(self.now, runs=runs)
            self.move_on()
            if not self.now.record.is_open:
                return

    def _carry_out(self, change: Change) -> None:
        record = self.now.record
        skipped = {skip.run for skip in change.skips}
        runs = [self._moved(run, frees=set(change.frees), skipped=skipped) for run in self.now.runs]
        for step in change.triggers:
            assert not any(run.step == step for run in runs), "triggered although it has a run"
            self.triggered.append(step)
            runs.append(self._run(len(runs) + self.replaced + 1, step, is_held=False))
        if change.failure is not None:
            self.told += 1
        advance = Advance(
            instance=record.id,
            version=record.version,
            memos=change.memos,
            state=change.state,
            reason=change.reason,
            closes=change.closes,
        )
        record = after_advance(record, advance, now=0)
        if change.failure is not None:
            record = msgspec.structs.replace(record, failure=RunId("f"))
        self.now = InstanceSnapshot(record=record, runs=tuple(runs))

    def _moved(self, run: MemberRun, *, frees: set[RunId], skipped: set[RunId]) -> MemberRun:
        if run.run in frees:
            return msgspec.structs.replace(run, state=RunState.READY, is_held=False)
        if run.run in skipped:
            return msgspec.structs.replace(run, state=RunState.SKIPPED, is_held=False, finished_at=1)
        return run

    def _run(self, number: int, step: StepId, *, is_held: bool) -> MemberRun:
        state = RunState.BLOCKED if is_held else RunState.READY
        return MemberRun(
            run=run_id_of(number), step=step, state=state, is_held=is_held, finished_at=None, reason=None
        )


@given(workflows(), st.data())
def test_every_history_comes_to_an_end_and_nothing_is_triggered_twice(
    spec: WorkflowSpec, data: st.DataObject
) -> None:
    history = History(spec, data)
    for _ in range(15):
        if not history.now.record.is_open:
            break
        if history.happen():
            history.move_on()
        else:
            assert history.is_at_rest(), "not looked at, and it should be"

    history.move_on()
    history.finish()

    record = history.now.record
    states = {step: standing.state for step, standing in standings(history.now).items()}
    assert not record.is_open
    assert len(set(history.triggered)) == len(history.triggered)
    assert (record.state is InstanceState.COMPLETED) == all(
        state is RunState.COMPLETED for state in states.values()
    )
    has_dead = any(state is RunState.DEAD for state in states.values())
    assert history.told == (1 if spec.on_failure is not None and has_dead else 0)
