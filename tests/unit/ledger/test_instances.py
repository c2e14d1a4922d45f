"""Who joins an instance, and where its members stand; the stores' part is in the conformance tests."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from dispatch_world import workflow_spec
from snapshots import REQUEST, snapshot

from motia.ledger import Advance, Memo, instance_of, standings
from motia.ledger.instances import (
    after_advance,
    after_join,
    decode_spec,
    joinable,
    joins,
    predecessors,
    steps_of,
    summary_of,
    waits_for,
    wanted,
)
from motia.model import (
    Delivery,
    InstanceState,
    NewEvent,
    NodeId,
    Opening,
    RunState,
    SpanId,
    StepId,
    TraceId,
    TriggerKind,
)

A, B, C, START = map(StepId, ("a", "b", "c", "start"))
OVER = InstanceState.CANCELLED


def opening(**options: Any) -> Opening:
    spec = snapshot().record.spec
    return Opening(workflow="w", start=START, spec=spec, **options)


def event(step: StepId, *opens: Opening) -> NewEvent:
    return NewEvent(
        target=step,
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=TraceId("t"),
        deliveries=(Delivery(step=step),),
        opens=opens,
    )


def test_a_member_that_names_nothing_comes_after_the_start() -> None:
    spec = decode_spec(snapshot().record.spec)

    assert [predecessors(spec, step) for step in (START, A, C, StepId("x"))] == [(), (START,), (A, B), ()]
    assert steps_of(spec) == (START, A, B, C)


def test_a_workflow_that_runs_in_the_trace_is_opened_no_second_time() -> None:
    one = opening()

    assert wanted(event(START, one), []) == (one,)
    assert wanted(event(START, one), [snapshot().record]) == ()
    assert wanted(event(START, one), [snapshot(state=OVER).record]) == (one,)


def test_a_request_opens_with_a_member_and_once() -> None:
    one = opening(request_span=REQUEST.span, node=NodeId("n"))

    assert wanted(event(A, one), []) == (one,)
    assert wanted(event(StepId("x"), one), []) == ()
    assert wanted(event(A, one), [snapshot(state=OVER, request=REQUEST).record]) == ()
    other = opening(request_span=SpanId("other"))
    assert wanted(event(A, other), [snapshot(state=OVER, request=REQUEST).record]) == (other,)


@pytest.mark.parametrize(
    ("step", "options", "held"),
    [
        (START, {}, False),
        (A, {}, True),
        (A, {"memos": {A: Memo(is_free=True)}}, False),
        (StepId("x"), {}, None),
        (START, {"request": REQUEST}, None),
        (START, {"state": OVER}, None),
        (A, {"state": OVER, "memos": {A: Memo(is_free=True)}}, True),
    ],
)
def test_who_joins_and_who_is_held(step: StepId, options: Any, held: bool | None) -> None:
    assert joins(snapshot(**options).record, step) is held


def test_an_instance_that_ended_takes_runs_only_while_no_other_runs() -> None:
    ended, running = snapshot(state=OVER).record, snapshot().record

    assert joinable([ended], ()) == [ended]
    assert joinable([ended, running], ()) == [running]
    assert joinable([ended], [opening()]) == []


def test_a_run_that_joins_takes_the_freedom_of_what_comes_after_it() -> None:
    memos = {A: Memo(is_free=True), C: Memo(is_free=True)}

    record = after_join(snapshot(memos=memos).record, [A])

    assert record.memos == {A: Memo(is_free=True), C: Memo()}
    assert record.version == 2


def test_a_change_counts_who_completed_and_dates_the_end() -> None:
    record = snapshot(due_at=5).record
    memos = {START: Memo(state=RunState.COMPLETED), A: Memo(state=RunState.DEAD)}
    change = Advance(instance=record.id, version=1, memos=memos)
    end = msgspec.structs.replace(change, state=InstanceState.FAILED, reason="a is dead", closes=True)
    again = msgspec.structs.replace(change, state=InstanceState.RUNNING, due_at=99)

    going, over = after_advance(record, change, now=7), after_advance(record, end, now=7)

    assert (going.members_completed, going.version, going.state) == (1, 2, InstanceState.RUNNING)
    assert (over.finished_at, over.reason, over.is_open, over.due_at) == (7, "a is dead", False, 5)
    replayed = after_advance(over, again, now=8)
    assert (replayed.finished_at, replayed.is_open, replayed.due_at) == (None, True, 99)
    assert summary_of(over).members_completed == 1


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


def test_configurations_of_instances_keep_their_constants() -> None:
    spec = workflow_spec("w", "start", {"a": ([], {"x": [1, 2]})})

    kept = decode_spec(msgspec.json.encode(spec))

    assert bytes(kept.members[0].constants or b"") == b'{"x":[1,2]}'
