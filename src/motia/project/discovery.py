"""Finding a project and its files on disk. By content, not by name: a worker decides what is a step.

Invariants
1. The order of files is the same on every machine: sorted by path, parts compared one by one.
2. A directory is entered once, however many links lead to it: no loop, no file twice.
3. Nothing here opens a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from motia.model import LoadFault, StartError

STEPS_DIR: Final = "motia/steps"
EVENTS_DIR: Final = "motia/events"
WORKFLOWS_DIR: Final = "motia/workflows"
CONFIG_NAMES: Final = (
    "motia.config.py",
    "motia.config.js",
    "motia.config.mjs",
    "motia.config.cjs",
    "motia.config.ts",
)
LANGUAGES: Final = {
    ".py": "python",
    ".js": "node",
    ".mjs": "node",
    ".cjs": "node",
    ".ts": "node",
    ".mts": "node",
    ".cts": "node",
    ".rb": "ruby",
}
SKIPPED_DIRS: Final = frozenset({"__pycache__", "node_modules"})
_DECLARATIONS: Final = (".d.ts", ".d.mts", ".d.cts")


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """What is on disk; all paths relative to `root`, with `/`."""

    root: Path
    files: dict[str, tuple[str, ...]]
    """Step files by language, sorted; a language without files is not there."""
    events: tuple[str, ...] = ()
    """Files under motia/events."""
    workflows: tuple[str, ...] = ()
    faults: tuple[LoadFault, ...] = ()

    def of(self, language: str) -> tuple[str, ...]:
        """Step files of one language."""
        return self.files.get(language, ())


def find_project(start: Path) -> Path:
    """The project that `start` is in: the nearest directory upwards with `motia/steps` or a motia.config file.

    Raises:
        StartError: There is none up to the root of the file system, or `start` does not exist.
    """
    here = Path(os.path.abspath(start))
    if not here.is_dir():
        raise StartError(f"{start} is no directory", hint="name the project's directory with --project DIR")
    for directory in (here, *here.parents):
        if (directory / STEPS_DIR).is_dir() or any((directory / name).is_file() for name in CONFIG_NAMES):
            return directory
    raise StartError(
        f"{here} is in no Motia project: neither it nor a directory above has motia/steps or a motia.config file",
        hint="start one with `motia create`, or name one with --project DIR",
    )


def discover(root: Path) -> Discovery:
    """All step, event and workflow files of the project at `root`.

    Hidden files and directories, `__pycache__`, `node_modules` and TypeScript declarations are left
    out. What cannot be read becomes a fault.
    """
    faults: list[LoadFault] = []
    by_language: dict[str, list[str]] = {}
    for file in _walk(root, STEPS_DIR, faults):
        language = language_of(file)
        if language is not None:
            by_language.setdefault(language, []).append(file)
    files = {language: tuple(by_language[language]) for language in sorted(by_language)}
    return Discovery(
        root=root,
        files=files,
        events=tuple(_walk(root, EVENTS_DIR, faults)),
        workflows=tuple(_walk(root, WORKFLOWS_DIR, faults)),
        faults=tuple(faults),
    )


def _walk(root: Path, below: str, faults: list[LoadFault]) -> Iterator[str]:
    base = root / below
    if not base.is_dir():
        return
    found: list[str] = []
    seen: set[tuple[int, int]] = set()

    def note(error: OSError) -> None:
        place = os.path.relpath(str(error.filename), root)
        faults.append(_unreadable(place, f"cannot be read: {error.strerror}"))

    for directory, names, files in os.walk(base, followlinks=True, onerror=note):
        try:
            status = os.stat(directory)
        except OSError:  # gone since it was listed
            continue
        if (status.st_dev, status.st_ino) in seen:
            names.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in SKIPPED_DIRS)
        for name in sorted(files):
            path = os.path.join(directory, name)
            relative = os.path.relpath(path, root).replace(os.sep, "/")
            if name.startswith(".") or name.endswith("~"):
                continue
            if not relative.isprintable() or not os.path.isfile(path):
                faults.append(_odd_file(path, relative))
                continue
            found.append(relative)
    yield from sorted(found, key=lambda file: file.split("/"))


def _odd_file(path: str, relative: str) -> LoadFault:
    if os.path.islink(path) and not os.path.exists(path):
        return _unreadable(relative, f"is a link to {os.readlink(path)}, which does not exist")
    if not relative.isprintable():
        shown = relative.encode("utf-8", "backslashreplace").decode()
        return _unreadable(shown, "has a name that is no printable UTF-8 text")
    return _unreadable(relative, "is no regular file")


def _unreadable(place: str, what: str) -> LoadFault:
    return LoadFault(
        code="unreadable-file",
        file=place,
        message=f"{place} {what}",
        hint="rename it, remove it or make it readable for this user",
        severity="warning",
    )


def language_of(file: str) -> str | None:
    """The language whose worker loads `file`; None for what is none's, such as TypeScript declarations."""
    if file.endswith(_DECLARATIONS):
        return None
    return LANGUAGES.get(os.path.splitext(file)[1])
