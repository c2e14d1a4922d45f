"""`motia test`."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from motia.cli.test import test as command


def run(root: Path, *arguments: str) -> int:
    return CliRunner().invoke(command, ["--project", str(root), *arguments]).exit_code


def test_the_exit_code_is_that_of_pytest(empty_project: Path):
    (empty_project / "test_a.py").write_text("def test_a(): pass\n\ndef test_b(): assert False\n")

    assert run(empty_project) == 1
    assert run(empty_project, "test_a.py::test_a") == 0


def test_options_after_the_dashes_reach_pytest(empty_project: Path):
    (empty_project / "test_a.py").write_text("def test_a(): pass\n\ndef test_b(): assert False\n")

    assert run(empty_project, "--", "--deselect", "test_a.py::test_b") == 0
