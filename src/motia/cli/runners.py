"""Finds a project's tests by language, and the command that runs them."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from motia.cli.errors import CommandError
from motia.project import TITLES

LANGUAGES = tuple(TITLES)
PATTERNS = {
    "python": ("test_*.py", "*_test.py"),
    "node": tuple(f"*.test.{suffix}" for suffix in ("js", "mjs", "cjs", "ts", "mts", "cts")),
    "ruby": ("test_*.rb", "*_test.rb"),
}
SKIPPED = frozenset({"node_modules", "vendor", "__pycache__", "venv"})
"""Folders that are not the project's own; those with a dot in front neither."""


class Selection(NamedTuple):
    """Test files of one language, relative to the project; `named` are the author's own words for them."""

    language: str
    files: tuple[str, ...]
    named: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The language as people call it."""
        return TITLES[self.language]


class TestCommand(NamedTuple):
    """A command to run in the project, with what it needs in its environment."""

    selection: Selection
    argv: tuple[str, ...]
    environ: Mapping[str, str]


def selected(root: Path, paths: Sequence[str], *, languages: Sequence[str] = ()) -> list[Selection]:
    """The tests of each language that has some, in the order of `LANGUAGES`.

    Args:
        root: The project.
        paths: Files (also `file.py::test`) and folders, relative to the project or the current folder;
            none: the whole project.
        languages: Only these; none: all.
    """
    named = [(path, _place(root, path)) for path in paths]
    found: list[Selection] = []
    for language in LANGUAGES:
        if languages and language not in languages:
            continue
        own = [path for path, place in named if place.is_dir() or _is_of(language, place.name, named=True)]
        files = (
            _tests(root, language)
            if not paths
            else [
                file
                for path, place in named
                if path in own
                for file in (
                    _tests(root, language, place) if place.is_dir() else [os.path.relpath(place, root)]
                )
            ]
        )
        if files:
            found.append(Selection(language, tuple(dict.fromkeys(files)), tuple(own)))
    return found


def command_of(
    root: Path, selection: Selection, options: Sequence[str], *, environ: Mapping[str, str]
) -> TestCommand:
    """The command for the tests of one language.

    Raises:
        CommandError: What runs them is not there; the hint says what to do.
    """
    make = {"python": _pytest, "node": _node, "ruby": _ruby}[selection.language]
    return make(root, selection, options, environ)


def _pytest(
    root: Path, selection: Selection, options: Sequence[str], environ: Mapping[str, str]
) -> TestCommand:
    from motia.project import find_venv

    venv = find_venv(root, environ)
    more: dict[str, str] = {}
    if venv is not None:
        more["PYTHONPATH"] = os.pathsep.join(
            part for part in (environ.get("PYTHONPATH"), str(venv.site)) if part
        )
    if importlib.util.find_spec("pytest") is None and not (venv and (venv.site / "pytest").is_dir()):
        raise CommandError(
            f"pytest is not installed in {sys.executable if venv is None else venv.python}",
            hint="write pytest into requirements-dev.txt and run `motia install`",
        )
    return TestCommand(selection, (sys.executable, "-m", "pytest", *selection.named, *options), more)


def _node(
    root: Path, selection: Selection, options: Sequence[str], environ: Mapping[str, str]
) -> TestCommand:
    from motia.project import sdk_dir

    program = _runtime("node", root, environ)
    runner = sdk_dir("node") / "bin" / "test.mjs"
    argv = (program, str(runner), *selection.files, "--", *options)
    return TestCommand(selection, argv, _engine())


def _ruby(
    root: Path, selection: Selection, options: Sequence[str], environ: Mapping[str, str]
) -> TestCommand:
    from motia.project import sdk_dir

    program = _runtime("ruby", root, environ)
    bundler = ("-rbundler/setup",) if (root / "Gemfile").is_file() else ()
    # Minitest runs what is loaded when the process ends, and reads the options that are left.
    load = f"ARGV.shift({len(selection.files)}).each {{ |file| require File.expand_path(file) }}"
    argv = (program, f"-I{sdk_dir('ruby') / 'lib'}", "-I.", *bundler, "-e", load, *selection.files, *options)
    return TestCommand(selection, argv, _engine())


def _engine() -> dict[str, str]:
    """Has the tests' library start this very engine."""
    return {"MOTIA_ENGINE": sys.executable}


def _runtime(language: str, root: Path, environ: Mapping[str, str]) -> str:
    from motia.project import find_runtime

    found = find_runtime(language, environ, root=root)
    if not found.is_usable:
        raise CommandError(f"{TITLES[language]} tests cannot run: {found.problem}", hint=found.hint)
    return found.path


def _place(root: Path, path: str) -> Path:
    bare = path.partition("::")[0]
    place = Path(bare)
    if not place.is_absolute() and not (root / place).exists() and place.exists():
        return place.resolve()
    if not (root / place).exists():
        raise CommandError(f"there is no {bare}", hint=f"name a file or folder in {root}")
    return root / place


def _is_of(language: str, name: str, *, named: bool = False) -> bool:
    """Whether a file holds tests of a language; one that somebody named may be called as it likes."""
    if any(fnmatch(name, pattern) for pattern in PATTERNS[language]):
        return True
    suffixes = {pattern.rpartition(".")[2] for pattern in PATTERNS[language]}
    return named and name.rpartition(".")[2] in suffixes


def _tests(root: Path, language: str, folder: Path | None = None) -> list[str]:
    return [os.path.relpath(path, root) for path in _walk(folder or root) if _is_of(language, path.name)]


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in SKIPPED and not path.name.startswith("."):
                yield from _walk(path)
        elif path.is_file():
            yield path
