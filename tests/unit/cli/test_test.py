"""`motia test`."""

from __future__ import annotations

import json
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


def test_a_project_without_tests_is_said(empty_project: Path):
    done = CliRunner().invoke(command, ["--project", str(empty_project)])

    assert done.exit_code == 1
    assert "there are no tests in" in done.stderr
    assert "tests/….test.ts" in done.stderr


@pytest.mark.parametrize(("ruby", "code"), [("assert true", 0), ("flunk 'no'", 1)])
def test_several_languages_are_summed_up(
    empty_project: Path, capfd: pytest.CaptureFixture[str], ruby: str, code: int
):
    (empty_project / "test_a.py").write_text("def test_a(): pass\n")
    (empty_project / "test_b.rb").write_text(
        f"require 'minitest/autorun'\nclass T < Minitest::Test\n  def test_b\n    {ruby}\n  end\nend\n"
    )
    (empty_project / "c.test.js").write_text("const { test } = require('node:test');\ntest('c', () => {});\n")

    done = CliRunner().invoke(command, ["--project", str(empty_project)])

    lines = done.stdout.splitlines()
    assert done.exit_code == code
    assert [line[0] for line in lines if line[0] in "✓✗"] == ["✓", "✓", "✗" if code else "✓"]
    assert "JavaScript and TypeScript: 1 file in" in done.stdout


def test_options_for_several_runners_are_refused(empty_project: Path):
    (empty_project / "test_a.py").write_text("def test_a(): pass\n")
    (empty_project / "test_b.rb").touch()

    done = CliRunner().invoke(command, ["--project", str(empty_project), "--", "-x"])

    assert done.exit_code == 1
    assert "python, ruby" in done.stderr


def test_with_json_the_output_is_one_value(empty_project: Path):
    (empty_project / "test_a.py").write_text("def test_a(): pass\n")

    done = CliRunner().invoke(command, ["--project", str(empty_project), "--json"])

    assert json.loads(done.stdout)["languages"] == [{"language": "python", "passed": True, "exitCode": 0}]
