"""Backoff of restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motia.runtime import FrozenClock
from motia.workers.keeper import Backoff

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench


def test_restarts_come_at_once_then_later_and_later() -> None:
    backoff = Backoff()

    delays = [backoff.next_s(0.0) for _ in range(9)]

    assert delays == [0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_health_resets_the_delay() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.next_s(29.9)

    assert backoff.next_s(30.0) == 0.0
    assert backoff.next_s(0.0) == 0.1


async def test_a_worker_that_dies_again_and_again_waits_for_the_clock(bench: Bench) -> None:
    bench.write("one.json", "a", on_load="die")
    supervisor = await bench.start(clock=(clock := FrozenClock()))
    await bench.until(lambda: [info.restarts for info in supervisor.info() if info.state == "dead"] == [2])

    bench.write("one.json", "a")
    await clock.advance(0.09)
    assert not supervisor.has_step("a")  # type: ignore[arg-type]
    await clock.advance(0.02)

    await bench.until(lambda: supervisor.has_step("a"))  # type: ignore[arg-type]
