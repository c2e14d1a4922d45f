"""Workflow instances: opened and joined in the accept commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from motia.ledger import Memo, instance_of
from motia.model import (
    Delivery,
    InstanceState,
    NodeId,
    RunState,
    StepId,
)

from .flow import FIRST, FREE, OTHER, SECOND, SPEC, START, TRACE, change, look, open_one, opening

# opening


async def test_the_event_of_a_start_step_opens_an_instance(h: Any) -> None:
    accepted = await h.accept(START, opens=(opening(timeout_ms=5_000),))

    (instance,) = accepted.instances
    record = (await look(h, instance)).record
    assert (record.workflow, record.trace, record.state) == ("flow", TRACE, InstanceState.RUNNING)
    assert (record.due_at, record.start_run) == (h.clock.now_ms() + 5_000, accepted.run)
    assert (record.members_total, record.members_completed, record.version) == (3, 0, 1)
    shown = instance_of(await look(h, instance))
    assert shown.spec == msgspec.structs.replace(SPEC, timeout_ms=5_000)
    assert shown.opened_at == h.clock.now_ms()
    assert [(member.step, member.state, member.waits_for) for member in shown.members] == [
        (START, "ready", ()),
        (FIRST, None, (START,)),
        (SECOND, None, (FIRST,)),
    ]


async def test_while_one_is_running_no_second_one_is_opened_in_its_trace(h: Any) -> None:
    instance = await open_one(h)

    again = await h.accept(START, opens=(opening(), opening("other")))
    elsewhere = await h.accept(START, trace=OTHER, opens=(opening(),))

    assert len(again.instances) == 2
    assert again.instances[0] == instance
    assert len(elsewhere.instances) == 1
    assert [run.step for run in (await look(h, instance)).runs] == [START, START]
    counts = await h.ledger.count_instances()
    assert counts == {"flow": {"running": 2}, "other": {"running": 1}}


async def test_a_refused_or_repeated_event_opens_nothing(h: Any) -> None:
    first = await h.accept(START, idempotency_key="k", opens=(opening(),))

    again = await h.accept(START, idempotency_key="k", trace=OTHER, opens=(opening(),))

    assert again.deduplicated
    assert again.instances == ()
    assert first.run == again.run
    assert await h.ledger.count_instances() == {"flow": {"running": 1}}


async def test_a_start_run_is_claimed_in_the_accept_commit_as_ever(h: Any) -> None:
    claim = await h.start(START, opens=(opening(),))

    assert claim.step == START


async def test_an_instance_is_there_after_a_restart(h: Any, reopen: Callable[[], Awaitable[None]]) -> None:
    instance = await open_one(h)
    held = await h.accept(FIRST)
    before = await look(h, instance)

    await reopen()

    assert await look(h, instance) == before
    later = await h.accept(SECOND)
    assert (later.states, later.instances) == ((RunState.BLOCKED,), (instance,))
    assert later.run > held.run
    assert await h.ledger.open_instances() == [(instance, TRACE)]


# joining and holding


async def test_a_member_of_a_running_instance_is_accepted_and_held(h: Any) -> None:
    instance = await open_one(h)

    held = await h.ledger.accept(h.event(FIRST), claimant=NodeId("n"))
    plain = await h.accept("nobody")
    elsewhere = await h.accept(FIRST, trace=OTHER)

    assert (held.states, held.claims, held.instances) == ((RunState.BLOCKED,), (), (instance,))
    assert (plain.states, plain.instances) == ((RunState.READY,), ())
    assert (elsewhere.states, elsewhere.instances) == ((RunState.READY,), ())
    assert await h.ledger.instances_of_run(held.run) == {instance: True}
    assert await h.ledger.instances_of_run(plain.run) == {}
    assert await h.ledger.key_holder(held.run) is None
    assert [(run.step, run.is_held) for run in (await look(h, instance)).runs] == [
        (START, False),
        (FIRST, True),
    ]


async def test_a_member_that_is_free_is_not_held(h: Any) -> None:
    instance = await open_one(h)
    await change(h, instance, memos={FIRST: FREE})

    accepted = await h.accept(FIRST)
    second = await h.accept(SECOND)

    assert (accepted.states, second.states) == ((RunState.READY,), (RunState.BLOCKED,))
    assert await h.ledger.instances_of_run(accepted.run) == {instance: False}


async def test_a_further_run_before_a_member_takes_its_freedom_back(h: Any) -> None:
    instance = await open_one(h)
    await change(h, instance, memos={FIRST: FREE, SECOND: FREE})

    await h.accept(FIRST)

    assert (await look(h, instance)).record.memos == {FIRST: FREE, SECOND: Memo()}
    assert (await h.accept(SECOND)).states == (RunState.BLOCKED,)
    await h.accept(START)
    assert (await h.accept(FIRST)).states == (RunState.BLOCKED,)


async def test_a_run_that_joins_raises_the_version(h: Any) -> None:
    instance = await open_one(h)
    stale = await look(h, instance)
    await h.accept(FIRST)

    answer = await change(h, instance, version=stale.record.version, closes=True)

    assert not answer.is_current
    assert (await look(h, instance)).record.is_open


async def test_one_event_may_bring_the_start_and_a_member(h: Any) -> None:
    deliveries = (Delivery(step=START), Delivery(step=FIRST))

    accepted = await h.accept("topic", deliveries=deliveries, opens=(opening(),))

    assert accepted.states == (RunState.READY, RunState.BLOCKED)
    assert [run.is_held for run in (await look(h, accepted.instances[0])).runs] == [False, True]


async def test_a_held_run_does_not_queue_in_its_key(h: Any) -> None:
    instance = await open_one(h)
    held = await h.accept(FIRST, key="k")

    free = await h.accept(FIRST, key="k", trace=OTHER)
    done = await change(h, instance, frees=(held.run,))

    assert free.states == (RunState.READY,)
    assert [(moved.run, moved.state) for moved in done.freed] == [(held.run, RunState.BLOCKED)]
    (claim,) = await h.claim(FIRST)
    finished = await h.ledger.complete(claim.run, claim.epoch, result=None)
    assert (claim.run, finished.unblocked) == (free.run, held.run)


async def test_a_cancelled_held_run_leaves_its_key_alone(h: Any) -> None:
    await open_one(h)
    held = await h.accept(FIRST, key="k")
    behind = await h.accept(FIRST, key="k", trace=OTHER)

    answer = await h.ledger.cancel(held.run, reason="by_hand")

    assert (answer.was, answer.unblocked) == (RunState.BLOCKED, None)
    assert await h.state(behind.run) == "ready"


async def test_a_parked_member_joins_and_is_held_when_its_step_appears(h: Any) -> None:
    instance = await open_one(h)
    parked = await h.accept(FIRST, parked=True)
    of_topic = await h.accept("news", parked=True)

    await h.ledger.deliver_parked(FIRST, (Delivery(step=FIRST),))
    await h.ledger.deliver_parked("news", (Delivery(step=SECOND, key="k"), Delivery(step=StepId("x"))))

    assert parked.instances == (instance,)
    assert of_topic.instances == ()
    assert [await h.state(run) for run in (parked.run, of_topic.run)] == ["blocked", "blocked"]
    assert [(run.step, run.is_held) for run in (await look(h, instance)).runs] == [
        (START, False),
        (FIRST, True),
        (SECOND, True),
    ]
    assert len(await h.claim("x")) == 1


async def test_a_parked_member_that_was_set_free_meanwhile_is_delivered_at_once(h: Any) -> None:
    instance = await open_one(h)
    parked = await h.accept(FIRST, parked=True)

    done = await change(h, instance, memos={FIRST: FREE}, frees=(parked.run,))
    await h.ledger.deliver_parked(FIRST, (Delivery(step=FIRST),))

    assert done.freed == ()
    assert await h.state(parked.run) == "ready"


async def test_a_run_may_be_held_by_two_instances(h: Any) -> None:
    one = await open_one(h)
    (_, two) = (await h.accept(START, opens=(opening("other"),))).instances
    held = await h.accept(FIRST)

    first = await change(h, one, frees=(held.run,))
    second = await change(h, two, frees=(held.run,))

    assert (first.freed, [moved.run for moved in second.freed]) == ((), [held.run])
    assert await h.state(held.run) == "ready"
