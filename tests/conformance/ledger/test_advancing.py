"""Workflow instances moved on by one fenced operation; requests, lists, retention."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from motia.ledger import Advance, MemberEvent, Memo, RequestEnd, Skip, instance_of
from motia.model import (
    Dead,
    InstanceState,
    NodeId,
    Opening,
    RunError,
    RunFilter,
    RunId,
    RunState,
    SpanId,
    TraceId,
)

from .flow import FIRST, FREE, OTHER, SECOND, SPAN, START, TRACE, change, look, open_one, opening

# advancing: the rows of the table of states that name it


@pytest.mark.parametrize(
    ("options", "state"),
    [({}, "ready"), ({"due_at": 1_767_225_601_000}, "scheduled"), ({"key": "k"}, "blocked")],
)
async def test_a_held_run_is_set_free_in_its_first_state(h: Any, options: Any, state: str) -> None:
    instance = await open_one(h)
    if state == "blocked":
        await h.accept(FIRST, trace=OTHER, **options)
    held = await h.accept(FIRST, **options)

    done = await change(h, instance, frees=(held.run,))

    assert [(moved.run, moved.step, moved.state) for moved in done.freed] == [(held.run, FIRST, state)]
    assert await h.state(held.run) == state
    assert await h.ledger.instances_of_run(held.run) == {instance: False}
    again = await change(h, instance, frees=(held.run,))
    assert again.freed == ()


async def test_a_run_set_free_is_claimed_from_its_instant_on(h: Any) -> None:
    instance = await open_one(h)
    held = await h.accept(FIRST)
    await h.clock.advance(3)

    await change(h, instance, frees=(held.run,))

    (claim,) = await h.claim(FIRST)
    assert (claim.run, claim.ready_at) == (held.run, h.clock.now_ms())


@pytest.mark.parametrize("options", [{}, {"parked": True}, {"key": "k"}])
async def test_a_held_run_is_skipped_with_the_reason(h: Any, options: Any) -> None:
    instance = await open_one(h)
    held = await h.accept(FIRST, **options)

    done = await change(h, instance, skips=(Skip(held.run, "predecessor start is dead"),))

    run = await h.ledger.get(held.run)
    assert (run.state, run.reason) == (RunState.SKIPPED, "predecessor start is dead")
    assert run.finished_at == h.clock.now_ms()
    assert [(moved.run, moved.state) for moved in done.ended] == [(held.run, RunState.SKIPPED)]
    assert await h.ledger.parked_targets() == {}
    assert (await h.accept(FIRST, key="k", trace=OTHER)).states == (RunState.READY,)


async def test_only_held_runs_are_skipped(h: Any) -> None:
    instance = await open_one(h)
    await change(h, instance, memos={FIRST: FREE})
    free = await h.accept(FIRST)

    done = await change(h, instance, skips=(Skip(free.run, "x"),))

    assert done.ended == ()
    assert await h.state(free.run) == "ready"


async def test_open_runs_are_cancelled_and_running_ones_asked_to_stop(h: Any) -> None:
    start = await h.start(START, opens=(opening(),))
    (instance, _) = (await h.ledger.open_instances())[0]
    held = await h.accept(FIRST)

    done = await change(
        h,
        instance,
        cancels=(start.run, held.run),
        cancel_reason="workflow_cancelled",
        state=InstanceState.CANCELLED,
        reason="by hand",
    )

    assert done.stopping == (start.run,)
    assert [(moved.run, moved.state) for moved in done.ended] == [(held.run, RunState.CANCELLED)]
    assert (await h.ledger.get(held.run)).reason == "workflow_cancelled"
    assert (await h.ledger.get(start.run)).cancel_requested
    record = (await look(h, instance)).record
    assert (record.state, record.reason, record.is_open) == (InstanceState.CANCELLED, "by hand", True)
    assert record.finished_at == h.clock.now_ms()


async def test_a_run_that_a_workflow_stopped_keeps_the_workflow_s_reason(h: Any) -> None:
    start = await h.start(START, opens=(opening(),))
    (instance, _) = (await h.ledger.open_instances())[0]
    await change(h, instance, cancels=(start.run,), cancel_reason="workflow_timed_out")

    await h.ledger.fail(start.run, start.epoch, error=h.error, outcome=Dead(reason="fatal"))

    assert (await h.ledger.get(start.run)).reason == "fatal"


async def test_an_event_of_the_instance_is_accepted_in_the_same_commit(h: Any) -> None:
    instance = await open_one(h)
    event = h.event(FIRST, payload=b'{"made":true}', depth_max=0)

    done = await change(h, instance, memos={FIRST: FREE}, events=(MemberEvent(event=event),))

    (accepted,) = done.accepted
    assert (accepted.states, accepted.instances) == ((RunState.READY,), (instance,))
    assert [run.step for run in (await look(h, instance)).runs] == [START, FIRST]


async def test_an_event_that_does_not_fit_is_dead_from_the_start(h: Any) -> None:
    instance = await open_one(h)
    error = RunError(name="PayloadInvalid", message="n: missing", kind="validation")
    one = MemberEvent(event=h.event(FIRST), error=error, reason="payload_invalid")

    done = await change(h, instance, memos={FIRST: FREE}, events=(one,))

    run = await h.ledger.get(done.accepted[0].run)
    assert done.accepted[0].states == (RunState.DEAD,)
    assert (run.state, run.reason, run.error) == (RunState.DEAD, "payload_invalid", error)
    assert await h.claim(FIRST) == []
    assert instance_of(await look(h, instance)).members[1].state is RunState.DEAD


async def test_whom_a_failure_is_told_is_triggered_in_the_same_commit_and_on_record(h: Any) -> None:
    instance = await open_one(h)

    done = await change(h, instance, failure=h.event("on-failure"))

    record = (await look(h, instance)).record
    assert record.failure == done.accepted[-1].run
    assert await h.state(record.failure) == "ready"


async def test_another_version_changes_nothing(h: Any) -> None:
    instance = await open_one(h)
    held = await h.accept(FIRST)
    before = await look(h, instance)
    runs = await h.ledger.list_runs(RunFilter(), limit=100)

    answers = [
        await change(
            h,
            which,
            version=version,
            frees=(held.run,),
            memos={},
            events=(MemberEvent(event=h.event(SECOND)),),
            failure=h.event("on-failure"),
            state=InstanceState.FAILED,
            closes=True,
        )
        for which, version in ((instance, before.record.version - 1), (instance, before.record.version + 1))
    ]

    assert [answer.is_current for answer in answers] == [False, False]
    assert await look(h, instance) == before
    assert await h.ledger.list_runs(RunFilter(), limit=100) == runs
    unknown = Advance(instance="nonsense", version=1, memos={})
    assert not (await h.ledger.advance(unknown)).is_current


async def test_the_end_is_recorded_and_a_later_trigger_is_no_member(h: Any) -> None:
    instance = await open_one(h)
    memos = {START: Memo(state=RunState.COMPLETED), FIRST: Memo(state=RunState.SKIPPED, reason="x")}

    await change(h, instance, memos=memos, state=InstanceState.FAILED, reason="first is dead", closes=True)

    record = (await look(h, instance)).record
    assert (record.state, record.reason, record.is_open) == (InstanceState.FAILED, "first is dead", False)
    assert (record.members_completed, record.finished_at) == (1, h.clock.now_ms())
    assert (await h.accept(FIRST)).instances == ()
    assert await h.ledger.open_instances() == []
    assert (await h.accept(START, opens=(opening(),))).instances != (instance,)


async def test_what_an_ended_instance_s_last_runs_trigger_is_held(h: Any) -> None:
    instance = await open_one(h)
    await change(h, instance, memos={FIRST: FREE}, state=InstanceState.CANCELLED)

    member = await h.accept(FIRST)
    start = await h.accept(START)

    assert (member.states, member.instances) == ((RunState.BLOCKED,), (instance,))
    assert (start.states, start.instances) == ((RunState.READY,), ())
    (again,) = (await h.accept(START, opens=(opening(),))).instances
    assert (await h.accept(FIRST)).instances == (again,)


async def test_a_replay_begins_again(h: Any, reopen: Callable[[], Awaitable[None]]) -> None:
    instance = await open_one(h, timeout_ms=1_000)
    await change(h, instance, memos={FIRST: FREE})
    first = (await h.ledger.accept(h.event(FIRST), claimant=NodeId("node-1"))).claims[0]
    await h.ledger.fail(first.run, first.epoch, error=h.error, outcome=Dead(reason="fatal"))
    await change(h, instance, memos={}, state=InstanceState.FAILED, closes=True)

    done = await change(
        h,
        instance,
        memos={FIRST: FREE},
        supersedes=(first.run,),
        events=(MemberEvent(event=h.event(FIRST, replay_of=first.run)),),
        state=InstanceState.RUNNING,
        due_at=h.clock.now_ms() + 9_000,
    )
    await reopen()

    snapshot = await look(h, instance)
    record = snapshot.record
    assert done.accepted[0].states == (RunState.READY,)
    assert (record.state, record.is_open, record.finished_at) == (InstanceState.RUNNING, True, None)
    assert record.due_at == h.clock.now_ms() + 9_000
    assert first.run not in [run.run for run in snapshot.runs]
    assert instance_of(snapshot).members[1].run == done.accepted[0].run
    assert (await h.accept(SECOND)).instances == (instance,)


# error steps


async def die(h: Any, instance: str, *, memos: Any = None) -> tuple[Any, Any]:
    """A member that dies, and the run of the error step that it was told to."""
    await change(h, instance, memos={FIRST: FREE} if memos is None else memos)
    claim = (await h.ledger.accept(h.event(FIRST), claimant=NodeId("node-1"))).claims[0]
    done = await h.ledger.fail(
        claim.run,
        claim.epoch,
        error=h.error,
        outcome=Dead(reason="fatal"),
        follow_up=h.event("mend", parent_run=claim.run, trace=TRACE),
    )
    return claim.run, done.follow_up.run


async def test_the_run_of_an_error_step_joins_in_the_commit_of_the_death(
    h: Any, reopen: Callable[[], Awaitable[None]]
) -> None:
    instance = await open_one(h)
    before = (await look(h, instance)).record.version
    dead, mend = await die(h, instance)
    await reopen()

    snapshot = await look(h, instance)

    # The change of the test, the member's run and the error step's.
    assert snapshot.record.version == before + 3
    handlers = [(run.run, run.handles, run.is_held) for run in snapshot.runs if run.handles is not None]
    assert handlers == [(mend, dead, False)]
    assert await h.ledger.instances_of_run(mend) == {instance: False}
    shown = instance_of(snapshot).members[1]
    assert (shown.state, shown.run, shown.handled_by) == (RunState.DEAD, dead, mend)


async def test_a_member_that_its_error_step_triggers_again_takes_the_dead_run_s_place(h: Any) -> None:
    instance = await open_one(h)
    dead, mend = await die(h, instance)

    again = await h.accept(FIRST, parent_run=mend)
    other = await h.accept(SECOND, parent_run=mend)

    snapshot = await look(h, instance)
    assert again.states == (RunState.READY,)
    assert dead not in [run.run for run in snapshot.runs]
    assert {again.run, other.run} < {run.run for run in snapshot.runs}
    assert await h.state(dead) == "dead"
    assert await h.ledger.instances_of_run(dead) == {instance: False}


async def test_a_dead_run_counts_on_when_another_step_triggers_its_member(h: Any) -> None:
    instance = await open_one(h)
    dead, mend = await die(h, instance)

    await h.accept(SECOND, parent_run=mend)
    await h.accept(FIRST, parent_run=dead)
    await h.accept(FIRST)

    assert dead in [run.run for run in (await look(h, instance)).runs]


@pytest.mark.parametrize(
    "after",
    [{"memos": {FIRST: Memo(state=RunState.DEAD, is_free=True)}}, {"state": InstanceState.TIMED_OUT}],
)
async def test_a_member_that_is_decided_stays_dead(h: Any, after: dict[str, Any]) -> None:
    instance = await open_one(h)
    dead, mend = await die(h, instance)
    await change(h, instance, **after)

    again = await h.accept(FIRST, parent_run=mend)

    assert again.instances == (instance,)
    assert dead in [run.run for run in (await look(h, instance)).runs]


async def test_an_error_step_that_is_a_member_is_no_error_step_of_the_instance(h: Any) -> None:
    instance = await open_one(h)
    claim = (await h.ledger.claim(START, limit=1, node=NodeId("node-1"), concurrency=None))[0]

    done = await h.ledger.fail(
        claim.run,
        claim.epoch,
        error=h.error,
        outcome=Dead(reason="fatal"),
        follow_up=h.event(SECOND, parent_run=claim.run, trace=TRACE),
    )

    (_, run) = (await look(h, instance)).runs
    assert (run.run, run.is_held, run.handles) == (done.follow_up.run, True, None)


# requests


def request_opening(workflow: str = "flow") -> Opening:
    return opening(workflow, request_span=SPAN, node=NodeId("n"))


def end(*, is_success: bool = True, **options: Any) -> RequestEnd:
    values: dict[str, Any] = {"trace": TRACE, "span": SPAN, "opens": (request_opening(),), **options}
    return RequestEnd(is_success=is_success, **values)


async def test_a_member_triggered_from_inside_a_request_opens_the_instance(h: Any) -> None:
    accepted = await h.accept(FIRST, opens=(request_opening(),))

    (instance,) = accepted.instances
    record = (await look(h, instance)).record
    assert accepted.states == (RunState.BLOCKED,)
    assert (record.request.span, record.request.node, record.request.state) == (SPAN, "n", "running")
    touched = await h.ledger.end_request(end(payload=b'{"n":1}', result=b"[2]"))
    request = (await look(h, instance)).record.request
    assert touched == (instance,)
    assert (request.state, request.payload, request.result) == ("completed", b'{"n":1}', b"[2]")


async def test_a_trigger_of_no_member_opens_nothing_for_a_request(h: Any) -> None:
    accepted = await h.accept("nobody", opens=(request_opening(),))

    assert accepted.instances == ()


async def test_a_request_that_succeeds_opens_what_it_did_not_trigger(h: Any) -> None:
    (instance,) = await h.ledger.end_request(end(payload=b"{}"))

    assert instance_of(await look(h, instance)).members[0].state is RunState.COMPLETED
    assert (await h.ledger.end_request(end())) == ()
    assert (await h.ledger.end_request(end(span=SpanId("d" * 16)))) == ()


async def test_a_request_that_fails_is_dead_where_it_opened_and_opens_nothing(h: Any) -> None:
    assert await h.ledger.end_request(end(is_success=False)) == ()
    (instance,) = (await h.accept(FIRST, opens=(request_opening(),))).instances

    await h.ledger.end_request(end(is_success=False, reason="answered 500"))

    start = instance_of(await look(h, instance)).members[0]
    assert (start.state, start.reason) == (RunState.DEAD, "answered 500")


async def test_a_request_whose_instance_was_cancelled_opens_no_second_one(h: Any) -> None:
    (instance,) = (await h.accept(FIRST, opens=(request_opening(),))).instances
    await change(h, instance, state=InstanceState.CANCELLED)

    again = await h.accept(SECOND, opens=(request_opening(),))
    ended = await h.ledger.end_request(end())

    assert (again.instances, ended) == ((instance,), (instance,))
    assert await h.ledger.count_instances() == {"flow": {"cancelled": 1}}


# looking


async def test_instances_are_listed_newest_first_by_pages_and_filters(h: Any) -> None:
    made = []
    for number, workflow in enumerate(("flow", "other", "flow", "flow")):
        await h.clock.advance(1)
        made.append(await open_one(h, trace=TraceId(f"{number:032x}"), workflow=workflow))
    await change(h, made[2], state=InstanceState.FAILED, reason="x", closes=True)

    async def ids(**where: Any) -> list[str]:
        page = await h.ledger.list_instances(limit=10, **where)
        assert page.cursor is None
        return [one.id for one in page.instances]

    first = await h.ledger.list_instances(limit=3)
    rest = await h.ledger.list_instances(limit=3, cursor=first.cursor)
    assert [one.id for one in (*first.instances, *rest.instances)] == made[::-1]
    assert rest.cursor is None
    assert await ids(workflow="flow") == [made[3], made[2], made[0]]
    assert await ids(workflow="flow", state=InstanceState.RUNNING) == [made[3], made[0]]
    assert await ids(state=InstanceState.FAILED) == [made[2]]
    assert await ids(trace=TraceId(f"{1:032x}")) == [made[1]]
    assert await ids(trace=TraceId(f"{1:032x}"), workflow="flow") == []
    assert await h.ledger.count_instances() == {
        "flow": {"running": 2, "failed": 1},
        "other": {"running": 1},
    }
    (failed,) = (await h.ledger.list_instances(limit=1, state=InstanceState.FAILED)).instances
    assert (failed.workflow, failed.reason, failed.members_total) == ("flow", "x", 3)
    assert failed.opened_at < failed.finished_at


async def test_open_instances_come_in_pages_oldest_first(h: Any) -> None:
    made = [await open_one(h, trace=TraceId(f"{number:032x}")) for number in range(3)]
    await change(h, made[1], state=InstanceState.COMPLETED, closes=True)

    first = await h.ledger.open_instances(limit=1)
    rest = await h.ledger.open_instances(after=first[0][0])

    assert [instance for instance, _ in (*first, *rest)] == [made[0], made[2]]


async def test_instances_are_due_when_their_time_is_over(h: Any) -> None:
    late = await open_one(h, timeout_ms=9_000)
    soon = await open_one(h, trace=OTHER, timeout_ms=1_000)
    now = h.clock.now_ms()

    early = await h.ledger.due_instances()
    await h.clock.advance(2)
    due = await h.ledger.due_instances()
    await change(h, soon, state=InstanceState.TIMED_OUT)
    await change(h, late, state=InstanceState.COMPLETED, closes=True)
    after = await h.ledger.due_instances()

    assert (early.instances, early.next_due_at) == ((), now + 1_000)
    assert (due.instances, due.next_due_at) == ((soon,), now + 9_000)
    assert (after.instances, after.next_due_at) == ((), None)


async def test_an_unknown_instance_is_none(h: Any) -> None:
    assert await h.ledger.get_instance("0" * 16) is None
    assert await h.ledger.get_instance("nonsense") is None
    assert await h.ledger.instances_of_run(RunId("nonsense")) == {}


# retention


async def test_runs_of_an_open_instance_are_kept_whatever_their_age(h: Any) -> None:
    start = await h.start(START, opens=(opening(),))
    await h.ledger.complete(start.run, start.epoch, result=b"1")
    (instance, _) = (await h.ledger.open_instances())[0]
    await h.clock.advance(100)

    gone = await h.ledger.prune(finished_before=h.clock.now_ms(), size_bytes_max=None)
    purged = await h.ledger.purge(RunFilter())

    assert (gone, purged) == (0, 0)
    assert await h.state(start.run) == "completed"
    assert instance_of(await look(h, instance)).members[0].state is RunState.COMPLETED


async def test_an_instance_that_is_over_goes_after_its_time_and_its_runs_too(h: Any) -> None:
    start = await h.start(START, opens=(opening(),))
    await h.ledger.complete(start.run, start.epoch, result=b"1")
    (instance, _) = (await h.ledger.open_instances())[0]
    memos = {START: Memo(state=RunState.COMPLETED, run=start.run)}
    await change(h, instance, memos=memos, state=InstanceState.COMPLETED, closes=True)

    assert await h.ledger.prune(finished_before=h.clock.now_ms(), size_bytes_max=None) == 0
    assert await h.ledger.purge(RunFilter()) == 1
    assert instance_of(await look(h, instance)).members[0].state is RunState.COMPLETED
    await h.clock.advance(1)
    assert await h.ledger.prune(finished_before=h.clock.now_ms(), size_bytes_max=None) == 1

    assert await h.ledger.get_instance(instance) is None
    assert await h.ledger.count_instances() == {}
    assert (await h.accept(START)).run > start.run
