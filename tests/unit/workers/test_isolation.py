"""Suspects run alone, one at a time, in a worker of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motia.model import StepId
from motia.runtime import FrozenClock
from motia.workers import Died, Failed, NoWorker
from motia.workers import isolation as isolation_room

if TYPE_CHECKING:
    import pytest
    from tests.unit.workers.conftest import Bench


async def test_a_suspect_runs_in_a_worker_of_its_own(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()
    pid = supervisor.info()[0].pid

    first = await bench.value(bench.invoke(do="version", is_alone=True))
    second = await bench.value(bench.invoke(do="version", is_alone=True))

    assert first[1] != pid
    assert first == second


async def test_suspects_run_one_at_a_time_in_order(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()

    first = bench.invoke(do="return_late", is_alone=True)
    second = bench.invoke(n=2, is_alone=True)
    await bench.until(lambda: any(i.lane == "alone" and i.in_flight for i in supervisor.info()))
    assert not second.answer.done()
    first.cancel("cancel")

    assert await bench.value(first) == "cancel"
    assert await bench.value(second) == {"n": 2}


async def test_a_suspect_that_kills_its_worker_was_alone_and_the_next_gets_another(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()
    bystander = bench.invoke(do="hang")

    dying = bench.invoke(do="exit", code=1, is_alone=True)
    next_one = bench.invoke(n=1, is_alone=True)
    answer = await bench.answer(dying)

    assert isinstance(answer, Died)
    assert answer.was_alone
    assert await bench.value(next_one) == {"n": 1}
    assert not bystander.answer.done()
    assert supervisor.has_step(StepId("a"))


async def test_a_suspect_that_waits_can_be_cancelled(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()
    bench.invoke(do="hang", is_alone=True)

    waiting = bench.invoke(n=1, is_alone=True)
    waiting.cancel("cancel")
    answer = await bench.answer(waiting)

    assert isinstance(answer, Failed)
    assert answer.failure.kind == "cancelled"


async def test_suspects_beyond_the_bound_are_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation_room, "WAITING_MAX", 1)
    bench.write("one.json", "a")
    await bench.start()

    bench.invoke(n=1, is_alone=True)
    answer = await bench.answer(bench.invoke(n=2, is_alone=True))

    assert isinstance(answer, NoWorker)
    assert answer.reason.startswith("busy")


async def test_without_a_worker_suspects_are_refused(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()
    bench.write("one.json", "a", on_load="die")

    answer = await bench.answer(bench.invoke(n=1, is_alone=True))

    assert isinstance(answer, NoWorker)
    assert "exited with code 9" in answer.reason


async def test_the_worker_ends_when_no_suspect_comes(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(clock=(clock := FrozenClock()))
    await bench.value(bench.invoke(n=1, is_alone=True))
    assert len(supervisor.info()) == 2

    await clock.advance(30.0)

    await bench.until(lambda: len(supervisor.info()) == 1)


async def test_drain_refuses_suspects_that_wait(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()
    waiting = bench.invoke(n=1, is_alone=True)

    await supervisor.drain(0.0)

    assert await bench.answer(waiting) == NoWorker(reason="draining")
