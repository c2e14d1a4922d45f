"""Reads the files of a project, each in its language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from motia.model import StepSpec
from motia.project.static.javascript import read_javascript
from motia.project.static.python import read_python
from motia.project.static.ruby import read_ruby
from motia.project.static.sites import OPS, Declared, TriggerSite

SOURCE_BYTES_MAX: Final = 2 * 1024 * 1024
KEPT_FILES: Final = 512
KEPT_BYTES_MAX: Final = 64 * 1024
"""A file up to this size is read once: each worker's manifest and each reload ask for all of them anew."""
_READERS: Final[Mapping[str, Callable[..., list[TriggerSite]]]] = {
    ".py": read_python,
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"), read_javascript),
    ".rb": read_ruby,
}


def read_sites(root: Path, files: Iterable[str], *, steps: Iterable[StepSpec]) -> tuple[TriggerSite, ...]:
    """Trigger sites of `files` (relative to `root`), in order. Files that cannot be read have none."""
    by_file: dict[str, list[StepSpec]] = {}
    for step in steps:
        by_file.setdefault(step.source.file, []).append(step)
    sites: list[TriggerSite] = []
    for file in dict.fromkeys(files):
        try:
            raw = (root / file).read_bytes()
        except OSError:
            continue
        if len(raw) <= SOURCE_BYTES_MAX:
            read = _read_kept if len(raw) <= KEPT_BYTES_MAX else _read
            sites += read(raw, file, _declared(by_file.get(file, [])))
    return tuple(sites)


def read_source(text: str, *, file: str, steps: Iterable[StepSpec]) -> list[TriggerSite]:
    """Trigger sites of one file, in order of their lines; none when its language is not known."""
    return list(_read(text.encode("utf-8", "replace"), file, _declared(steps)))


def _declared(steps: Iterable[StepSpec]) -> tuple[Declared, ...]:
    return tuple(
        sorted((Declared(step.id, step.source) for step in steps), key=lambda step: step.source.line)
    )


def _read(raw: bytes, file: str, steps: tuple[Declared, ...]) -> tuple[TriggerSite, ...]:
    read = _READERS.get(PurePosixPath(file).suffix)
    if read is None or not any(op.encode() in raw for op in OPS):
        return ()
    return tuple(read(raw.decode("utf-8", "replace"), file=file, steps=steps))


_read_kept = lru_cache(KEPT_FILES)(_read)
