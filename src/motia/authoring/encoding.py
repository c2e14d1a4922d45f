"""Python values to JSON and back, strictly: what JSON cannot say is refused, never changed in silence.

Invariants
1. NaN, Infinity, sets, bytes, lone surrogates, keys that are not text, circular and deeper than 64
   levels are refused with the place of the first one.
2. Integers stay exact at any size.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid
from typing import Any

import msgspec

from motia.authoring.errors import ValueNotJson

DEPTH_MAX = 64

_encoder = msgspec.json.Encoder(decimal_format="string")
_LEAVES = frozenset({str, int, bool, type(None)})
_TEXTUAL = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta, uuid.UUID, decimal.Decimal)
_INFINITY = float("inf")


def encode_json(value: Any, *, what: str) -> bytes:
    """`value` as JSON text.

    dataclasses, msgspec Structs, pydantic models, enums, dates and UUIDs are written the usual way.

    Args:
        value: What to write.
        what: What it is, for the error: "the payload of trigger('x')".

    Raises:
        ValueNotJson: The value is not JSON; the message names the place.
    """
    plain = value if type(value) in _LEAVES or _is_plain(value, 0) else _to_plain(value, "", (), what)
    try:
        return _encoder.encode(plain)
    except UnicodeEncodeError as error:
        raise _refusal(what, _place_of_surrogate(plain, ""), "text with a lone surrogate") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise _refusal(what, "", str(error)) from error


def decode_json(raw: bytes | msgspec.Raw) -> Any:
    """The plain Python value of JSON text."""
    return msgspec.json.decode(raw)


def lenient_json(value: Any) -> bytes:
    """`value` as JSON for people: what is not JSON is written as its `repr`. Never raises."""
    try:
        return encode_json(value, what="")
    except ValueNotJson:
        pass
    if isinstance(value, dict):
        parts = [_encoder.encode(_printable(k)) + b":" + lenient_json_leaf(v) for k, v in value.items()]
        return b"{" + b",".join(parts) + b"}"
    return lenient_json_leaf(value)


def lenient_json_leaf(value: Any) -> bytes:
    """One value of a log line's fields; not JSON: its `repr`."""
    try:
        return encode_json(value, what="")
    except ValueNotJson:
        return _encoder.encode(_printable(value))


def _printable(value: Any) -> str:
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception:  # an author's __repr__ may do anything
        text = f"<{type(value).__name__}>"
    return text.encode("utf-8", "replace").decode()


def _is_plain(value: Any, depth: int) -> bool:
    """Whether `value` consists of exactly what JSON has; the quick way for nearly all values."""
    kind = type(value)
    if kind is dict:
        if depth >= DEPTH_MAX:
            return False
        for key, item in value.items():
            if type(key) is not str:
                return False
            if type(item) not in _LEAVES and not _is_plain(item, depth + 1):
                return False
        return True
    if kind is list or kind is tuple:
        if depth >= DEPTH_MAX:
            return False
        return all(type(item) in _LEAVES or _is_plain(item, depth + 1) for item in value)
    if kind is float:
        return value == value and value != _INFINITY and value != -_INFINITY
    return kind in _LEAVES


def _to_plain(value: Any, path: str, above: tuple[Any, ...], what: str) -> Any:
    """`above`: the objects and lists that `value` is in."""
    if isinstance(value, enum.Enum):
        return _to_plain(value.value, path, above, what)
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if value != value or value in (_INFINITY, -_INFINITY):
            raise _refusal(what, path, f"the number {value}")
        return value
    if isinstance(value, dict):
        return _members(value, path, _within(value, path, above, what), what)
    if isinstance(value, list | tuple):
        within = _within(value, path, above, what)
        return [_to_plain(item, f"{path}/{index}", within, what) for index, item in enumerate(value)]
    if isinstance(value, _TEXTUAL):
        return msgspec.to_builtins(value)
    return _object_to_plain(value, path, above, what)


def _members(members: dict[Any, Any], path: str, within: tuple[Any, ...], what: str) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, item in members.items():
        if not isinstance(key, str):
            raise _refusal(what, path, f"the key {key!r}, which is {_a(key)} and not text")
        plain[str(key)] = _to_plain(item, f"{path}/{_token(key)}", within, what)
    return plain


def _within(value: Any, path: str, above: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    if any(one is value for one in above):
        raise _refusal(what, path, "a value that contains itself (it is circular)")
    if len(above) >= DEPTH_MAX:
        raise _refusal(what, path, f"a value nested deeper than {DEPTH_MAX} levels")
    return (*above, value)


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _object_to_plain(value: Any, path: str, above: tuple[Any, ...], what: str) -> Any:
    if hasattr(type(value), "__pydantic_serializer__") and hasattr(value, "model_dump"):
        return _to_plain(value.model_dump(mode="json"), path, above, what)
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value)
    if isinstance(value, msgspec.Struct):
        names = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
        fields = {encoded: getattr(value, name) for name, encoded in names}
        tag = value.__struct_config__
        if tag.tag is not None and tag.tag_field:
            fields = {tag.tag_field: tag.tag, **fields}
        set_fields = {k: v for k, v in fields.items() if v is not msgspec.UNSET}
        return _members(set_fields, path, _within(value, path, above, what), what)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return _members(fields, path, _within(value, path, above, what), what)
    raise _refusal(what, path, _a(value))


def _a(value: object) -> str:
    return f"a value of type {type(value).__name__}"


def _refusal(what: str, path: str, reason: str) -> ValueNotJson:
    place = f" at {path}" if path else ""
    return ValueNotJson(
        f"{what} is not JSON: {reason}{place}",
        hint="JSON has objects with text keys, arrays, text, finite numbers, true, false and null",
    )


def _place_of_surrogate(value: Any, path: str) -> str:
    if isinstance(value, str):
        return path if any("\ud800" <= char <= "\udfff" for char in value) else ""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    for key, item in items:
        if isinstance(key, str) and _place_of_surrogate(key, "key"):
            return f"{path}/(key)"
        if place := _place_of_surrogate(item, f"{path}/{key}"):
            return place
    return ""
