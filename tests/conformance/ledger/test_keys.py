"""Ordering keys: first in, first out, one at a time; what a dead head does."""

from __future__ import annotations

from typing import Any

import pytest

from motia.model import Dead, Delivery, RetryAt, RunFilter, RunState, StepId


async def test_runs_of_a_key_go_one_after_another_in_order(h: Any) -> None:
    runs = [(await h.accept(key="k")).run for _ in range(4)]

    done = []
    while claims := await h.claim():
        assert len(claims) == 1
        done.append(claims[0].run)
        await h.ledger.complete(claims[0].run, claims[0].epoch, result=None)

    assert done == runs


async def test_other_keys_and_other_steps_go_in_parallel(h: Any) -> None:
    for step, key in (("a", "k"), ("a", "l"), ("b", "k")):
        assert (await h.accept(step, key=key)).states == (RunState.READY,)


async def test_a_retry_holds_its_key(h: Any) -> None:
    head = await h.start(key="k")
    behind = await h.accept(key="k")
    due_at = h.clock.now_ms() + 1_000
    await h.ledger.fail(head.run, head.epoch, error=h.error, outcome=RetryAt(due_at=due_at))

    assert await h.claim() == []
    holder = await h.ledger.key_holder(behind.run)

    assert (holder.run, holder.state, holder.due_at) == (head.run, "retrying", due_at)
    assert await h.ledger.key_holder(head.run) is None


async def test_a_scheduled_head_holds_its_key(h: Any) -> None:
    await h.accept(key="k", due_at=h.clock.now_ms() + 1_000)

    assert (await h.accept(key="k")).states == (RunState.BLOCKED,)


async def test_a_scheduled_run_behind_is_scheduled_when_it_is_its_turn(h: Any) -> None:
    head = await h.start(key="k")
    due_at = h.clock.now_ms() + 1_000
    behind = await h.accept(key="k", due_at=due_at)

    done = await h.ledger.complete(head.run, head.epoch, result=None)

    assert done.unblocked == behind.run
    assert await h.state(behind.run) == "scheduled"
    assert (await h.ledger.promote()).next_due_at == due_at


async def test_a_cancelled_blocked_run_sets_nothing_free(h: Any) -> None:
    await h.start(key="k")
    middle, last = await h.accept(key="k"), await h.accept(key="k")

    answer = await h.ledger.cancel(middle.run, reason="by_hand")

    assert answer.unblocked is None
    assert await h.state(last.run) == "blocked"


async def test_keys_are_known_after_a_restart(h: Any, reopen: Any) -> None:
    head = await h.start(key="k")
    await reopen()

    behind = await h.accept(key="k")
    done = await h.ledger.complete(head.run, head.epoch, result=None)

    assert behind.states == (RunState.BLOCKED,)
    assert done.unblocked == behind.run


async def _dead_head(h: Any) -> tuple[Any, Any]:
    head = await h.start(key="k", blocks_on_dead=True)
    behind = await h.accept(key="k", blocks_on_dead=True)
    done = await h.ledger.fail(head.run, head.epoch, error=h.error, outcome=Dead(reason="fatal"))
    assert done.unblocked is None
    return head, behind


async def test_a_dead_run_blocks_its_key_when_its_delivery_says_so(h: Any, reopen: Any) -> None:
    head, behind = await _dead_head(h)
    await reopen()

    assert await h.state(behind.run) == "blocked"
    assert (await h.ledger.key_holder(behind.run)).run == head.run
    assert (await h.accept(key="k")).states == (RunState.BLOCKED,)
    assert (await h.accept(key="other")).states == (RunState.READY,)


async def test_a_replay_takes_the_place_of_the_dead_head(h: Any) -> None:
    head, behind = await _dead_head(h)

    replay = await h.accept(key="k", blocks_on_dead=True, replay_of=head.run)
    (claim,) = await h.claim()
    done = await h.ledger.complete(claim.run, claim.epoch, result=None)

    assert replay.states == (RunState.READY,)
    assert claim.run == replay.run
    assert done.unblocked == behind.run


async def test_only_one_replay_takes_the_place(h: Any) -> None:
    head, _ = await _dead_head(h)
    await h.accept(key="k", replay_of=head.run)

    assert (await h.accept(key="k", replay_of=head.run)).states == (RunState.BLOCKED,)


async def test_a_replay_of_what_does_not_block_waits_its_turn(h: Any) -> None:
    head = await h.start(key="k")
    await h.accept(key="k")
    await h.ledger.fail(head.run, head.epoch, error=h.error, outcome=Dead(reason="fatal"))

    assert (await h.accept(key="k", replay_of=head.run)).states == (RunState.BLOCKED,)


async def test_a_purge_of_the_dead_head_sets_the_next_free(h: Any) -> None:
    _, behind = await _dead_head(h)

    assert await h.ledger.purge(RunFilter(states=(RunState.DEAD,))) == 1

    assert await h.state(behind.run) == "ready"


@pytest.mark.parametrize("has_follower", [True, False])
async def test_retention_leaves_a_dead_head_while_runs_wait_behind_it(h: Any, has_follower: bool) -> None:
    head, behind = await _dead_head(h)
    if not has_follower:
        await h.ledger.cancel(behind.run, reason="by_hand")

    await h.ledger.prune(finished_before=h.clock.now_ms() + 1, size_bytes_max=None)

    assert (await h.ledger.get(head.run) is not None) == has_follower


async def test_parked_runs_keep_their_order_when_delivered(h: Any) -> None:
    parked = [(await h.accept("t", parked=True, key="k")).run for _ in range(3)]
    await h.ledger.deliver_parked("t", (Delivery(step=StepId("a")), Delivery(step=StepId("b"))))

    for expected in parked:
        (claim,) = await h.claim("a")
        assert claim.run == expected
        await h.ledger.complete(claim.run, claim.epoch, result=None)
    assert len(await h.claim("b")) == 1
