"""Files that end their worker while it loads, over real processes: named, left out, tried again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from motia.runtime import FrozenClock
from motia.workers.trial import CULPRITS_MAX, RETRY_FIRST_S
from motia.workers.worker import FILE_S, MANIFEST_S

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench, ScriptedLauncher

    from motia.workers import Supervisor


async def start(bench: Bench, scripted: type[ScriptedLauncher], **options: Any) -> Supervisor:
    return await bench.start(launchers={"python": scripted(SCRIPT_TELLS="1")}, **options)


def ended(supervisor: Supervisor) -> list[str]:
    return [fault.file for fault in supervisor.manifest.faults if fault.code == "worker-ended"]


def at_two(supervisor: Supervisor) -> set[str]:
    """Workers that have said that they load two.json."""
    return {worker.name for worker in supervisor._registry.workers if worker.loads == "two.json"}


async def test_a_file_that_ends_its_worker_is_named_and_the_others_serve(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", on_load="die")
    bench.write("three.json", "c")

    supervisor = await start(bench, scripted, production=False)

    (fault,) = supervisor.manifest.faults
    assert (fault.code, fault.file, fault.severity) == ("worker-ended", "two.json", "error")
    assert fault.message == "two.json ended the worker while it was loaded (exited with code 9)"
    assert "saved" in fault.hint
    assert await bench.value(bench.invoke("c", n=1)) == {"n": 1}
    assert {step.id for step in supervisor.manifest.steps} == {"a", "c"}
    assert "two.json" in supervisor.modules()["python"]


async def test_every_worker_of_the_pools_leaves_the_file_out(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", on_load="die")

    supervisor = await start(bench, scripted, production=False, request=1, background=2, stands_by=False)

    assert [info.state for info in supervisor.info()] == ["ready"] * 3
    assert ended(supervisor) == ["two.json"]


async def test_several_files_that_end_their_worker_are_all_named(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a", on_load="die")
    bench.write("two.json", "b", on_load="die")
    bench.write("three.json", "c")

    supervisor = await start(bench, scripted)

    assert ended(supervisor) == ["one.json", "two.json"]
    assert await bench.value(bench.invoke("c", n=1)) == {"n": 1}


async def test_more_such_files_than_are_left_out_are_a_fault_of_the_load(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    for number in range(CULPRITS_MAX + 1):
        bench.write(f"{number}.json", f"s{number}", on_load="die")

    supervisor = await start(bench, scripted, clock=FrozenClock())

    assert [fault.code for fault in supervisor.manifest.faults] == ["worker-failed"]
    assert "exited with code 9" in supervisor.manifest.faults[0].message


async def test_a_death_that_does_not_come_again_condemns_no_file(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a", on_load="die", times=1)

    supervisor = await start(bench, scripted)

    assert supervisor.manifest.faults == ()
    assert await bench.value(bench.invoke("a", n=1)) == {"n": 1}


async def test_a_kill_from_outside_condemns_only_what_it_meets_twice_apart(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a", on_load="killed", times=2)
    bench.write("two.json", "b", on_load="killed")

    supervisor = await start(bench, scripted)

    assert ended(supervisor) == ["two.json"]
    assert "SIGKILL" in supervisor.manifest.faults[0].message
    assert await bench.value(bench.invoke("a", n=1)) == {"n": 1}


async def test_kills_that_always_meet_another_file_end_the_load(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    for number in range(6):
        bench.write(f"{number}.json", f"s{number}", on_load="killed", times=1)

    supervisor = await start(bench, scripted, clock=FrozenClock(), waits=False)
    await supervisor.start()

    assert [fault.code for fault in supervisor.manifest.faults] == ["worker-failed"]


async def test_a_file_that_holds_its_worker_up_is_named_after_its_time(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", on_load="hang")
    clock = FrozenClock()
    supervisor = await start(bench, scripted, clock=clock, waits=False)

    starting = asyncio.ensure_future(supervisor.start())
    held: set[str] = set()
    for limit_s in (MANIFEST_S, FILE_S):
        await bench.until(lambda seen=frozenset(held): bool(at_two(supervisor) - seen))
        held |= at_two(supervisor)
        await clock.advance(limit_s)
    await asyncio.wait_for(starting, 20)

    (fault,) = supervisor.manifest.faults
    assert fault.file == "two.json"
    assert fault.message == "two.json was not loaded within 30 s, so its worker was ended"
    assert await bench.value(bench.invoke("a", n=1)) == {"n": 1}


async def test_a_file_that_ended_its_worker_is_loaded_again_when_it_is_saved(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", on_load="die")
    supervisor = await start(bench, scripted, production=False)
    bench.write("two.json", "b")

    await supervisor.reload(bench.files)

    assert supervisor.manifest.faults == ()
    assert await bench.value(bench.invoke("b", n=1)) == {"n": 1}


async def test_a_reload_keeps_the_last_good_version_of_a_file_that_now_ends_its_worker(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a", version="1")
    bench.write("two.json", "b", version="1")
    supervisor = await start(bench, scripted, production=False)
    bench.write("one.json", "a", version="2", on_load="die")
    bench.write("two.json", "b", version="2")

    await supervisor.reload(bench.files)

    assert ended(supervisor) == ["one.json"]
    assert (await bench.value(bench.invoke("a", do="version")))[0] == "1"
    assert (await bench.value(bench.invoke("b", do="version")))[0] == "2"


async def test_in_production_a_file_that_was_left_out_is_tried_again_by_itself(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", on_load="die", times=2)
    clock = FrozenClock()
    supervisor = await start(bench, scripted, clock=clock)
    assert ended(supervisor) == ["two.json"]

    await clock.advance(RETRY_FIRST_S)

    await bench.until(lambda: supervisor.has_step("b"))  # type: ignore[arg-type]
    assert supervisor.manifest.faults == ()


async def test_steps_whose_file_ends_the_restarted_worker_stay_in_the_project_with_a_fault(
    bench: Bench, scripted: type[ScriptedLauncher]
) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b")
    supervisor = await start(bench, scripted, production=False)
    bench.write("two.json", "b", on_load="die")

    await bench.answer(bench.invoke("a", do="exit", code=1))

    await bench.until(lambda: supervisor.has_step("a"))  # type: ignore[arg-type]
    await bench.until(lambda: ended(supervisor) == ["two.json"])
    assert {step.id for step in supervisor.manifest.steps} == {"a", "b"}
    assert not supervisor.has_step("b")  # type: ignore[arg-type]
