"""`motia install`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from motia.cli.install import install, planned


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    return tmp_path


def fake_program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_project_without_dependencies_has_nothing_to_install(project: Path):
    (project / "requirements.txt").write_text("# only a comment\n\n")

    done = CliRunner().invoke(install, ["--project", str(project), "--json"])

    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"installed": []}


def test_python_is_installed_into_the_interpreter_that_runs_the_steps(project: Path):
    (project / "requirements.txt").write_text("six\n")
    (project / "requirements-dev.txt").write_text("pytest\n")

    jobs = list(planned(project, production=False))
    production = list(planned(project, production=True))

    assert [job.file for job in jobs] == ["requirements.txt", "requirements-dev.txt"]
    assert [job.file for job in production] == ["requirements.txt"]
    assert jobs[0].argv[:4] == (sys.executable, "-m", "pip", "install")


def test_a_requirement_on_disk_is_really_installed_by_pip(project: Path):
    # An empty requirement set of another file: pip runs and needs no network.
    (project / "empty.txt").write_text("")
    (project / "requirements.txt").write_text("-r empty.txt\n")

    done = CliRunner().invoke(install, ["--project", str(project), "--json"])

    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"installed": ["requirements.txt"]}


def test_a_failing_installer_fails_the_command(project: Path):
    (project / "requirements.txt").write_text("-r missing.txt\n")

    done = CliRunner().invoke(install, ["--project", str(project)])

    assert done.exit_code == 1
    assert "requirements.txt" in done.stderr
    assert "hint:" in done.stderr


def test_npm_and_bundler_run_in_the_project(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("npm", "bundle"):
        fake_program(programs, name, f'echo "$@" > {name}.ran')
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    (project / "package.json").write_text("{}")
    (project / "package-lock.json").write_text("{}")
    (project / "Gemfile").write_text("")

    done = CliRunner().invoke(install, ["--project", str(project), "--production"])

    assert done.exit_code == 0
    assert (project / "npm.ran").read_text().startswith("ci --omit=dev")
    assert (project / "bundle.ran").read_text() == "install\n"


def test_a_missing_tool_is_said_before_anything_is_installed(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(project))
    (project / "requirements.txt").write_text("-r missing.txt\n")
    (project / "package.json").write_text("{}")

    done = CliRunner().invoke(install, ["--project", str(project)])

    assert done.exit_code == 1
    assert "package.json cannot be installed: npm" in done.stderr
