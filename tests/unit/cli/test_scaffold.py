"""Writing a project's files."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from motia.cli.blueprint import LANGUAGES, TEMPLATES, uses_node
from motia.cli.errors import CommandError
from motia.cli.scaffold import Written, check_language, check_name, write_project

BOTH = [(template, language) for template in TEMPLATES for language in LANGUAGES]


@pytest.fixture
def write(node_sdk: Path):
    def write(target: Path, template: str = "minimal", language: str = "python", **how: bool) -> Written:
        how = {"into_existing": False} | how
        return write_project(target, template=template, language=language, sdk=node_sdk, **how)

    return write


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def texts_of(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in files_of(folder) if not name.endswith(".tgz")}


@pytest.mark.parametrize(("template", "language"), BOTH)
def test_a_template_makes_a_whole_project_in_every_language(tmp_path: Path, write, template, language):
    written = write(tmp_path / "demo", template, language)

    there = files_of(tmp_path / "demo")
    assert there == set(written.made)
    assert {".gitignore", ".env.example", ".editorconfig", "README.md", ".vscode/settings.json"} <= there
    assert any(name.startswith("motia/steps/") for name in there)
    assert any(name.startswith("tests/") for name in there)
    assert ("package.json" in there) == uses_node(language)
    assert ("requirements.txt" in there) == (language in ("python", "mixed"))
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.parametrize(("template", "language"), BOTH)
def test_nothing_made_asks_for_a_package_that_is_somebody_elses(tmp_path: Path, write, template, language):
    write(tmp_path / "demo", template, language)

    for name, text in texts_of(tmp_path / "demo").items():
        assert not re.search(r"(pip|npm|pnpm|yarn|gem) (install|add|i) (-\S+ )*(motia|@motia)", text), name
        if name.startswith("requirements"):
            assert not [line for line in text.splitlines() if line.startswith("motia")]
        if name == "package.json":
            manifest = json.loads(text)
            assert manifest["private"] is True
            assert manifest["dependencies"]["@motia/core"].startswith("file:vendor/")
            assert (tmp_path / "demo" / manifest["dependencies"]["@motia/core"][5:]).is_file()
            assert "motia" not in {**manifest["dependencies"], **manifest.get("devDependencies", {})}


@pytest.mark.parametrize(("template", "language"), BOTH)
def test_every_placeholder_is_filled_and_every_json_file_can_be_read(
    tmp_path: Path, write, template, language
):
    write(tmp_path / "Demo.App", template, language)

    texts = texts_of(tmp_path / "Demo.App")
    assert texts["README.md"].startswith("# Demo.App\n")
    for name, text in texts.items():
        assert "{{" not in text, name
        if name.endswith(".json"):
            json.loads(text)
    if uses_node(language):
        assert json.loads(texts["package.json"])["name"] == "demo.app"


@pytest.mark.parametrize(("template", "language"), BOTH)
def test_every_file_says_what_it_is(tmp_path: Path, write, template, language):
    write(tmp_path / "demo", template, language)

    for name, text in texts_of(tmp_path / "demo").items():
        if name.endswith(".py"):
            assert ast.get_docstring(ast.parse(text)), name
        elif name.endswith((".ts", ".js")):
            assert text.startswith("// "), name
        elif name.endswith(".rb"):
            assert text.startswith("# frozen_string_literal: true\n\n# "), name


def test_the_tutorial_has_the_same_steps_in_every_language(tmp_path: Path, write):
    for language in LANGUAGES:
        write(tmp_path / language, "tutorial", language)

    names = {
        language: sorted(
            path.stem.replace("_", "-") for path in (tmp_path / language / "motia" / "steps").iterdir()
        )
        for language in LANGUAGES
    }
    assert names["python"] == sorted(
        ["analyze-user", "count-users", "create-user", "get-user", "handle-step-error", "send-welcome-email"]
    )
    assert all(found == names["python"] for found in names.values())


def test_mixed_has_a_step_in_each_language(tmp_path: Path, write):
    for template in TEMPLATES:
        write(tmp_path / template, template, "mixed")

        suffixes = {path.suffix for path in (tmp_path / template / "motia" / "steps").iterdir()}
        assert suffixes == {".ts", ".js", ".py", ".rb"}


def test_the_readme_names_files_that_are_there(tmp_path: Path, write):
    for language in LANGUAGES:
        write(tmp_path / language, "tutorial", language)

        text = (tmp_path / language / "README.md").read_text()
        named = re.findall(r"^\| `([\w-]+\.\w+)` \| `", text, re.MULTILINE)
        assert len(named) == 6
        assert all((tmp_path / language / "motia" / "steps" / name).is_file() for name in named)


def test_a_folder_that_is_not_empty_is_refused_and_left_as_it_is(tmp_path: Path, write):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(CommandError, match=r"notes\.txt"):
        write(tmp_path)

    assert files_of(tmp_path) == {"notes.txt"}


def test_force_keeps_every_file_that_is_there(tmp_path: Path, write):
    (tmp_path / "README.md").write_text("mine")

    written = write(tmp_path, into_existing=True)

    assert written.kept == ("README.md",)
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / "motia" / "steps" / "hello.py").is_file()


def test_a_folder_with_only_a_repository_counts_as_empty(tmp_path: Path, write):
    (tmp_path / ".git").mkdir()

    assert write(tmp_path).made


def test_a_file_in_the_way_is_refused(tmp_path: Path, write):
    (tmp_path / "demo").write_text("")

    with pytest.raises(CommandError, match="is a file"):
        write(tmp_path / "demo", into_existing=True)


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path, write):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "demo", "missing")

    assert list(tmp_path.iterdir()) == []


def test_a_library_that_is_not_built_is_said_before_anything_is_made(tmp_path: Path, node_sdk: Path):
    (node_sdk / "dist" / "index.mjs").unlink()

    with pytest.raises(CommandError, match="is not built"):
        write_project(
            tmp_path / "demo", template="minimal", language="mixed", into_existing=False, sdk=node_sdk
        )

    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("name", ["-x", "a b", "a;b", "ä", ".hidden"])
def test_a_name_that_makes_trouble_in_a_shell_is_refused(name: str):
    with pytest.raises(CommandError):
        check_name(Path(name))


def test_an_unknown_language_is_refused_with_what_there_is():
    with pytest.raises(CommandError) as unknown:
        check_language("cobol")

    assert all(language in unknown.value.hint for language in LANGUAGES)
