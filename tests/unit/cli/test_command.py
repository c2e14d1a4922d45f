"""What every command has."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from motia.cli.command import Scope, command
from motia.cli.errors import CommandError


@command("fails", example="motia fails")
@click.option("--how", default="said")
def fails(scope: Scope, how: str) -> None:
    """Fail."""
    if how == "said":
        raise CommandError("it is broken in a.py", hint="mend it")
    raise ZeroDivisionError("division by zero")


@command("where", example="motia where")
def where(scope: Scope) -> None:
    """Print the root."""
    scope.out.value(str(scope.root))


def test_an_error_says_what_and_what_to_do_on_standard_error():
    done = CliRunner().invoke(fails, ["--no-json"])

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == "error: it is broken in a.py\nhint: mend it\n"


def test_an_error_is_json_for_programs():
    done = CliRunner().invoke(fails, ["--json"])

    assert done.exit_code == 1
    assert json.loads(done.stderr) == {
        "error": {"code": "command-failed", "message": "it is broken in a.py", "hint": "mend it"}
    }


def test_a_fault_of_ours_shows_no_traceback_unless_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MOTIA_DEBUG", raising=False)
    plain = CliRunner().invoke(fails, ["--no-json", "--how", "other"])
    monkeypatch.setenv("MOTIA_DEBUG", "1")
    debug = CliRunner().invoke(fails, ["--no-json", "--how", "other"])

    assert plain.exit_code == debug.exit_code == 1
    assert "ZeroDivisionError: division by zero" in plain.stderr
    assert "Traceback" not in plain.stderr
    assert "MOTIA_DEBUG" in plain.stderr
    assert "Traceback" in debug.stderr


def test_the_project_is_the_nearest_folder_above(tmp_path: Path):
    (tmp_path / "motia" / "steps" / "deep").mkdir(parents=True)

    done = CliRunner().invoke(where, ["--project", str(tmp_path / "motia" / "steps" / "deep")])

    assert json.loads(done.stdout) == str(tmp_path.resolve())


def test_a_configuration_file_alone_makes_a_project(tmp_path: Path):
    (tmp_path / "motia.config.py").touch()

    done = CliRunner().invoke(where, ["--project", str(tmp_path)])

    assert json.loads(done.stdout) == str(tmp_path.resolve())


@pytest.mark.parametrize("folder", [".", "missing"])
def test_no_project_is_said_with_what_to_do(tmp_path: Path, folder: str):
    done = CliRunner().invoke(where, ["--no-json", "--project", str(tmp_path / folder)])

    assert done.exit_code == 1
    assert "--project DIR" in done.stderr
