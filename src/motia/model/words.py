"""The words for what does not fit a JSON Schema: one for the edge, the payload validators and the workers.

Invariants
1. Every fault has its JSON Pointer, its part and the keyword that was not met.
2. Words say what was expected, never what was met: it may be a secret, and logs and stores keep it.

`protocol/worker.md`, "Words for what does not fit", is the same table for the other languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

import msgspec

from motia.model.errors import Problem

MESSAGE_CHARS_MAX: Final = 300
_ENUM_CHARS_MAX: Final = 200
_WHOLE_MAX: Final = 10**21

_ARTICLES: Final = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_LIMITS: Final = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minProperties": "must have at least {} fields",
    "maxProperties": "must have at most {} fields",
    "multipleOf": "must be a multiple of {}",
    "additionalItems": "must have at most {} items",
    "contentEncoding": "must be encoded as {}",
    "contentMediaType": "must be {}",
}
_PLAIN: Final = {
    "uniqueItems": "must not have equal items",
    "contains": "has no item of the kind that must be in it",
    "not": "must not be of this form",
    "anyOf": "fits none of the allowed forms",
    "unevaluatedItems": "has items that are not allowed",
}


class SchemaError(Protocol):
    """An error of jsonschema-rs, as far as it is read here."""

    kind: Any
    instance_path: Any
    schema_path: Any


def problems_of_errors(errors: Iterable[SchemaError], value: Any, *, where: str, most: int) -> list[Problem]:
    """At most `most` problems of `value`, in the common words.

    Args:
        errors: What jsonschema-rs found in `value`.
        value: The whole value.
        where: Its part: body, query, params, headers or payload.
        most: Most problems to list.
    """
    found: list[Problem] = []
    fieldless: set[str] = set()
    for error in errors:
        if error.kind.name == "falseSchema" and list(error.schema_path)[-1:] == ["additionalProperties"]:
            # The library's short cut for an object that may have no field names none of them, and
            # comes once for each.
            base = list(error.instance_path)
            if pointer_of(base) not in fieldless:
                fieldless.add(pointer_of(base))
                found += [
                    _unknown_field([*base, name], "additionalProperties", where) for name in _at(value, base)
                ]
        else:
            found += _problems(error, where)
        if len(found) >= most:
            break
    return found[:most]


def pointer_of(parts: Iterable[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _problems(error: SchemaError, where: str) -> Iterator[Problem]:
    kind = error.kind
    base = list(error.instance_path)
    if kind.name == "required":
        yield Problem(
            path=pointer_of([*base, str(kind.property)]),
            message="is required",
            where=where,
            keyword=kind.name,
        )
    elif kind.name in ("additionalProperties", "unevaluatedProperties"):
        for name in kind.unexpected:
            yield _unknown_field([*base, name], kind.name, where)
    else:
        message = _words(kind)
        if len(message) > MESSAGE_CHARS_MAX:
            message = message[:MESSAGE_CHARS_MAX] + "…"
        yield Problem(path=pointer_of(base), message=message, where=where, keyword=kind.name)


def _unknown_field(parts: list[str | int], keyword: str, where: str) -> Problem:
    return Problem(path=pointer_of(parts), message="is not a known field", where=where, keyword=keyword)


def _at(value: Any, path: list[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def _words(kind: Any) -> str:
    keyword = kind.name
    if type(kind).__name__ == "BacktrackLimitExceeded":
        return "takes too long to match its pattern"
    if keyword == "type":
        types = kind.value if isinstance(kind.value, list) else [kind.value]
        types = sorted(types, key=lambda name: (name == "null", name))
        return "must be " + " or ".join(_ARTICLES.get(str(name), str(name)) for name in types)
    if keyword in ("enum", "const"):
        options = kind.value if keyword == "enum" else [kind.value]
        text = ", ".join(_json(option) for option in options)
        text = text if len(text) <= _ENUM_CHARS_MAX else text[:_ENUM_CHARS_MAX] + "…"
        return f"must be {'one of ' if len(options) > 1 else ''}{text}"
    if keyword == "format":
        return f"must be a valid {kind.value}"
    if keyword == "pattern":
        return f"must match the pattern {kind.value}"
    if keyword == "oneOf":
        many = type(kind).__name__ == "OneOfMultipleValid"
        return "fits more than one of the allowed forms" if many else "fits none of the allowed forms"
    if keyword == "propertyNames":
        return "has a field whose name is not allowed"
    if keyword in _LIMITS:
        return _LIMITS[keyword].format(_whole(kind.value))
    return _PLAIN.get(keyword, "is not allowed here")


def _json(value: Any) -> str:
    """With sorted names, and 1.0 as 1: what every language writes alike."""
    return msgspec.json.encode(_plain(value), order="sorted").decode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else _whole(value)


def _whole(value: Any) -> Any:
    return (
        int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE_MAX else value
    )
