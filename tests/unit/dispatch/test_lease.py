from __future__ import annotations

from dispatch_world import World

from motia.model import RunState


async def test_the_lease_is_renewed_every_five_seconds(world: World) -> None:
    await world.boot()
    asked: list[str] = []

    async def before(name: str) -> None:
        asked.append(name)

    world.ledger.before = before
    await world.advance(61)

    assert asked.count("renew") == 12
    assert await world.store.renew(world.dispatcher._state.node, ttl_ms=15_000)


async def test_after_a_lapse_what_is_still_ours_goes_on(world: World) -> None:
    world.step("a", lambda call: call.sleep(30))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    await world.store.unregister(world.dispatcher._state.node)
    await world.advance(31)

    run = await world.run(accepted.run)
    assert (run.state, run.epoch) == (RunState.COMPLETED, 1)
    assert world.recorder.counts["leases_lost"] == 1
    assert world.workers.started == {"a": 1}


async def test_after_a_lapse_what_another_took_is_stopped_and_does_not_count(world: World) -> None:
    world.step("a", lambda call: call.sleep(30))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()
    await world.store.unregister(world.dispatcher._state.node)
    assert await world.store.adopt("other") == [accepted.run]  # type: ignore[arg-type]
    await world.dispatcher.pause("a")
    await world.advance(6)

    assert world.workers.tickets[0].cancelled_by == "shutdown"
    run = await world.run(accepted.run)
    assert (run.state, run.attempt) == (RunState.READY, 0)
    assert world.dispatcher.in_flight == 0


async def test_stopping_gives_the_lease_up(world: World) -> None:
    await world.boot()
    node = world.dispatcher._state.node
    await world.close()

    assert not await world.store.renew(node, ttl_ms=15_000)
