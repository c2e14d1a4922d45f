"""From text to the types that a JSON Schema names: path parameters, queries, headers and forms.

What does not read as the declared type stays text, so that the schema itself reports it in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

Converter = Callable[[list[str]], Any]
"""All texts that one name was given, in order, to the value."""

TRUE: Final = frozenset({"true", "1", "yes", "on"})
FALSE: Final = frozenset({"false", "0", "no", "off"})
REFS_MAX: Final = 32
DIGITS_MAX: Final = 400

_INTEGER = re.compile(r"-?[0-9]+\Z")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")


def converters_of(schema: Any) -> dict[str, Converter]:
    """A converter for each property that `schema` (decoded JSON Schema of an object) declares."""
    found: dict[str, Converter] = {}
    for part in _parts(schema, schema, depth=0):
        properties = part.get("properties")
        if isinstance(properties, dict):
            for name, declared in properties.items():
                found.setdefault(name, _converter(declared, schema))
    return found


def coerce(texts: dict[str, list[str]], converters: dict[str, Converter]) -> dict[str, Any]:
    """Convert what is declared; the rest stays text, or an array of texts where repeated."""
    values: dict[str, Any] = {}
    for name, given in texts.items():
        converter = converters.get(name)
        if converter is not None:
            values[name] = converter(given)
        else:
            values[name] = given[0] if len(given) == 1 else given
    return values


def _resolve(schema: Any, root: Any) -> Any:
    for _ in range(REFS_MAX):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#"):
            break
        schema = root
        for step in reference[1:].split("/")[1:]:
            schema = (
                schema.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(schema, dict) else {}
            )
    return schema


def _parts(schema: Any, root: Any, *, depth: int) -> list[dict[str, Any]]:
    """The schema and every alternative inside it, references resolved."""
    schema = _resolve(schema, root)
    if not isinstance(schema, dict) or depth > 8:
        return []
    parts = [schema]
    for word in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(word) or ():
            parts.extend(_parts(inner, root, depth=depth + 1))
    return parts


def _types(parts: list[dict[str, Any]]) -> set[str]:
    types: set[str] = set()
    for part in parts:
        named = part.get("type")
        if isinstance(named, str):
            types.add(named)
        elif isinstance(named, list):
            types.update(str(name) for name in named)
        else:
            given = [part["const"]] if "const" in part else part.get("enum") or ()
            types.update(_type_of(value) for value in given)
    return types


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def _converter(schema: Any, root: Any) -> Converter:
    parts = _parts(schema, root, depth=0)
    types = _types(parts)
    scalar = _scalar(types)
    if "array" not in types:
        return lambda given: scalar(given[0]) if len(given) == 1 else [scalar(text) for text in given]
    items = next((part["items"] for part in parts if isinstance(part.get("items"), dict)), {})
    item = _scalar(_types(_parts(items, root, depth=0)))
    return lambda given: [item(text) for text in given]


def _scalar(types: set[str]) -> Callable[[str], Any]:
    if not types - {"null"} or types == {"string"}:
        return str
    reads = [read for name, read in _READERS if name in types]
    keeps_text = "string" in types

    def convert(text: str) -> Any:
        for read in reads:
            value = read(text)
            if value is not _UNREAD:
                return value
        return text

    return (lambda text: text) if keeps_text else convert


_UNREAD: Final = object()


def _read_integer(text: str) -> Any:
    return int(text) if len(text) <= DIGITS_MAX and _INTEGER.match(text) else _UNREAD


def _read_number(text: str) -> Any:
    if len(text) > DIGITS_MAX or _NUMBER.match(text) is None:
        return _UNREAD
    if _INTEGER.match(text):
        return int(text)
    value = float(text)
    return value if abs(value) != float("inf") else _UNREAD


def _read_boolean(text: str) -> Any:
    lowered = text.lower()
    return True if lowered in TRUE else False if lowered in FALSE else _UNREAD


def _read_null(text: str) -> Any:
    return None if text in ("", "null") else _UNREAD


def _read_json(text: str) -> Any:
    try:
        return msgspec.json.decode(text) if text[:1] == "{" else _UNREAD
    except (ValueError, RecursionError):
        return _UNREAD


_READERS: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    ("null", _read_null),
    ("integer", _read_integer),
    ("number", _read_number),
    ("boolean", _read_boolean),
    ("object", _read_json),
)
