"""Writing a project's files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from motia.cli.errors import CommandError
from motia.cli.scaffold import TEMPLATES, check_language, check_name, write_project


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_a_template_makes_a_whole_project(tmp_path: Path, template: str):
    written = write_project(tmp_path / "demo", template=template, into_existing=False)

    there = files_of(tmp_path / "demo")
    assert there == set(written.made)
    assert {"requirements.txt", ".gitignore", ".env.example", "README.md"} <= there
    assert any(name.startswith("motia/steps/") for name in there)
    assert any(name.startswith("tests/test_") for name in there)
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_nothing_made_asks_for_a_package_that_is_somebody_elses(tmp_path: Path, template: str):
    write_project(tmp_path / "demo", template=template, into_existing=False)

    for path in (tmp_path / "demo").rglob("*"):
        if path.is_file():
            assert "pip install motia" not in path.read_text()
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (tmp_path / "demo" / name).read_text().splitlines()
        assert not [line for line in lines if line.startswith("motia")]


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_every_python_file_parses_and_says_what_it_is(tmp_path: Path, template: str):
    write_project(tmp_path / "demo", template=template, into_existing=False)

    for path in (tmp_path / "demo").rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_the_readme_has_the_projects_name(tmp_path: Path):
    write_project(tmp_path / "demo", template="tutorial", into_existing=False)

    text = (tmp_path / "demo" / "README.md").read_text()
    assert text.startswith("# demo\n")
    assert "{{" not in text


def test_a_folder_that_is_not_empty_is_refused_and_left_as_it_is(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(CommandError, match=r"notes\.txt"):
        write_project(tmp_path, template="minimal", into_existing=False)

    assert files_of(tmp_path) == {"notes.txt"}


def test_force_keeps_every_file_that_is_there(tmp_path: Path):
    (tmp_path / "README.md").write_text("mine")

    written = write_project(tmp_path, template="minimal", into_existing=True)

    assert written.kept == ("README.md",)
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / "motia" / "steps" / "hello.py").is_file()


def test_a_folder_with_only_a_repository_counts_as_empty(tmp_path: Path):
    (tmp_path / ".git").mkdir()

    assert write_project(tmp_path, template="minimal", into_existing=False).made


def test_a_file_in_the_way_is_refused(tmp_path: Path):
    (tmp_path / "demo").write_text("")

    with pytest.raises(CommandError, match="is a file"):
        write_project(tmp_path / "demo", template="minimal", into_existing=True)


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        write_project(tmp_path / "demo", template="missing", into_existing=False)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["-x", "a b", "a;b", "ä", ".hidden"])
def test_a_name_that_makes_trouble_in_a_shell_is_refused(name: str):
    with pytest.raises(CommandError):
        check_name(Path(name))


def test_other_languages_are_refused_with_what_there_is():
    with pytest.raises(CommandError) as later:
        check_language("typescript")
    with pytest.raises(CommandError) as unknown:
        check_language("cobol")

    assert "no typescript template yet" in later.value.message
    assert "python" in unknown.value.hint
