"""The page of error codes, from the tree of `MotiaError`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import motia
from motia.model import MotiaError

INTRODUCTION = """# Errors

<!-- Written by `python -m tools.docs`; do not edit. -->

Every error that Motia raises on purpose has a stable code.
An API answer carries it as `{"error": {"code", "message", "traceId"}}`.
The command line prints it as `{"error": {"code", "message", "hint"}}` with `--json`.
The status is the one of an HTTP answer.

| code | error | is a | status | meaning |
|---|---|---|---|---|
"""
NOT_ENGINE = ("motia.python_worker", "motia.testing", "motia.cli.templates")


def errors_page() -> str:
    """The page: one row an error, by code."""
    import_all()
    return INTRODUCTION + "".join(
        row(error) for error in sorted(tree(MotiaError), key=lambda e: (e.code, e.__name__))
    )


def import_all() -> None:
    """Import every module of the engine, so that all its errors are known."""
    for found in pkgutil.walk_packages(motia.__path__, "motia."):
        if not found.name.startswith(NOT_ENGINE) and not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def tree(error: type[MotiaError]) -> list[type[MotiaError]]:
    """The error and all below it that belong to the engine, whatever else is imported already."""
    below = [deeper for child in error.__subclasses__() for deeper in tree(child)]
    is_engine = error.__module__.startswith("motia.") and not error.__module__.startswith(NOT_ENGINE)
    return [error, *below] if is_engine else below


def row(error: type[MotiaError]) -> str:
    """One line of the table."""
    parent = error.__mro__[1].__name__
    meaning = " ".join((inspect.getdoc(error) or "").partition("\n\n")[0].split()).replace("|", "\\|")
    return f"| `{error.code}` | `{error.__name__}` | {f'`{parent}`'} | {error.status} | {meaning} |\n"
