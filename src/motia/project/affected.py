"""Which languages a change of files concerns: only their workers load the project anew."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from motia.project.discovery import CONFIG_NAMES, LANGUAGES, WORKFLOWS_DIR, Discovery

ENVIRONMENT_FILE: Final = ".env"
OWNED_AT_ROOT: Final = {
    "package.json": "node",
    "package-lock.json": "node",
    "tsconfig.json": "node",
    "Gemfile": "ruby",
    "Gemfile.lock": "ruby",
}
"""Files in the project's root that say how a language loads its steps."""
READ_AT_START: Final = frozenset({"Gemfile", "Gemfile.lock"})
"""Those that a worker reads before it is told to load: one that stands by has the old ones in memory."""


def affected_languages(
    changed: Iterable[str], *, before: Discovery, after: Discovery, modules: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """The languages whose workers must load anew because of the changed paths, relative to the root.

    A file belongs to the languages that have read it; one that nobody has read to the language of its
    name; one that no language can claim (a template, a list) to all, for any step may open it.
    The configuration file belongs to none: it is read at the start only. Nor does a workflow that no
    step has read: the engine reads it.

    Args:
        changed: Changed, new and deleted files.
        before: The project's files as they were loaded.
        after: The project's files now.
        modules: The files that the workers of each language have read.
    """
    every = before.files.keys() | after.files.keys()
    affected: set[str] = set()
    for file in changed:
        owners = {language for language, read in modules.items() if file in read}
        for found in (before, after):
            owners |= {language for language, files in found.files.items() if file in files}
        if not owners and file not in CONFIG_NAMES and not file.startswith(WORKFLOWS_DIR + "/"):
            owners = {named} if (named := _named_owner(file)) is not None else set(every)
        affected |= owners
    return frozenset(affected & every)


def _named_owner(file: str) -> str | None:
    return OWNED_AT_ROOT.get(file) or LANGUAGES.get(os.path.splitext(file)[1])
