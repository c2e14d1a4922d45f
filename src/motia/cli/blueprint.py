"""Which files a new project has, by template and language, with their texts.

A project is put together from layers, folders below `templates/`: what every project has, what each
of its languages needs, and the template's steps and tests. A later layer replaces a file of an earlier
one, except `.json` files of editors, which are merged. `dot-x` stands for `.x`, so that no tool takes
it for the repository's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Any, NamedTuple

TEMPLATES = {
    "minimal": "one endpoint and its test",
    "tutorial": "endpoints, background steps, a schedule, tests",
}


class Language(NamedTuple):
    """What is particular to projects of one language."""

    about: str
    layers: tuple[str, ...]
    """Folders of `templates/` besides `base` and the template's own."""
    motia: str = "motia"
    """How the README calls the command."""
    install: str = "motia install"


LANGUAGES = {
    "typescript": Language("zod schemas, types", ("typescript",), "npx motia", "npm install"),
    "javascript": Language("JSON Schemas, no build", ("javascript",), "npx motia", "npm install"),
    "python": Language("type hints", ("python", "python-tests")),
    "ruby": Language("standard library only", ("ruby",)),
    "mixed": Language(
        "all four in one project", ("python", "ruby", "typescript"), "npx motia", "npx motia install"
    ),
}

MIXED_STEPS = {
    "create-user": "typescript",
    "get-user": "javascript",
    "send-welcome-email": "ruby",
    "analyze-user": "python",
    "count-users": "javascript",
    "handle-step-error": "typescript",
}
"""Which language the tutorial's steps have in a mixed project; its tests are TypeScript."""
ANSWERS = {
    "mixed": '{"typescript":"Hello, Ada!","javascript":"Salut, Ada!","python":"Hallo, Ada!","ruby":"Ciao, Ada!"}'
}
ANSWER = '{"message":"Hello, Ada!"}'
STEPS = "motia/steps/"
PLACEHOLDER = re.compile(r"\{\{([a-z]+)(?::([a-z-]+))?\}\}")


def uses_node(language: str) -> bool:
    """Whether a project of this language has a package.json."""
    return "npx" in LANGUAGES[language].motia


def project_files(template: str, language: str, *, name: str, tarball: str = "") -> dict[str, str]:
    """Text of every file of a new project by its path, sorted.

    Args:
        template: A key of `TEMPLATES`.
        language: A key of `LANGUAGES`.
        name: The project's name, as its folder is called.
        tarball: Path of the packed `@motia/core` in the project, for package.json.
    """
    found: dict[str, str] = {}
    for layer in ("base", *LANGUAGES[language].layers):
        _lay(found, _read(_root() / layer))
    steps = _steps(template, language)
    found["README.md"] = (_root() / template / "README.md").read_text("utf-8")
    found |= steps
    values = {
        "name": name,
        "package": package_name(name),
        "tarball": tarball,
        "motia": LANGUAGES[language].motia,
        "install": LANGUAGES[language].install,
        "answer": ANSWERS.get(language, ANSWER),
        "start": (_root() / "readme" / f"start-{language}.md").read_text("utf-8"),
        "commands": (_root() / "readme" / "commands.md").read_text("utf-8").rstrip("\n"),
    }
    places = {step_id(path): path for path in steps if path.startswith(STEPS)}
    return {path: _fill(text, values, places) for path, text in sorted(found.items())}


def package_name(name: str) -> str:
    """A name that npm accepts: lower case, no dot or underscore in front."""
    return re.sub(r"[^a-z0-9._-]", "-", name.lower()).lstrip("._-") or "my-app"


def step_id(path: str) -> str:
    """The id of a template's step, which its file is named after in the manner of its language."""
    return PurePosixPath(path).stem.replace("_", "-")


def _steps(template: str, language: str) -> dict[str, str]:
    folder = _root() / template
    if language != "mixed" or template != "tutorial":
        return dict(_read(folder / language))
    found = {path: text for path, text in _read(folder / "typescript") if path.startswith("tests/")}
    for own in sorted(set(MIXED_STEPS.values())):
        found |= {
            path: text
            for path, text in _read(folder / own)
            if path.startswith(STEPS) and MIXED_STEPS[step_id(path)] == own
        }
    return found


def _lay(found: dict[str, str], layer: Iterator[tuple[str, str]]) -> None:
    for path, text in layer:
        if path in found and path.endswith(".json"):
            merged = _merged(json.loads(found[path]), json.loads(text))
            text = json.dumps(merged, indent=2, ensure_ascii=False) + "\n"
        found[path] = text


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: _merged(one[key], other[key]) if key in one and key in other else value
            for key, value in (one | other).items()
        }
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else other


def _fill(text: str, values: dict[str, str], places: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        word, step = found.groups()
        if step is None:
            return _fill(values[word], values, places)
        return places[step] if word == "file" else PurePosixPath(places[step]).name

    return PLACEHOLDER.sub(value, text)


def _root() -> Traversable:
    return files("motia.cli") / "templates"


def _read(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Path and text of each file below a layer."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == "__pycache__":
            continue
        name = f".{entry.name.removeprefix('dot-')}" if entry.name.startswith("dot-") else entry.name
        if entry.is_dir():
            yield from _read(entry, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", entry.read_text("utf-8")
