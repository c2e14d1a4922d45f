"""Tests of a project by language, and what runs them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from motia.cli.errors import CommandError
from motia.cli.runners import Selection, command_of, selected

FILES = (
    "tests/test_a.py",
    "tests/deep/b_test.py",
    "tests/users.test.ts",
    "tests/old.test.js",
    "tests/test_c.rb",
    "tests/conftest.py",
    "tests/helper.ts",
    "node_modules/zod/zod.test.js",
    ".venv/lib/test_x.py",
    "vendor/test_y.rb",
)


@pytest.fixture
def root(empty_project: Path) -> Path:
    for name in FILES:
        (empty_project / name).parent.mkdir(parents=True, exist_ok=True)
        (empty_project / name).touch()
    return empty_project


def found(selections: list[Selection]) -> dict[str, tuple[str, ...]]:
    return {selection.language: selection.files for selection in selections}


def test_every_language_has_its_own_files_and_no_one_elses(root: Path):
    assert found(selected(root, ())) == {
        "python": ("tests/deep/b_test.py", "tests/test_a.py"),
        "node": ("tests/old.test.js", "tests/users.test.ts"),
        "ruby": ("tests/test_c.rb",),
    }


def test_a_file_chooses_its_language_and_a_folder_all_that_have_tests_in_it(root: Path):
    assert found(selected(root, ["tests/users.test.ts"])) == {"node": ("tests/users.test.ts",)}
    assert found(selected(root, ["tests/test_a.py::test_one"])) == {"python": ("tests/test_a.py",)}
    assert found(selected(root, ["tests/deep"])) == {"python": ("tests/deep/b_test.py",)}
    assert found(selected(root, ["tests/helper.ts"])) == {"node": ("tests/helper.ts",)}


def test_a_language_that_is_named_goes_alone(root: Path):
    assert list(found(selected(root, (), languages=["ruby"]))) == ["ruby"]


def test_a_path_that_is_not_there_is_said(root: Path):
    with pytest.raises(CommandError, match=r"there is no tests/nowhere\.py"):
        selected(root, ["tests/nowhere.py"])


def test_pytest_gets_the_authors_own_words_for_a_test(root: Path):
    (selection,) = selected(root, ["tests/test_a.py::test_one"])

    argv = command_of(root, selection, ["-x"], environ={}).argv

    assert argv == (sys.executable, "-m", "pytest", "tests/test_a.py::test_one", "-x")


def test_tests_of_other_languages_are_told_which_engine_runs_them(root: Path, tmp_path: Path):
    for name, says in (("node", "v22.0.0"), ("ruby", "ruby 3.3.0")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (tmp_path / name).chmod(0o755)
    environ = {"PATH": str(tmp_path)}
    (root / "Gemfile").touch()

    node, ruby = (
        command_of(root, selection, ["--verbose"], environ=environ)
        for selection in selected(root, (), languages=["node", "ruby"])
    )

    assert node.argv[0] == str(tmp_path / "node")
    assert node.argv[-4:] == ("tests/old.test.js", "tests/users.test.ts", "--", "--verbose")
    assert "-rbundler/setup" in ruby.argv
    assert ruby.argv[-2:] == ("tests/test_c.rb", "--verbose")
    assert node.environ == ruby.environ == {"MOTIA_ENGINE": sys.executable}


def test_a_runtime_that_is_missing_is_said_with_the_command_that_gets_it(root: Path):
    (selection,) = selected(root, (), languages=["ruby"])

    with pytest.raises(CommandError) as refused:
        command_of(root, selection, [], environ={"PATH": "/nowhere"})

    assert "Ruby tests cannot run" in refused.value.message
    assert "ruby" in refused.value.hint.lower()


def test_the_projects_own_environment_is_looked_into(root: Path):
    here = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (root / ".venv" / "lib" / here / "site-packages").mkdir(parents=True)
    (root / ".venv" / "bin").mkdir()
    (root / ".venv" / "bin" / "python").touch()
    (selection,) = selected(root, (), languages=["python"])

    run = command_of(root, selection, [], environ={"PYTHONPATH": "/mine"})

    assert run.environ["PYTHONPATH"] == f"/mine:{root}/.venv/lib/{here}/site-packages"
