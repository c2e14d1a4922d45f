from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from motia.project import Watcher

LIMIT_S = 20.0


class Changes:
    """Collects what a watcher reports and waits for a path among it."""

    def __init__(self) -> None:
        self.batches: list[frozenset[str]] = []
        self._heard = asyncio.Event()

    def __call__(self, changed: frozenset[str]) -> None:
        self.batches.append(changed)
        self._heard.set()

    @property
    def all(self) -> set[str]:
        return set().union(*self.batches)

    async def wait_for(self, path: str) -> None:
        async with asyncio.timeout(LIMIT_S):
            while path not in self.all:
                self._heard.clear()
                await self._heard.wait()

    def forget(self) -> None:
        self.batches.clear()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "motia/steps").mkdir(parents=True)
    (tmp_path / "motia/steps/a.py").write_text("1")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/helper.py").write_text("1")
    return tmp_path


@pytest.fixture
async def changes(project: Path) -> AsyncIterator[Changes]:
    heard = Changes()
    watcher = Watcher(project, heard, modules=["lib/helper.py", "motia/steps/a.py"])
    await watcher.start()
    yield heard
    await watcher.stop()


async def test_a_saved_step_is_reported_by_its_path(project: Path, changes: Changes) -> None:
    (project / "motia/steps/a.py").write_text("22")

    await changes.wait_for("motia/steps/a.py")

    assert changes.all == {"motia/steps/a.py"}


async def test_an_imported_module_outside_motia_is_watched_and_its_neighbours_are_not(
    project: Path, changes: Changes
) -> None:
    (project / "lib/other.py").write_text("1")
    (project / "lib/helper.py").write_text("22")

    await changes.wait_for("lib/helper.py")

    assert changes.all == {"lib/helper.py"}


async def test_the_configuration_and_dotenv_are_watched(project: Path, changes: Changes) -> None:
    (project / "motia.config.py").write_text("config = {}")
    await changes.wait_for("motia.config.py")
    (project / ".env").write_text("A=1")
    await changes.wait_for(".env")

    assert changes.all == {"motia.config.py", ".env"}


async def test_an_atomic_save_is_one_changed_path(project: Path, changes: Changes) -> None:
    (project / "motia/steps/a.py.tmp").write_text("22")
    os.replace(project / "motia/steps/a.py.tmp", project / "motia/steps/a.py")

    await changes.wait_for("motia/steps/a.py")

    assert changes.all == {"motia/steps/a.py"}


async def test_temporary_files_of_editors_and_caches_report_nothing(project: Path, changes: Changes) -> None:
    (project / "motia/steps/__pycache__").mkdir()
    for name in (".a.py.swp", "a.py~", "#a.py#", ".#a.py", "4913", "__pycache__/a.pyc", "a.tmp"):
        (project / "motia/steps" / name).write_text("x")
    (project / ".motia").mkdir()
    (project / ".motia/motia.db").write_text("x")
    (project / "motia/steps/a.py").write_text("22")

    await changes.wait_for("motia/steps/a.py")

    assert changes.all == {"motia/steps/a.py"}


async def test_a_touch_that_puts_everything_back_reports_nothing(project: Path, changes: Changes) -> None:
    path = project / "motia/steps/a.py"
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    (project / "motia/steps/b.py").write_text("1")

    await changes.wait_for("motia/steps/b.py")

    assert changes.all == {"motia/steps/b.py"}


async def test_a_new_folder_with_files_and_a_deleted_file_are_reported(
    project: Path, changes: Changes
) -> None:
    (project / "motia/steps/new/deep").mkdir(parents=True)
    (project / "motia/steps/new/deep/b.py").write_text("1")
    await changes.wait_for("motia/steps/new/deep/b.py")
    changes.forget()

    (project / "motia/steps/a.py").unlink()
    await changes.wait_for("motia/steps/a.py")

    assert changes.all == {"motia/steps/a.py"}


async def test_the_watch_survives_deletion_and_return_of_the_whole_folder(
    project: Path, changes: Changes
) -> None:
    shutil.rmtree(project / "motia")
    await changes.wait_for("motia/steps/a.py")
    changes.forget()

    (project / "motia/steps").mkdir(parents=True)
    (project / "motia/steps/a.py").write_text("back")
    await changes.wait_for("motia/steps/a.py")
    changes.forget()

    (project / "motia/steps/a.py").write_text("changed again")
    await changes.wait_for("motia/steps/a.py")

    assert changes.all == {"motia/steps/a.py"}


async def test_a_project_whose_folder_comes_later_is_seen(tmp_path: Path) -> None:
    heard = Changes()
    watcher = Watcher(tmp_path, heard)
    await watcher.start()

    (tmp_path / "motia/steps").mkdir(parents=True)
    (tmp_path / "motia/steps/a.py").write_text("1")
    await heard.wait_for("motia/steps/a.py")
    await watcher.stop()

    assert heard.all == {"motia/steps/a.py"}


async def test_modules_named_later_are_watched_and_those_let_go_are_not(project: Path) -> None:
    (project / "other").mkdir()
    (project / "other/late.py").write_text("1")
    heard = Changes()
    watcher = Watcher(project, heard, modules=["lib/helper.py"])
    await watcher.start()

    watcher.watch_modules(["other/late.py"])
    (project / "lib/helper.py").write_text("22")
    (project / "other/late.py").write_text("22")
    await heard.wait_for("other/late.py")
    await watcher.stop()

    assert heard.all == {"other/late.py"}


async def test_what_changes_right_after_start_is_not_missed(project: Path) -> None:
    for round_ in range(5):
        heard = Changes()
        watcher = Watcher(project, heard)
        await watcher.start()
        (project / "motia/steps/a.py").write_text("x" * (round_ + 10))
        await heard.wait_for("motia/steps/a.py")
        await watcher.stop()


async def test_the_watcher_stops_twice_and_reports_nothing_after(project: Path) -> None:
    heard = Changes()
    watcher = Watcher(project, heard)
    await watcher.stop()
    await watcher.start()
    await watcher.start()
    await watcher.stop()
    await watcher.stop()

    (project / "motia/steps/a.py").write_text("after")

    assert heard.batches == []
    assert all("watch" not in task.get_name() for task in asyncio.all_tasks())
