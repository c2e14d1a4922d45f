"""Loading a project in its workers, without an engine."""

from __future__ import annotations

from pathlib import Path

from motia.cli.loading import load_project
from motia.cli.settings import load_settings

GOOD = 'from motia import event\n\n@event(id="good", schema={"to": str})\nasync def good(to: str): ...\n'


async def test_steps_and_faults_come_together(empty_project: Path):
    steps = empty_project / "motia" / "steps"
    (steps / "good.py").write_text(GOOD)
    (steps / "broken.py").write_text("def broken(:\n")

    loaded = await load_project(load_settings(empty_project, mode="check"))

    assert [step.id for step in loaded.steps] == ["good"]
    assert [fault.file for fault in loaded.faults] == ["motia/steps/broken.py"]
    assert loaded.errors == 1


async def test_nothing_is_left_behind(empty_project: Path):
    (empty_project / "motia" / "steps" / "good.py").write_text(GOOD)

    await load_project(load_settings(empty_project, mode="check"))

    assert not (empty_project / ".motia").exists()
