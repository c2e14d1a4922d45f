"""What doctor says of Node and Ruby."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from motia.cli.finding import FAIL, OK, WARN, Finding
from motia.cli.languages import diagnose_languages


def by_check(root: Path | None) -> dict[str, Finding]:
    return {finding.check: finding for finding in diagnose_languages(root)}


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bin_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what the test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("MOTIA_NODE", raising=False)
    monkeypatch.delenv("MOTIA_RUBY", raising=False)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app" / "motia" / "steps").mkdir(parents=True)
    return tmp_path / "app"


def test_versions_and_paths_of_what_is_there(bin_only: Path):
    node = program(bin_only, "node", "echo v22.1.0")
    program(bin_only, "ruby", "echo 'ruby 3.3.1 (2024)'")
    program(bin_only, "npm", "echo 10.9.0")
    program(bin_only, "bundle", "echo 'Bundler version 2.5.9'")

    found = by_check(None)

    assert found["node"] == Finding("node", OK, f"22.1.0 at {node} (from PATH)")
    assert (found["ruby"].status, found["npm"].status, found["bundler"].status) == (OK, OK, OK)
    assert found["npm"].found.startswith("10.9.0 at ")
    assert found["bundler"].found.startswith("2.5.9 at ")
    assert {"node sdk", "ruby sdk"} <= found.keys()


def test_what_no_step_needs_may_be_missing(bin_only: Path, project: Path):
    (project / "motia" / "steps" / "a.py").touch()

    found = by_check(project)

    assert found["ruby"].status == OK
    assert "needed for Ruby steps only; this project has none" in found["ruby"].found
    assert (found["npm"].status, found["bundler"].status) == (OK, OK)


def test_what_a_step_needs_must_be_there(bin_only: Path, project: Path):
    (project / "motia" / "steps" / "a.rb").touch()
    (project / "Gemfile").touch()

    found = by_check(project)

    assert found["ruby"].status == FAIL
    assert "install" in found["ruby"].hint
    assert found["bundler"].status == WARN


def test_one_that_is_too_old_or_broken_is_told(bin_only: Path, project: Path):
    program(bin_only, "node", "echo v16.1.0")
    program(bin_only, "npm", "exit 3")

    found = by_check(project)

    assert found["node"].status == WARN
    assert "20.19 or newer is needed" in found["node"].found
    assert found["npm"].status == WARN


def test_the_projects_own_environment_decides(bin_only: Path, project: Path, tmp_path: Path):
    mine = program(tmp_path / "mine", "node", "echo v23.0.0")
    (project / ".env").write_text(f"MOTIA_NODE={mine}\n")

    assert by_check(project)["node"].found == f"23.0.0 at {mine} (from MOTIA_NODE)"
    assert "MOTIA_NODE" not in os.environ


def test_an_environment_that_cannot_be_read_does_not_end_the_look(bin_only: Path, project: Path):
    (project / ".env").write_text("this is no line\n")

    assert "node" in by_check(project)
