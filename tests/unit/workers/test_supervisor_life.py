"""The supervisor over real processes: starts that fail, restarts, drain, stop and kill."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.doubles.processes import is_alive

from motia.model import StepId
from motia.runtime import FrozenClock
from motia.workers import Died, Failed, NoWorker, UnknownWorker

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench, ScriptedLauncher


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def open_fds() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("none", "sent no hello within 10 s"),
        ("bad-protocol", "speaks version 99"),
        ("bad-language", "cobol"),
        ("exit", "exited with code 7"),
    ],
)
async def test_a_worker_that_does_not_greet_is_a_fault_of_the_start(
    bench: Bench, scripted: type[ScriptedLauncher], how: str, reason: str
) -> None:
    bench.write("one.json", "a")
    launchers = {"python": scripted(SCRIPT_HELLO=how)}
    supervisor = await bench.start(clock=(clock := FrozenClock()), launchers=launchers, waits=False)

    starting = asyncio.ensure_future(supervisor.start())
    if how == "none":
        await bench.until(lambda: supervisor.info() and supervisor.info()[0].pid)
        await clock.advance(10.0)
    await asyncio.wait_for(starting, 10)

    assert reason in supervisor.manifest.faults[0].message
    assert not supervisor.has_step(StepId("a"))


async def test_a_load_that_hangs_is_a_fault_of_the_start(bench: Bench) -> None:
    bench.write("one.json", "a", on_load="hang")
    supervisor = await bench.start(clock=(clock := FrozenClock()), waits=False)

    starting = asyncio.ensure_future(supervisor.start())
    await bench.until(lambda: supervisor.info() and supervisor.info()[0].runtime)
    await clock.advance(60.0)
    await asyncio.wait_for(starting, 10)

    assert "sent no manifest within 60 s" in supervisor.manifest.faults[0].message


async def test_a_command_that_cannot_be_started_is_a_fault_of_the_start(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    launcher = scripted()
    launcher.argv = lambda: ["/nowhere/python"]  # type: ignore[method-assign]
    bench.write("one.json", "a")

    supervisor = await bench.start(launchers={"python": launcher})

    assert "could not be started" in supervisor.manifest.faults[0].message


async def test_a_worker_that_failed_to_start_is_tried_again(bench: Bench) -> None:
    bench.write("one.json", "a", on_load="die")
    supervisor = await bench.start()
    assert supervisor.manifest.faults[0].code == "worker-failed"

    bench.write("one.json", "a")

    await bench.until(lambda: supervisor.has_step(StepId("a")))
    assert supervisor.manifest.faults == ()
    assert bench.told.manifests[-1] == supervisor.manifest


async def test_restart_replaces_a_worker_without_interrupting_it(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()
    old = supervisor.info()[0]
    running = bench.invoke(do="hang")

    await supervisor.restart(old.name)
    assert {info.pid: info.state for info in supervisor.info()}[old.pid] == "draining"
    name, pid = supervisor.info()[0].name, await bench.value(bench.invoke(do="version"))
    running.cancel("cancel")

    assert isinstance(await bench.answer(running), Failed)
    assert pid[1] != old.pid
    await bench.until(lambda: not is_alive(old.pid))
    assert name
    with pytest.raises(UnknownWorker):
        await supervisor.restart("python-99")


async def test_drain_lets_what_runs_finish_and_takes_nothing_new(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(clock=(clock := FrozenClock()))
    running = bench.invoke(do="hang")

    draining = asyncio.ensure_future(supervisor.drain(3.0))
    await clock.advance(2.9)
    refused = await bench.answer(bench.invoke(n=1))
    assert not running.answer.done()
    await clock.advance(0.2)
    answer = await bench.answer(running)
    await asyncio.wait_for(draining, 5)

    assert refused == NoWorker(reason="draining")
    assert supervisor.free_slots(StepId("a")) == 0
    assert isinstance(answer, Failed)
    assert answer.failure.message == "shutdown"


async def test_drain_returns_at_once_when_what_runs_finishes(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(clock=FrozenClock())
    running = bench.invoke(do="hang")

    draining = asyncio.ensure_future(supervisor.drain(1_000.0))
    running.cancel("cancel")

    await asyncio.wait_for(draining, 5)


async def test_stop_leaves_no_process_and_no_descriptor(bench: Bench) -> None:
    bench.write("one.json", "a")
    before = open_fds()
    supervisor = await bench.start(production=False, background=2)
    await bench.until(lambda: len(supervisor.info()) == 3)
    pids = [info.pid for info in supervisor.info()]
    ticket = bench.invoke(do="hang")

    await supervisor.stop()

    assert isinstance(await bench.answer(ticket), Failed)
    assert not any(map(exists, pids))
    assert open_fds() <= before
    assert supervisor.info() == []


async def test_a_worker_that_does_not_end_is_killed_at_stop(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a")
    launchers = {"python": scripted(SCRIPT_STOP="hang")}
    supervisor = await bench.start(clock=(clock := FrozenClock()), launchers=launchers)
    pid = supervisor.info()[0].pid

    stopping = asyncio.ensure_future(supervisor.stop())
    await bench.until(lambda: supervisor.info() and supervisor.info()[0].state == "draining")
    await clock.advance(10.0)
    await asyncio.wait_for(stopping, 5)

    assert not is_alive(pid)


async def test_kill_answers_everything_as_blameless(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start()
    ticket = bench.invoke(do="ignore_cancel")

    supervisor.kill()
    answer = await bench.answer(ticket)

    assert answer == Died("python-1", "shutdown", True, is_blameless=True)
