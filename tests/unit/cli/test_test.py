"""`motia test`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from motia.cli.test import test as command


@pytest.fixture(autouse=True)
def without_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inner pytest loads nothing that the outer one has: a third of the time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def run(root: Path, *arguments: str) -> int:
    return CliRunner().invoke(command, ["--project", str(root), *arguments]).exit_code


def test_the_exit_code_is_that_of_pytest(empty_project: Path):
    (empty_project / "test_a.py").write_text("def test_a(): pass\n\ndef test_b(): assert False\n")

    assert run(empty_project) == 1
    assert run(empty_project, "test_a.py::test_a") == 0


def test_options_after_the_dashes_reach_pytest(empty_project: Path):
    (empty_project / "test_a.py").write_text("def test_a(): pass\n\ndef test_b(): assert False\n")

    assert run(empty_project, "--", "--deselect", "test_a.py::test_b") == 0
