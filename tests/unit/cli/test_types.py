from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from motia.cli.screen import Screen
from motia.cli.types import TypesKeeper, types
from motia.model import LoadFault, Source, StepId, StepKind, StepSpec
from motia.project import Catalog, Discovery

STUB = "typings/motia/__init__.pyi"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("MOTIA_ENV", "NODE_ENV"):
        monkeypatch.delenv(name, raising=False)
    steps = tmp_path / "motia" / "steps"
    steps.mkdir(parents=True)
    (steps / "mail.py").write_text(
        "from motia import event\n@event(id='mail', schema={'to': str})\ndef mail(to): ...\n"
    )
    return tmp_path


def run(root: Path, *arguments: str):
    return CliRunner().invoke(types, [*arguments, "--project", str(root)])


def test_types_are_written_once_and_then_up_to_date(root: Path) -> None:
    first, second = run(root, "--no-json"), run(root, "--no-json")

    assert (first.exit_code, first.stdout) == (0, f"Wrote {STUB}.\n")
    assert (second.exit_code, second.stdout) == (0, "The types are up to date.\n")
    assert "class Mail(_TypedDict):" in (root / STUB).read_text()


def test_check_fails_when_a_file_is_out_of_date_and_writes_nothing(root: Path) -> None:
    missing = run(root, "--check")
    run(root)
    current = run(root, "--check")

    assert missing.exit_code == 1
    assert f"out of date: {STUB}" in missing.stderr
    assert current.exit_code == 0


def test_a_project_at_fault_fails_and_says_so(root: Path) -> None:
    (root / "motia" / "steps" / "bad.py").write_text("oh no")

    done = run(root)

    assert done.exit_code == 1
    assert "motia/steps/bad.py:1" in done.stderr
    assert "the project has 1 fault" in done.stderr
    assert (root / STUB).is_file()


class Node:
    """As much of an engine as the keeper looks at."""

    def __init__(self, root: Path) -> None:
        self.config = type("Config", (), {"root": root})
        self.discovery = Discovery(root=root, files={"node": ("a.ts",)})
        self.catalog = Catalog()
        self.faults: tuple[LoadFault, ...] = ()

    def use(self, *ids: str) -> None:
        self.catalog = Catalog(
            StepSpec(id=StepId(one), kind=StepKind.EVENT, language="node", source=Source(file="a.ts"))
            for one in ids
        )


async def test_a_running_engine_keeps_its_types_current(tmp_path: Path) -> None:
    node = Node(tmp_path)
    keeper = TypesKeeper(node, Screen())  # type: ignore[arg-type]

    for ids in (["a"], ["a", "b"]):
        node.use(*ids)
        keeper.refresh()
        keeper.refresh()
        assert keeper._task is not None
        await asyncio.wait_for(keeper._task, 10)

    assert "'b': {" in (tmp_path / "motia-env.d.ts").read_text()


async def test_types_are_left_alone_while_a_language_cannot_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = Node(tmp_path)
    node.faults = (LoadFault(code="no-runtime", file="a.rb", message="Ruby steps cannot run"),)
    keeper = TypesKeeper(node, Screen())  # type: ignore[arg-type]

    node.use("a")
    keeper.refresh()
    assert keeper._task is not None
    await asyncio.wait_for(keeper._task, 10)

    assert not (tmp_path / "motia-env.d.ts").exists()
    assert "left as they are" in capsys.readouterr().out
