"""Which files a project has."""

from __future__ import annotations

import json

import pytest

from motia.cli.blueprint import MIXED_STEPS, package_name, project_files, step_id


def test_editor_settings_of_several_languages_are_merged():
    files = project_files("minimal", "mixed", name="demo")

    settings = json.loads(files[".vscode/settings.json"])
    assert settings["search.exclude"] == {
        "**/.motia/**": True,
        "**/node_modules/**": True,
        "vendor/**": True,
    }
    found = json.loads(files[".vscode/extensions.json"])["recommendations"]
    assert {"EditorConfig.EditorConfig", "ms-python.python", "Shopify.ruby-lsp"} == set(found)


def test_a_mixed_tutorial_has_each_step_once_in_its_language():
    suffixes = {"typescript": "ts", "javascript": "js", "python": "py", "ruby": "rb"}
    files = project_files("tutorial", "mixed", name="demo")

    found = {step_id(path): path.rpartition(".")[2] for path in files if path.startswith("motia/steps/")}
    assert found == {step: suffixes[language] for step, language in MIXED_STEPS.items()}


def test_a_readme_says_how_the_command_is_called_in_its_language():
    of = {
        language: project_files("tutorial", language, name="x")["README.md"]
        for language in ("python", "typescript")
    }

    assert "\nmotia runs list\n" in of["python"]
    assert "\nnpx motia runs list\n" in of["typescript"]
    assert of["typescript"].index("npm install") < of["typescript"].index("npx motia runs list")


@pytest.mark.parametrize(
    ("name", "expected"), [("Demo", "demo"), ("_a b", "a-b"), ("ä", "my-app"), ("..", "my-app")]
)
def test_a_folder_becomes_a_name_that_npm_accepts(name: str, expected: str):
    assert package_name(name) == expected
