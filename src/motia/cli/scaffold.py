"""Writes a project's first files from a template.

Invariants
1. A file that is there is never overwritten.
2. A new folder appears whole or not at all.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from motia.cli.errors import CommandError

TEMPLATES = {
    "minimal": "one endpoint and its test",
    "tutorial": "endpoints, background steps, a schedule, tests",
}
LANGUAGES = ("python",)
LATER_LANGUAGES = ("typescript", "javascript", "ruby")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
IGNORED = frozenset({".git", ".DS_Store", ".idea", ".vscode"})
"""What may be in a folder that counts as empty."""


class Written(NamedTuple):
    """Files of the template, relative to the project: made, and left as they were."""

    made: tuple[str, ...]
    kept: tuple[str, ...]


def check_name(target: Path) -> None:
    """Refuse a folder name that would be trouble in a shell or URL.

    Raises:
        CommandError: The last part of `target` is no such name.
    """
    if not NAME.fullmatch(target.name):
        raise CommandError(
            f"{target.name!r} cannot be a project's name",
            hint="use letters, digits, dots, dashes and underscores, starting with a letter or digit",
        )


def check_language(language: str) -> None:
    """Refuse a language that no template is written in.

    Raises:
        CommandError: With what is there instead.
    """
    if language in LATER_LANGUAGES:
        raise CommandError(f"there is no {language} template yet", hint="use --language python")
    if language not in LANGUAGES:
        raise CommandError(f"unknown language {language!r}", hint=f"use one of: {', '.join(LANGUAGES)}")


def write_project(target: Path, *, template: str, into_existing: bool) -> Written:
    """Write the files of `template` below `target`.

    Args:
        target: The project's folder; it need not exist.
        template: A name of `TEMPLATES`.
        into_existing: Write into a folder that is not empty; its files are kept.

    Raises:
        CommandError: `target` is a file, or is not empty and `into_existing` is off. Nothing was written.
    """
    if target.exists() and not target.is_dir():
        raise CommandError(f"{target} is a file", hint="give the project another name")
    if not target.exists():
        return _write_whole(target, template)
    there = sorted(entry.name for entry in target.iterdir() if entry.name not in IGNORED)
    if there and not into_existing:
        shown = ", ".join(there[:5]) + (" …" if len(there) > 5 else "")
        raise CommandError(
            f"the folder {target} is not empty (it has {shown})",
            hint="give another name, or --force to add the missing files and keep what is there",
        )
    return _write_into(target, template, name=target.resolve().name)


def _write_whole(target: Path, template: str) -> Written:
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        written = _write_into(building, template, name=target.name)
        building.chmod(0o777 & ~_umask())
        building.rename(target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return written


def _write_into(folder: Path, template: str, *, name: str) -> Written:
    made: list[str] = []
    kept: list[str] = []
    for relative, source in _template_files(files("motia.cli") / "templates" / template):
        path = folder / relative
        if path.exists():
            kept.append(relative)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.read_text("utf-8").replace("{{name}}", name), "utf-8")
        made.append(relative)
    return Written(tuple(made), tuple(kept))


def _template_files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Files of a template; `dot-x` stands for `.x`, so that no tool takes it for the repository's own."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == "__pycache__":
            continue
        name = f".{entry.name.removeprefix('dot-')}" if entry.name.startswith("dot-") else entry.name
        if entry.is_dir():
            yield from _template_files(entry, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", entry


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
