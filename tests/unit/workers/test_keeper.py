"""Backoff of restarts."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from motia.model import StepId
from motia.runtime import FrozenClock
from motia.workers.keeper import Backoff

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench, ScriptedLauncher


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


async def test_a_worker_that_cannot_be_replaced_is_told_once_and_comes_back_by_itself(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    launcher = scripted()
    start_worker = launcher.argv
    bench.write("one.json", "a")
    supervisor = await bench.start(launchers={"python": launcher})
    before = supervisor.info()[0]
    launcher.argv = lambda: ["/nowhere/python"]  # type: ignore[method-assign]

    os.kill(before.pid, signal.SIGKILL)
    await bench.until(lambda: any(info.restarts >= 3 for info in supervisor.info()))

    told = [log for _, _, log in bench.told.logs if "take the place" in log.message]
    assert [log.level for log in told] == ["error"]
    assert f"no python worker can take the place of {before.name}: could not be started" in told[0].message
    assert "/nowhere/python" in told[0].message

    launcher.argv = start_worker  # type: ignore[method-assign]
    await bench.until(lambda: supervisor.has_step(StepId("a")))
