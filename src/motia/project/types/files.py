"""Which files of types a project has, and writing them when they change.

Invariants
1. A file is replaced whole, or not touched: no reader sees half of one.
2. A file that is as it should be is not written, so that nothing that watches it wakes up.
3. A file that somebody else wrote is left alone, and that is said.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

from motia.model import StartError
from motia.project.catalog import Catalog
from motia.project.discovery import Discovery
from motia.project.types import python, typescript
from motia.project.types.targets import targets_of

OURS: Final = "Written by `motia dev`, `motia install` and `motia types`"
"""What each of our files says in its head."""


def type_files(catalog: Catalog, discovery: Discovery) -> dict[str, str]:
    """Path relative to the root and content of each file of types that the project should have.

    `motia-env.d.ts` when it has JavaScript or TypeScript files or a package.json,
    `typings/motia/__init__.pyi` when it has Python files.
    """
    targets = targets_of(catalog)
    files: dict[str, str] = {}
    if discovery.of("node") or (discovery.root / "package.json").is_file():
        files[typescript.FILE] = typescript.typescript(targets)
    if discovery.of("python"):
        files[python.FILE] = python.python(targets)
    return files


class TypesWriter:
    """Keeps the files of types of one project up to date."""

    def __init__(self, root: Path) -> None:
        """Write below `root`."""
        self._root = root
        self._written: dict[str, str] = {}

    def write(self, catalog: Catalog, discovery: Discovery) -> tuple[str, ...]:
        """Write what changed; the paths that were written, relative to the root.

        Raises:
            StartError: A file cannot be written, or is not ours; the others are written.
        """
        changed: list[str] = []
        failed: list[StartError] = []
        for name, text in type_files(catalog, discovery).items():
            if self._written.get(name) == text and (self._root / name).is_file():
                continue
            try:
                if _replace(self._root / name, text):
                    changed.append(name)
            except StartError as error:
                failed.append(error)
            self._written[name] = text
        if failed:
            raise failed[0]
        return tuple(changed)


def _replace(path: Path, text: str) -> bool:
    """Make `path` hold `text`; False when it does already."""
    try:
        present = path.read_bytes()
    except FileNotFoundError:
        present = b""
    except OSError as error:
        raise _unwritable(path, error) from error
    if present == text.encode():
        return False
    if present.strip() and OURS.encode() not in present[:2_000]:
        raise StartError(
            f"{path} was not written by motia, and is left as it is",
            hint="rename it, then run `motia types`",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


def _unwritable(path: Path, error: OSError) -> StartError:
    return StartError(
        f"{path} cannot be written: {error.strerror}",
        hint="make it, and its folder, writable for this account",
    )
