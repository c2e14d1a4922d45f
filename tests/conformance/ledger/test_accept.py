"""Accepting: dedupe, bounds, claimed at once, several deliveries."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from motia.model import Delivery, IdempotencyConflict, NodeId, QueueFull, RunId, RunState, StepId

NODE = NodeId("node-1")


async def test_one_event_gives_one_run_for_each_delivery(h: Any) -> None:
    deliveries = (Delivery(step=StepId("a")), Delivery(step=StepId("b"), key="k"))

    accepted = await h.accept("topic", deliveries=deliveries)

    assert accepted.run == accepted.runs[0]
    runs = [await h.ledger.get(run) for run in accepted.runs]
    assert [run.step for run in runs] == ["a", "b"]
    assert {run.event for run in runs} == {accepted.run}
    assert {run.target for run in runs} == {"topic"}


async def test_ids_sort_by_acceptance_also_when_the_clock_is_set_back(h: Any) -> None:
    first = await h.accept()
    h.clock.jump(-3_600)
    second = await h.accept()
    h.clock.jump(+7_200)
    third = await h.accept()

    assert first.run < second.run < third.run


async def test_all_of_a_run_is_kept(h: Any) -> None:
    accepted = await h.accept(
        parent_run=RunId("00000000000000aa"),
        parent_span="b" * 16,
        key="k",
        lane="l",
        priority=-5,
        retry_count=2,
        replay_of=RunId("00000000000000bb"),
        info=b'{"x":1}',
    )

    run = await h.ledger.get(accepted.run)
    assert (run.parent_run, run.parent_span) == ("00000000000000aa", "b" * 16)
    assert (run.key, run.lane, run.priority, run.retry_count) == ("k", "l", -5, 2)
    assert (run.replay_of, run.info, run.trace) == ("00000000000000bb", b'{"x":1}', "a" * 32)
    assert (run.created_at, run.due_at) == (h.clock.now_ms(), h.clock.now_ms())
    (claim,) = await h.claim()
    assert (claim.key, claim.lane, claim.parent_run, claim.retry_count) == ("k", "l", "00000000000000aa", 2)


@pytest.mark.parametrize(
    "options",
    [{"lane": "l"}, {"due_at": 1 << 42}, {"parked": True}],
)
async def test_what_is_not_plainly_ready_is_left_to_claim(h: Any, options: Any) -> None:
    accepted = await h.ledger.accept(h.event(**options), claimant=NODE)

    assert accepted.claims == ()
    assert RunState.RUNNING not in accepted.states


async def test_a_claimant_does_not_overtake_a_ready_run(h: Any) -> None:
    waiting = await h.accept()

    accepted = await h.ledger.accept(h.event(), claimant=NODE)

    assert accepted.states == (RunState.READY,)
    assert [claim.run for claim in await h.claim()] == [waiting.run, accepted.run]


async def test_several_deliveries_are_not_claimed_at_once(h: Any) -> None:
    deliveries = (Delivery(step=StepId("a")), Delivery(step=StepId("b")))

    accepted = await h.ledger.accept(h.event("t", deliveries=deliveries), claimant=NODE)

    assert accepted.states == (RunState.READY, RunState.READY)


async def test_a_paused_step_is_not_claimed_at_once(h: Any) -> None:
    await h.ledger.pause(StepId("step-a"))

    accepted = await h.ledger.accept(h.event(), claimant=NODE)

    assert accepted.states == (RunState.READY,)


async def test_an_equal_idempotency_key_returns_the_first_event(h: Any) -> None:
    deliveries = (Delivery(step=StepId("a")), Delivery(step=StepId("b")))
    first = await h.accept("t", idempotency_key="x", deliveries=deliveries)

    second = await h.accept("t", idempotency_key="x", deliveries=deliveries)

    assert second.deduplicated
    assert (second.run, second.runs, second.states) == (first.run, first.runs, first.states)
    assert len(await h.claim("a")) == 1


async def test_an_idempotency_key_is_for_one_target(h: Any) -> None:
    first = await h.accept("a", idempotency_key="x")
    second = await h.accept("b", idempotency_key="x")

    assert not second.deduplicated
    assert first.run != second.run


async def test_another_payload_under_the_same_key_is_refused(h: Any) -> None:
    await h.accept(idempotency_key="x", payload=b"1")

    with pytest.raises(IdempotencyConflict):
        await h.accept(idempotency_key="x", payload=b"2")
    assert len(await h.claim()) == 1


async def test_an_idempotency_key_ends_after_its_time(h: Any) -> None:
    first = await h.accept(idempotency_key="x", idempotency_ttl_ms=10_000)
    await h.clock.advance(9.999)
    same = await h.accept(idempotency_key="x", idempotency_ttl_ms=10_000)
    await h.clock.advance(0.001)

    new = await h.accept(idempotency_key="x", payload=b"2")

    assert same.run == first.run
    assert new.run != first.run
    assert not new.deduplicated


async def test_equal_keys_at_the_same_moment_give_one_event(h: Any) -> None:
    accepted = await asyncio.gather(*(h.accept(idempotency_key="x") for _ in range(20)))

    assert len({one.run for one in accepted}) == 1
    assert sum(not one.deduplicated for one in accepted) == 1


async def test_a_refused_event_does_not_spoil_its_neighbours(h: Any) -> None:
    await h.accept(idempotency_key="x", payload=b"0")
    tries = [h.accept(idempotency_key="x", payload=b"other"), h.accept(), h.accept(depth_max=0), h.accept()]

    answers = await asyncio.gather(*tries, return_exceptions=True)

    assert [type(answer).__name__ for answer in answers] == [
        "IdempotencyConflict",
        "Accepted",
        "QueueFull",
        "Accepted",
    ]
    assert len(await h.claim()) == 3


async def test_a_reattempt_gets_the_event_that_is_there(h: Any) -> None:
    parent = await h.start()
    child = {"parent_run": parent.run, "fingerprint": "f"}
    first = await h.accept("child", **child, occurrence=0)
    second = await h.accept("child", **child, occurrence=1)

    again = await h.accept("child", **child, occurrence=1, is_reattempt=True)
    third = await h.accept("child", **child, occurrence=2, is_reattempt=True)
    other = await h.accept("child", parent_run=parent.run, fingerprint="g", is_reattempt=True)

    assert (again.run, again.deduplicated) == (second.run, True)
    assert len({first.run, second.run, third.run, other.run}) == 4
    assert not third.deduplicated
    assert len(await h.ledger.children(parent.run)) == 4


async def test_a_run_finds_its_replays_newest_first(h: Any) -> None:
    original = await h.accept()
    replays = [(await h.accept(replay_of=original.run)).run for _ in range(3)]
    again = (await h.accept(replay_of=replays[0])).run

    assert [run.id for run in await h.ledger.replays(original.run)] == replays[::-1]
    assert [run.id for run in await h.ledger.replays(original.run, limit=2)] == replays[:0:-1]
    assert [run.id for run in await h.ledger.replays(replays[0])] == [again]
    assert await h.ledger.replays(again) == []


async def test_a_first_attempt_may_trigger_the_same_twice(h: Any) -> None:
    options = {"parent_run": RunId("00000000000000aa"), "fingerprint": "f", "occurrence": 0}

    first = await h.accept(**options)
    second = await h.accept(**options)

    assert first.run != second.run


async def test_a_full_step_accepts_no_more(h: Any) -> None:
    first = await h.start(depth_max=2)
    await h.accept(depth_max=2, due_at=1 << 42)

    with pytest.raises(QueueFull):
        await h.accept(depth_max=2)
    await h.ledger.complete(first.run, first.epoch, result=None)
    await h.accept(depth_max=2)

    with pytest.raises(QueueFull):
        await h.accept(depth_max=2)


async def test_an_event_that_is_refused_for_one_delivery_is_refused_whole(h: Any) -> None:
    deliveries = (Delivery(step=StepId("a")), Delivery(step=StepId("b"), depth_max=0))

    with pytest.raises(QueueFull):
        await h.accept("t", deliveries=deliveries, idempotency_key="x")

    assert await h.ledger.depths() == []
    assert not (await h.accept("t", idempotency_key="x")).deduplicated


async def test_the_depth_is_known_after_a_restart(h: Any, reopen: Any) -> None:
    await h.accept(depth_max=1)

    await reopen()

    with pytest.raises(QueueFull):
        await h.accept(depth_max=1)


async def test_parked_events_go_to_every_step_that_appears(h: Any) -> None:
    first = await h.accept("t", parked=True)
    second = await h.accept("t", parked=True)
    await h.accept("other", parked=True)
    deliveries = (Delivery(step=StepId("a")), Delivery(step=StepId("b"), lane="l"))

    freed = await h.ledger.deliver_parked("t", deliveries, limit=1)
    rest = await h.ledger.deliver_parked("t", deliveries)

    assert (freed[0], rest[0]) == (first.run, second.run)
    assert (len(freed), len(rest)) == (2, 2)
    assert len(await h.claim("a")) == len(await h.claim("b")) == 2
    assert (await h.ledger.get(freed[1])).event == first.run
    assert await h.ledger.parked_targets() == {"other": 1}
