"""Integers that JavaScript cannot hold exactly: refused on their way there, never rounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from motia.model import Problem

LANGUAGE: Final = "node"
"""The language whose only number is a double."""
INTEGER_MAX: Final = 2**53 - 1
PROBLEMS_MAX: Final = 1_000
_LONG = re.compile(rb"[0-9]{16}")


def inexact_integers(data: bytes, *, where: str = "payload") -> tuple[Problem, ...]:
    """Where in `data`, which is JSON, integers beyond ±(2^53 - 1) are; at most 1,000 places.

    One look for sixteen digits in a row, and nothing more for a value that has none.
    """
    if _LONG.search(data) is None:
        return ()
    return inexact_in(msgspec.json.decode(data), where=where)


def inexact_in(value: Any, *, where: str = "payload") -> tuple[Problem, ...]:
    """As `inexact_integers`, for a value that is decoded already."""
    found: list[Problem] = []
    for path in _places(value, ""):
        found.append(
            Problem(
                path=path,
                message="is an integer beyond 2^53, which JavaScript cannot hold exactly",
                where=where,
                keyword="integer",
            )
        )
        if len(found) >= PROBLEMS_MAX:
            break
    return tuple(found)


def _places(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, f"{path}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, f"{path}/{index}")
    elif isinstance(value, int) and abs(value) > INTEGER_MAX:
        yield path
