from __future__ import annotations

from collections.abc import Callable

import pytest
from dispatch_world import World
from scripted_workers import Call, Fails

from motia.model import Backoff, Concurrency, LoadFault, RunId, RunNotFound, StepKind
from motia.project import Catalog


async def code_of(world: World, run: RunId) -> tuple[str, str]:
    explanation = await world.dispatcher.explain(run)
    return explanation.code, explanation.text


async def test_a_scheduled_run_says_until_when(world: World) -> None:
    world.step("a")
    await world.boot()
    accepted = await world.trigger("a", delay_ms=60_000)

    code, text = await code_of(world, accepted.run)
    assert (code, text) == ("scheduled", "scheduled until 2026-01-01T00:01:00.000Z")


async def test_a_retrying_run_says_which_attempt_failed_how(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Fails("disk on fire")

    world.step("a", handler, backoff=Backoff(initial_ms=5_000, jitter=False))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()

    code, text = await code_of(world, accepted.run)
    assert code == "retrying"
    assert "attempt 1 of 4 failed (Boom: disk on fire)" in text
    assert "2026-01-01T00:00:05" in text


async def test_a_blocked_run_names_the_run_ahead_of_it(world: World) -> None:
    world.step("a", lambda call: call.sleep(60), key="k")
    await world.boot()
    first = await world.trigger("a", {"k": "x"})
    second = await world.trigger("a", {"k": "x", "n": 2})

    code, text = await code_of(world, second.run)
    assert code == "blocked"
    assert text == f"blocked behind run {first.run} of key 'x', which is running"


async def test_a_parked_run_names_the_closest_targets(world: World) -> None:
    world.step("resize-image")
    await world.boot()
    accepted = await world.trigger("resize-imgae")

    code, text = await code_of(world, accepted.run)
    assert code == "parked"
    assert "closest known: resize-image" in text


async def test_a_parked_run_for_an_api_step_says_that_only_a_request_runs_it(world: World) -> None:
    world.step("get-image", kind=StepKind.API, method="GET", path="/images/:id")
    await world.boot()
    accepted = await world.trigger("get-image")

    code, text = await code_of(world, accepted.run)
    assert code == "parked"
    assert text.startswith("parked: 'get-image' is an api step (")
    assert text.endswith("which only a request can run; a request would be GET /images/:id")
    assert any("'get-image' is an api step" in line["message"] for line in world.recorder.logs)


async def test_a_parked_run_names_the_files_that_could_not_be_loaded(world: World) -> None:
    await world.boot()
    fault = LoadFault(code="no-runtime", file="text.rb", line=1, message="Ruby is not installed")
    world.dispatcher.use_catalog(Catalog((), (fault,)))
    accepted = await world.trigger("send-text")

    code, text = await code_of(world, accepted.run)
    assert code == "parked"
    assert "could not be loaded: text.rb:1 Ruby is not installed" in text


async def test_a_running_run_says_since_when_and_where(world: World) -> None:
    world.step("a", lambda call: call.sleep(60))
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()

    code, text = await code_of(world, accepted.run)
    assert code == "running"
    assert "on node node-1, attempt 1" in text


async def test_a_dead_run_says_why(world: World) -> None:
    async def handler(call: Call) -> None:
        raise Fails("no", kind="fatal")

    world.step("a", handler)
    await world.boot()
    accepted = await world.trigger("a")
    await world.settle()

    code, text = await code_of(world, accepted.run)
    assert code == "dead"
    assert text.startswith("dead (fatal) after one attempt: Boom: no")


async def test_a_paused_step_is_named(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.dispatcher.pause("a")
    accepted = await world.trigger("a")

    assert await code_of(world, accepted.run) == ("paused", "ready: step a is paused")


async def test_the_holders_of_the_concurrency_are_named(world: World) -> None:
    world.step("a", lambda call: call.sleep(60), concurrency=Concurrency(limit=2))
    await world.boot()
    runs = [(await world.trigger("a", number)).run for number in range(3)]
    await world.settle()

    code, text = await code_of(world, runs[2])
    assert code == "concurrency"
    assert text == f"ready: concurrency 2 of 2 held by {runs[0]}, {runs[1]}"


async def test_the_holders_of_a_lane_are_named(world: World) -> None:
    world.step("a", lambda call: call.sleep(60), concurrency=Concurrency(limit=1, key="t"))
    await world.boot()
    first = await world.trigger("a", {"t": "x"})
    await world.trigger("a", {"t": "y"})
    last = await world.trigger("a", {"t": "x"})
    await world.settle()

    code, text = await code_of(world, last.run)
    assert code == "concurrency"
    assert f"1 of 1 in lane 'x' held by {first.run}" in text


async def test_a_step_that_could_not_be_loaded_shows_the_fault(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.dispatcher.pause("a")
    accepted = await world.trigger("a")
    world.drop("a")
    await world.dispatcher.resume("a")
    fault = LoadFault(code="syntax-error", file="a.py", line=3, message="unexpected indent")
    world.dispatcher.use_catalog(Catalog((), (fault,)))

    code, text = await code_of(world, accepted.run)
    assert code == "not-loaded"
    assert "a.py:3 unexpected indent" in text


async def test_a_language_without_a_worker_is_named(world: World) -> None:
    world.step("a")
    await world.boot()
    world.workers.pool.clear()
    accepted = await world.trigger("a")

    assert await code_of(world, accepted.run) == ("no-worker", "ready: no worker runs python")


async def test_a_worker_that_restarts_is_named(world: World) -> None:
    world.step("a")
    await world.boot()
    world.workers.kill(world.workers.pool[0])
    accepted = await world.trigger("a")

    code, text = await code_of(world, accepted.run)
    assert (code, text) == ("worker-restarting", "ready: the python worker is starting")


async def test_what_takes_all_slots_is_named(make_world: Callable[..., World]) -> None:
    world = make_world(slots=2)
    world.step("hog", lambda call: call.sleep(60))
    world.step("a")
    await world.boot()
    for number in range(2):
        await world.trigger("hog", number)
    accepted = await world.trigger("a")
    await world.settle()

    assert await code_of(world, accepted.run) == ("slots", "ready: all slots are taken by hog (2)")


async def test_a_noop_step_waits_for_the_outside(world: World) -> None:
    world.step("approve", kind=StepKind.NOOP)
    await world.boot()
    accepted = await world.trigger("approve")
    await world.settle()

    assert (await code_of(world, accepted.run))[0] == "outside"


async def test_a_ledger_that_is_away_and_a_drain_are_named(world: World) -> None:
    world.step("a")
    await world.boot()
    await world.dispatcher.pause("a")
    accepted = await world.trigger("a")
    world.ledger.is_down = True
    await world.advance(6)
    assert (await code_of(world, accepted.run))[0] == "ledger"

    world.ledger.is_down = False
    await world.dispatcher.drain(0)

    assert (await code_of(world, accepted.run))[0] == "draining"


async def test_no_such_run_is_an_error(world: World) -> None:
    await world.boot()

    with pytest.raises(RunNotFound):
        await world.dispatcher.explain(RunId("f" * 16))
