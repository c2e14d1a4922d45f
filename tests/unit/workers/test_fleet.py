"""Hot reload over real processes: switch at once, keep the last good version, drop nothing."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

from motia.model import StepId
from motia.workers import Failed, NoWorker, Returned

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench


async def test_a_reload_switches_to_the_new_version(bench: Bench) -> None:
    bench.write("one.json", "a", version="1")
    supervisor = await bench.start(production=False)
    bench.write("one.json", "a", "b", version="2")

    await supervisor.reload(bench.files)

    assert (await bench.value(bench.invoke(do="version")))[0] == "2"
    assert supervisor.has_step(StepId("b"))
    assert bench.told.manifests[-1] == supervisor.manifest


async def test_a_reload_takes_the_standby_and_starts_another(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    await bench.until(lambda: any(info.state == "standby" for info in supervisor.info()))
    standby = next(info for info in supervisor.info() if info.state == "standby")

    await supervisor.reload(bench.files)

    assert (await bench.value(bench.invoke(do="version")))[1] == standby.pid
    await bench.until(lambda: [i.state for i in supervisor.info()].count("standby") == 1)
    await bench.until(lambda: len(supervisor.info()) == 2)


async def test_production_has_no_standby(bench: Bench) -> None:
    bench.write("one.json", "a")

    supervisor = await bench.start(production=True)

    assert [info.state for info in supervisor.info()] == ["ready"]


async def test_what_is_in_flight_finishes_in_its_old_worker(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    old = await bench.value(bench.invoke(do="version"))
    running = bench.invoke(do="return_late")

    await supervisor.reload(bench.files)
    new = await bench.value(bench.invoke(do="version"))
    assert not running.answer.done()
    running.cancel("cancel")

    assert await bench.value(running) == "cancel"
    assert old[1] != new[1]
    await bench.until(lambda: all(info.pid != old[1] for info in supervisor.info()))


async def test_no_invocation_is_refused_or_dropped_during_reloads(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    answers = []

    async def load() -> None:
        while not done.is_set():
            answers.append(await bench.answer(bench.invoke(n=1)))

    done = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(load())
        for _ in range(3):
            await supervisor.reload(bench.files)
        done.set()

    assert answers
    assert all(isinstance(answer, Returned) for answer in answers)


async def test_a_file_that_does_not_load_keeps_its_last_good_version(bench: Bench) -> None:
    bench.write("one.json", "a", version="1")
    bench.write("two.json", "b", version="1")
    supervisor = await bench.start(production=False)
    bench.write_text("one.json", "broken")
    bench.write("two.json", "b", version="2")

    await supervisor.reload(bench.files)

    assert (await bench.value(bench.invoke("a", do="version")))[0] == "1"
    assert (await bench.value(bench.invoke("b", do="version")))[0] == "2"
    assert {step.id for step in supervisor.manifest.steps} == {"a", "b"}
    assert [fault.file for fault in supervisor.manifest.faults] == ["one.json"]


async def test_a_broken_import_keeps_the_steps_of_the_files_that_import_it(bench: Bench) -> None:
    bench.write_text("helper.json", "{}", is_step=False)
    bench.write("one.json", "a", imports=["helper.json"])
    supervisor = await bench.start(production=False)
    bench.write_text("helper.json", "broken", is_step=False)

    await supervisor.reload(bench.files)

    assert await bench.value(bench.invoke("a", n=1)) == {"n": 1}
    assert [fault.file for fault in supervisor.manifest.faults] == ["helper.json"]


async def test_a_corrected_file_ends_the_generation_that_was_kept(bench: Bench) -> None:
    bench.write("one.json", "a", version="1")
    supervisor = await bench.start(production=False)
    bench.write_text("one.json", "broken")
    await supervisor.reload(bench.files)
    bench.write("one.json", "a", version="3")

    await supervisor.reload(bench.files)

    assert (await bench.value(bench.invoke("a", do="version")))[0] == "3"
    assert supervisor.manifest.faults == ()
    await bench.until(lambda: sorted(i.state for i in supervisor.info()) == ["ready", "standby"])


async def test_two_steps_with_one_id_are_both_shown_the_one_that_is_served_first(bench: Bench) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "a", "b")
    supervisor = await bench.start(production=False)

    for _ in range(2):
        steps = [(step.id, step.source.file) for step in supervisor.manifest.steps]
        assert steps == [("a", "one.json"), ("a", "two.json"), ("b", "two.json")]
        await supervisor.reload(bench.files)


async def test_a_step_that_was_removed_is_gone(bench: Bench) -> None:
    bench.write("one.json", "a", "b")
    supervisor = await bench.start(production=False)
    bench.write("one.json", "a")

    await supervisor.reload(bench.files)

    assert not supervisor.has_step(StepId("b"))
    assert isinstance(await bench.answer(bench.invoke("b")), NoWorker)


async def test_a_kept_version_whose_worker_dies_is_unavailable_with_a_fault(bench: Bench) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b")
    supervisor = await bench.start(production=False)
    bench.write_text("one.json", "broken")
    await supervisor.reload(bench.files)

    await bench.answer(bench.invoke("a", do="exit", code=1))

    await bench.until(lambda: "last-good-lost" in [f.code for f in supervisor.manifest.faults])
    assert not supervisor.has_step(StepId("a"))
    assert {step.id for step in supervisor.manifest.steps} == {"a", "b"}
    assert await bench.value(bench.invoke("b", n=1)) == {"n": 1}
    bench.write("one.json", "a")
    await supervisor.reload(bench.files)
    assert supervisor.manifest.faults == ()
    assert supervisor.has_step(StepId("a"))


async def test_a_project_that_kills_its_worker_at_load_leaves_the_old_workers_on(bench: Bench) -> None:
    bench.write("one.json", "a", version="1")
    supervisor = await bench.start(production=False)
    bench.write("one.json", "a", on_load="die")

    await supervisor.reload(bench.files)

    assert (await bench.value(bench.invoke("a", do="version")))[0] == "1"
    assert [fault.code for fault in supervisor.manifest.faults] == ["reload-failed"]
    assert "exited with code 9" in supervisor.manifest.faults[0].message


async def test_reloads_asked_for_meanwhile_become_one(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    before = len(bench.told.manifests)
    first = asyncio.ensure_future(supervisor.reload(bench.files))
    await asyncio.sleep(0)

    rest = []
    for n in range(5):
        bench.write("one.json", "a", f"b{n}")
        rest.append(asyncio.ensure_future(supervisor.reload(bench.files)))
    await asyncio.gather(first, *rest)

    assert supervisor.has_step(StepId("b4"))
    assert len(bench.told.manifests) - before <= 2


async def test_stop_does_not_wait_for_a_reload_that_hangs(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    bench.write("one.json", "a", on_load="hang")
    reloading = asyncio.ensure_future(supervisor.reload(bench.files))
    await bench.until(lambda: any(info.state == "starting" and info.runtime for info in supervisor.info()))

    await asyncio.wait_for(supervisor.stop(), 10)

    await asyncio.wait_for(reloading, 5)
    assert supervisor.info() == []


async def test_a_language_comes_and_goes_with_its_files(bench: Bench, scripted: type) -> None:
    bench.write("one.json", "a")
    launchers = {"python": scripted(), "ruby": scripted("ruby")}
    supervisor = await bench.start(production=False, launchers=launchers)

    await supervisor.reload({**bench.files, "ruby": ("one.json",)})
    assert {info.language for info in supervisor.info()} == {"python", "ruby"}
    await supervisor.reload({"python": ("one.json",)})

    await bench.until(lambda: {info.language for info in supervisor.info()} == {"python"})


async def test_a_current_worker_killed_from_outside_is_back_with_the_step(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    hanging = bench.invoke(do="hang")
    pid = next(info.pid for info in supervisor.info() if info.state == "ready")

    os.kill(pid, signal.SIGKILL)

    assert not isinstance(await bench.answer(hanging), Failed)
    await bench.until(lambda: supervisor.has_step(StepId("a")))
    assert (await bench.value(bench.invoke(do="version")))[1] != pid


async def test_only_the_languages_that_a_change_concerns_load_anew(bench: Bench, scripted) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", language="ruby")
    launchers = {"python": scripted(), "ruby": scripted("ruby")}
    supervisor = await bench.start(production=False, launchers=launchers)
    old = [(await bench.value(bench.invoke(step, do="version")))[1] for step in ("a", "b")]

    await supervisor.reload(bench.files, only=frozenset({"ruby"}))

    new = [(await bench.value(bench.invoke(step, do="version")))[1] for step in ("a", "b")]
    assert new[0] == old[0]
    assert new[1] != old[1]


async def test_a_language_whose_files_differ_loads_anew_unasked(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    bench.write("two.json", "b")

    await supervisor.reload(bench.files, only=frozenset())

    assert supervisor.has_step(StepId("b"))


async def test_a_language_that_comes_and_goes_gets_workers_and_loses_them(bench: Bench, scripted) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    before = dict(bench.files)
    bench.write("two.json", "b", language="ruby")
    launchers = {"python": scripted(), "ruby": scripted("ruby")}

    await supervisor.reload(bench.files, launchers=launchers, only=frozenset())
    assert supervisor.has_step(StepId("b"))
    await bench.until(lambda: "standby" in {i.state for i in supervisor.info() if i.language == "ruby"})
    await supervisor.reload(before, only=frozenset())

    assert not supervisor.has_step(StepId("b"))
    assert await bench.value(bench.invoke("a", n=1)) == {"n": 1}
    await bench.until(lambda: all(info.language == "python" for info in supervisor.info()))


async def test_a_standby_of_another_environment_is_not_taken(bench: Bench, scripted) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    await bench.until(lambda: "standby" in {info.state for info in supervisor.info()})
    standby = next(info for info in supervisor.info() if info.state == "standby")

    await supervisor.reload(bench.files, launchers={"python": scripted(TOKEN="new")})

    assert (await bench.value(bench.invoke(do="version")))[1] != standby.pid
    await bench.until(lambda: standby.pid not in {info.pid for info in supervisor.info()})


async def test_a_standby_that_has_read_what_changed_is_not_taken(bench: Bench, scripted) -> None:
    bench.write("one.json", "a")
    launchers = {"python": scripted()}
    supervisor = await bench.start(production=False, launchers=launchers)
    await bench.until(lambda: "standby" in {info.state for info in supervisor.info()})
    standby = next(info for info in supervisor.info() if info.state == "standby")

    await supervisor.reload(bench.files, launchers=launchers, drops_standby=frozenset({"python"}))

    assert (await bench.value(bench.invoke(do="version")))[1] != standby.pid


async def test_reloads_asked_for_meanwhile_keep_what_each_asked_for(bench: Bench, scripted) -> None:
    bench.write("one.json", "a")
    bench.write("two.json", "b", language="ruby")
    launchers = {"python": scripted(), "ruby": scripted("ruby")}
    supervisor = await bench.start(production=False, launchers=launchers)
    old = [(await bench.value(bench.invoke(step, do="version")))[1] for step in ("a", "b")]

    await asyncio.gather(
        supervisor.reload(bench.files, only=frozenset()),
        supervisor.reload(bench.files, only=frozenset({"python"})),
        supervisor.reload(bench.files, only=frozenset({"ruby"})),
    )

    new = [(await bench.value(bench.invoke(step, do="version")))[1] for step in ("a", "b")]
    assert new[0] != old[0]
    assert new[1] != old[1]


async def test_a_worker_that_ends_at_its_start_is_a_fault_with_its_last_words(bench: Bench, scripted) -> None:
    bench.write("one.json", "a")

    supervisor = await bench.start(launchers={"python": scripted(SCRIPT_HELLO="exit")})

    (fault,) = supervisor.manifest.faults
    assert fault.code == "worker-failed"
    assert fault.message.startswith("no worker for Python could load the project: exited with code 7")
    assert fault.message.endswith("\n  cannot start")


async def test_no_worker_stands_by_where_nobody_reloads(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False, stands_by=False)

    await supervisor.reload(bench.files)

    assert [info.state for info in supervisor.info() if info.state == "standby"] == []
