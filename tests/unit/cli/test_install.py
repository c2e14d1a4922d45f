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


@pytest.mark.parametrize(
    ("lock", "program", "expected"),
    [
        ("pnpm-lock.yaml", "pnpm", "install --prod"),
        ("yarn.lock", "yarn", "install --production"),
        ("package-lock.json", "npm", "ci --omit=dev"),
        ("none", "npm", "install --omit=dev"),
    ],
)
def test_the_lock_file_chooses_the_package_manager(
    project: Path, lock: str, program: str, expected: str, monkeypatch: pytest.MonkeyPatch
):
    (project / "bin").mkdir()
    for name in ("npm", "pnpm", "yarn"):
        fake_program(project / "bin", name, f'echo "$@" > {name}.ran')
    monkeypatch.setenv("PATH", str(project / "bin"), prepend=":")
    (project / "package.json").write_text("{}")
    (project / lock).write_text("{}")

    done = CliRunner().invoke(install, ["--project", str(project), "--production"])

    assert done.exit_code == 0
    assert [path.name for path in project.glob("*.ran")] == [f"{program}.ran"]
    assert (project / f"{program}.ran").read_text().startswith(expected)


def test_a_lock_file_of_a_program_that_is_not_there_is_said_and_npm_installs(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    (project / "bin").mkdir()
    fake_program(project / "bin", "npm", ":")
    monkeypatch.setenv("PATH", f"{project / 'bin'}:/bin:/usr/bin")
    (project / "package.json").write_text("{}")
    (project / "pnpm-lock.yaml").write_text("")

    done = CliRunner().invoke(install, ["--project", str(project)])

    assert done.exit_code == 0
    assert "pnpm is not: npm installs instead (to get it: npm install --global pnpm)" in done.stderr
    assert "package.json with npm in" in done.stdout


def test_a_library_of_another_engine_is_replaced_before_npm_runs(
    project: Path, node_sdk: Path, monkeypatch: pytest.MonkeyPatch
):
    (project / "bin").mkdir()
    fake_program(project / "bin", "npm", 'echo "$@" > npm.ran')
    monkeypatch.setenv("PATH", str(project / "bin"), prepend=":")
    monkeypatch.setattr("motia.project.sdk_dir", lambda language: node_sdk)
    spec = "file:vendor/motia-core-1.0.0.tgz"
    (project / "package.json").write_text(json.dumps({"dependencies": {"@motia/core": spec}}))
    (project / "package-lock.json").write_text(
        json.dumps({"packages": {"node_modules/@motia/core": {"integrity": "sha512-old"}}})
    )

    done = CliRunner().invoke(install, ["--project", str(project)])

    assert "vendor/motia-core-1.2.3.tgz is now the library of this engine" in done.stderr
    assert (project / "vendor" / "motia-core-1.2.3.tgz").is_file()
    assert json.loads((project / "package-lock.json").read_text())["packages"] == {}
    assert (project / "npm.ran").read_text().startswith("install ")


def test_python_goes_into_the_projects_own_environment(project: Path):
    here = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (project / ".venv" / "lib" / here / "site-packages").mkdir(parents=True)
    (project / ".venv" / "bin").mkdir()
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (project / "requirements.txt").write_text("six\n")

    (job,) = planned(project, production=False, environ={"PATH": "/bin"})

    assert job.argv[0] == str(project / ".venv" / "bin" / "python")


def test_a_python_without_pip_is_said_with_the_command_that_gets_it(project: Path):
    here = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (project / ".venv" / "lib" / here / "site-packages").mkdir(parents=True)
    (project / ".venv" / "bin").mkdir()
    fake_program(project / ".venv" / "bin", "python", "exit 1")
    (project / "requirements.txt").write_text("six\n")

    (job,) = planned(project, production=False, environ={"PATH": "/nowhere"})

    assert "has no pip" in job.missing
    assert job.hint.endswith("-m ensurepip --upgrade")


def test_every_job_is_tried_and_each_has_its_line(project: Path, monkeypatch: pytest.MonkeyPatch):
    (project / "bin").mkdir()
    fake_program(project / "bin", "npm", "exit 7")
    fake_program(project / "bin", "bundle", "exit 0")
    monkeypatch.setenv("PATH", str(project / "bin"), prepend=":")
    (project / "package.json").write_text("{}")
    (project / "Gemfile").write_text("")

    done = CliRunner().invoke(install, ["--project", str(project), "--quiet"])

    assert done.exit_code == 1
    assert "✗ JavaScript and TypeScript: package.json with npm in" in done.stderr
    assert "✓ Ruby: Gemfile with bundle in" in done.stderr
    assert "package.json: npm ended with code 7" in done.stderr
