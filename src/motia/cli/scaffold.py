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
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from motia.cli.blueprint import LANGUAGES, project_files, uses_node
from motia.cli.errors import CommandError
from motia.cli.vendored import pack

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
    if language not in LANGUAGES:
        raise CommandError(f"unknown language {language!r}", hint=f"use one of: {', '.join(LANGUAGES)}")


def write_project(
    target: Path, *, template: str, language: str, into_existing: bool, sdk: Path | None = None
) -> Written:
    """Write the files of `template` below `target`.

    Args:
        target: The project's folder; it need not exist.
        template: A name of `TEMPLATES`.
        language: A name of `LANGUAGES`.
        into_existing: Write into a folder that is not empty; its files are kept.
        sdk: The Node library to pack for projects that have JavaScript or TypeScript; None: the engine's own.

    Raises:
        CommandError: `target` is a file, or is not empty and `into_existing` is off, or the Node
            library is not built. Nothing was written.
    """
    if target.exists() and not target.is_dir():
        raise CommandError(f"{target} is a file", hint="give the project another name")
    name = target.resolve().name
    if not target.exists():
        return _write_whole(target, _contents(name, template, language, sdk))
    there = sorted(entry.name for entry in target.iterdir() if entry.name not in IGNORED)
    if there and not into_existing:
        shown = ", ".join(there[:5]) + (" …" if len(there) > 5 else "")
        raise CommandError(
            f"the folder {target} is not empty (it has {shown})",
            hint="give another name, or --force to add the missing files and keep what is there",
        )
    return _write_into(target, _contents(name, template, language, sdk))


def _contents(name: str, template: str, language: str, sdk: Path | None) -> dict[str, bytes]:
    """What to write, made before anything is written."""
    if not uses_node(language):
        packed: dict[str, bytes] = {}
    else:
        from motia.project import sdk_dir

        package = pack(sdk or sdk_dir("node"))
        packed = {package.path: package.content}
    texts = project_files(template, language, name=name, tarball=next(iter(packed), ""))
    return {path: text.encode() for path, text in texts.items()} | packed


def _write_whole(target: Path, contents: Mapping[str, bytes]) -> Written:
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        written = _write_into(building, contents)
        building.chmod(0o777 & ~_umask())
        building.rename(target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return written


def _write_into(folder: Path, contents: Mapping[str, bytes]) -> Written:
    made: list[str] = []
    kept: list[str] = []
    for relative, content in contents.items():
        path = folder / relative
        if path.exists():
            kept.append(relative)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        made.append(relative)
    return Written(tuple(made), tuple(kept))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
