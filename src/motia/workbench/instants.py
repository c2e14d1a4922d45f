"""How instants look outside: ISO 8601 in UTC with milliseconds, here and nowhere else.

Inside, an instant is ms since the epoch in a field called `at` or `…_at`. On the way out `shown`
turns exactly those fields of structs into text; values of authors are never touched.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

import msgspec

from motia.model import CallerError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_MAX_MS = 253_402_300_799_999


def iso(at: int) -> str:
    """`2026-01-01T00:00:00.000Z` for ms since the epoch (years 1970 to 9999; clamped)."""
    instant = _NAIVE_EPOCH + timedelta(milliseconds=min(max(at, 0), _MAX_MS))
    return f"{instant.isoformat(timespec='milliseconds')}Z"


def parse_instant(text: str, *, name: str) -> int:
    """Ms since the epoch of ISO 8601 text (UTC when it names no zone) or of a number of ms.

    Raises:
        CallerError: `text`, the value of the parameter `name`, is neither.
    """
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return (instant - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise CallerError(
            f"{name}: {text[:60]!r} is no instant",
            hint="write 2026-01-31T12:00:00Z, or milliseconds since the epoch",
        ) from None


def is_instant_name(name: str) -> bool:
    """Whether a field of this name holds an instant."""
    return name == "at" or name.endswith("_at")


def shown(value: Any) -> Any:
    """`value` ready to be encoded: structs as objects, their instants as text."""
    kind = type(value)
    if kind in _LEAVES:
        return value
    if isinstance(value, msgspec.Struct):
        # Most of what a list of thousands holds is text, numbers and None: those are not asked again.
        found: dict[str, Any] = {}
        for field, name, is_instant in _plan_of(kind):
            item = getattr(value, field)
            if is_instant:
                found[name] = _instant(item)
            else:
                found[name] = item if type(item) in _LEAVES else shown(item)
        return found
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value.value if isinstance(value, Enum) else value


_LEAVES = frozenset({str, int, float, bool, type(None), bytes, msgspec.Raw})


@cache
def _plan_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, bool], ...]:
    """Of each field its name, its name outside, and whether it holds an instant."""
    names = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    return tuple((field, name, is_instant_name(field)) for field, name in names)


def _instant(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_instant(item) for item in value]
    return iso(value) if isinstance(value, int) and not isinstance(value, bool) else shown(value)
