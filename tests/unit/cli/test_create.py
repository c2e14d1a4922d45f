"""`motia create`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from motia.cli.create import create


def test_the_line_of_the_tutorial_makes_a_project_without_asking(tmp_path: Path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "motia.cli.main",
            "create",
            "demo",
            "--template",
            "tutorial",
            "--language",
            "python",
        ],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert "motia dev" in done.stdout
    assert (tmp_path / "demo" / "motia" / "steps" / "create_user.py").is_file()


def test_interactive_without_a_terminal_asks_nothing(tmp_path: Path):
    done = CliRunner().invoke(create, ["demo", "-i", "--project", str(tmp_path)])

    assert done.exit_code == 0
    assert (tmp_path / "demo" / "motia" / "steps" / "hello.py").is_file()


def test_a_missing_name_is_said(tmp_path: Path):
    done = CliRunner().invoke(create, ["--project", str(tmp_path)])

    assert done.exit_code == 1
    assert "motia create my-app" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_point_is_the_folder_itself(tmp_path: Path):
    done = CliRunner().invoke(create, [".", "--project", str(tmp_path), "--json"])

    assert json.loads(done.stdout)["folder"] == str(tmp_path.resolve())
    assert (tmp_path / "README.md").is_file()


def test_an_unknown_language_is_refused_before_anything_is_made(tmp_path: Path):
    done = CliRunner().invoke(create, ["demo", "--language", "cobol", "--project", str(tmp_path)])

    assert done.exit_code == 1
    assert "typescript, javascript, python, ruby, mixed" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_needs_force(tmp_path: Path):
    arguments = ["demo", "--project", str(tmp_path)]
    CliRunner().invoke(create, arguments)
    (tmp_path / "demo" / "README.md").write_text("mine")
    (tmp_path / "demo" / "pytest.ini").unlink()

    refused = CliRunner().invoke(create, arguments)
    forced = CliRunner().invoke(create, [*arguments, "--force", "--json"])

    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert json.loads(forced.stdout)["made"] == ["pytest.ini"]
    assert (tmp_path / "demo" / "README.md").read_text() == "mine"
