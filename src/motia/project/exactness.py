"""Integers that JavaScript cannot hold exactly: refused on their way there, never rounded.

An integer is held when JavaScript would write it back as the same text. So all up to 2^53 are, and of
those beyond what JavaScript itself writes: 1.2345678901234568e20 leaves it as 123456789012345680000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec

from motia.model import Problem

LANGUAGE: Final = "node"
"""The language whose only number is a double."""
INTEGER_MAX: Final = 2**53 - 1
PLAIN_MAX: Final = 10**21
"""From here on JavaScript writes numbers with an exponent, never as integers."""
PROBLEMS_MAX: Final = 1_000
_LONG = re.compile(rb"[0-9]{16}")


def inexact_integers(data: bytes, *, where: str = "payload") -> tuple[Problem, ...]:
    """Where in `data`, which is JSON, integers are that JavaScript cannot hold; at most 1,000 places.

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
    elif isinstance(value, int) and abs(value) > INTEGER_MAX and not _is_written_back(value):
        yield path


def _is_written_back(value: int) -> bool:
    # Both languages write the shortest digits that name the double.
    return abs(value) < PLAIN_MAX and int(Decimal(repr(float(value)))) == value
