"""How instants look outside: ISO 8601 in UTC with milliseconds, here and nowhere else.

Inside, an instant is ms since the epoch in a field called `at` or `…_at`. On the way out `shown`
turns exactly those fields of structs into text; values of authors are never touched.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import msgspec

from motia.model import CallerError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_MS = 253_402_300_799_999


def iso(at: int) -> str:
    """`2026-01-01T00:00:00.000Z` for ms since the epoch (years 1970 to 9999; clamped)."""
    instant = _EPOCH + timedelta(milliseconds=min(max(at, 0), _MAX_MS))
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1_000:03d}Z"


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
    if isinstance(value, msgspec.Raw):
        return value
    if isinstance(value, msgspec.Struct):
        return {
            name: _field(field, getattr(value, field))
            for field, name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
        }
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value.value if isinstance(value, Enum) else value


def _field(name: str, value: Any) -> Any:
    if not is_instant_name(name):
        return shown(value)
    if isinstance(value, tuple):
        return [_field(name, item) for item in value]
    return iso(value) if isinstance(value, int) and not isinstance(value, bool) else shown(value)
