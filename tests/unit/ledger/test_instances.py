"""Who joins an instance, and what changes; the stores' part is in the conformance tests."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from dispatch_world import workflow_spec
from snapshots import REQUEST, snapshot

from motia.ledger import Advance, Memo
from motia.ledger.instances import (
    after_advance,
    after_join,
    decode_spec,
    is_member,
    is_undecided,
    joinable,
    joins,
    predecessors,
    steps_of,
    wanted,
)
from motia.ledger.standing import summary_of
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


def test_only_while_a_member_is_undecided_a_further_run_takes_a_dead_one_s_place() -> None:
    decided = {A: Memo(state=RunState.DEAD)}

    assert is_undecided(snapshot(memos={A: Memo(is_free=True)}).record, A)
    assert not is_undecided(snapshot(memos=decided).record, A)
    assert not is_undecided(snapshot(state=OVER).record, A)
    assert [is_member(snapshot().record, step) for step in (START, A, StepId("x"))] == [True, True, False]


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


def test_configurations_of_instances_keep_their_constants() -> None:
    spec = workflow_spec("w", "start", {"a": ([], {"x": [1, 2]})})

    kept = decode_spec(msgspec.json.encode(spec))

    assert bytes(kept.members[0].constants or b"") == b'{"x":[1,2]}'
