"""JSON Schemas: compiling one safely, and what does not fit it in words.

Invariants
1. Nothing is ever fetched: a `$ref` outside the schema is an error when it is compiled.
2. Matching takes bounded time: patterns run without backtracking where they can, else with a limit.
3. A value's depth is bounded before it is matched.
4. Messages name what was expected, never the value that was met: it may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

import jsonschema_rs
import msgspec

from motia.model import Problem

DEPTH_MAX: Final = 64
PROBLEMS_MAX: Final = 1_000
"""Most problems listed for one value; after them one more says that there are others."""
BACKTRACKS_MAX: Final = 100_000
PATTERN_BYTES_MAX: Final = 1024 * 1024
"""Most memory for one compiled pattern."""
_ENUM_CHARS_MAX: Final = 200

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


class SchemaInvalid(ValueError):
    """A JSON Schema that cannot be used; the message says what is wrong with it."""


class CompiledSchema(Protocol):
    """A schema ready to match."""

    def is_valid(self, instance: Any) -> bool:
        """Whether the value fits."""
        ...

    def iter_errors(self, instance: Any) -> Iterator[jsonschema_rs.ValidationError]:
        """What does not fit."""
        ...


def compile_schema(schema: bytes | msgspec.Raw) -> CompiledSchema:
    """Compile a JSON Schema (draft 2020-12 unless its `$schema` names an older one). Formats are asserted.

    Raises:
        SchemaInvalid: It is no schema, refers to something outside itself, or holds a pattern that
            cannot be read or is too large.
    """
    try:
        value = msgspec.json.decode(schema)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SchemaInvalid(f"the schema is no JSON: {error}") from error
    if depth_is_over(value, DEPTH_MAX):
        raise SchemaInvalid(f"the schema is nested deeper than {DEPTH_MAX} levels")
    linear = jsonschema_rs.RegexOptions(size_limit=PATTERN_BYTES_MAX)
    try:
        return _compile(value, linear)
    except (jsonschema_rs.ValidationError, ValueError) as first:
        try:
            return _compile(
                value,
                jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACKS_MAX, size_limit=PATTERN_BYTES_MAX),
            )
        except (jsonschema_rs.ValidationError, ValueError):
            raise SchemaInvalid(_schema_error(first)) from first


def problems_of(compiled: CompiledSchema, value: Any, *, where: str = "payload") -> tuple[Problem, ...]:
    """Everything in `value` that does not fit, with a JSON Pointer each; empty when it fits."""
    if depth_is_over(value, DEPTH_MAX):
        return (
            Problem(
                path="", message=f"is nested deeper than {DEPTH_MAX} levels", where=where, keyword="depth"
            ),
        )
    if compiled.is_valid(value):
        return ()
    found: list[Problem] = []
    fieldless: set[str] = set()
    for error in compiled.iter_errors(value):
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
        if len(found) >= PROBLEMS_MAX:
            more = Problem(path="", message=f"has more than {PROBLEMS_MAX} problems", where=where)
            return (*found[:PROBLEMS_MAX], more)
    return tuple(found)


def depth_is_over(value: Any, depth_max: int) -> bool:
    """Whether lists and objects are nested deeper than `depth_max`."""
    level = [value] if isinstance(value, dict | list) else []
    depth = 0
    while level:
        depth += 1
        if depth > depth_max:
            return True
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
    return False


def pointer_of(parts: Iterable[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _compile(
    value: Any, patterns: jsonschema_rs.RegexOptions | jsonschema_rs.FancyRegexOptions
) -> CompiledSchema:
    return jsonschema_rs.validator_for(value, validate_formats=True, offline=True, pattern_options=patterns)


def _schema_error(error: Exception) -> str:
    if not isinstance(error, jsonschema_rs.ValidationError):
        return str(error).splitlines()[0]
    text = error.message.splitlines()[0]
    place = pointer_of(error.instance_path)
    if "not present in a registry" in text:
        uri = text.split("'")[1] if text.count("'") >= 2 else "a $ref"
        return f"{uri} is outside the schema, and schemas are never fetched: move it into $defs"
    if place.endswith("/type") or place == "/type":
        text = f"{text.split(' is not ')[0]} is no type of JSON Schema"
    elif text.endswith('is not a "regex"'):
        text = f"{text.rpartition(' is not a ')[0]} is no pattern that can be used, or is too large"
    return f"at {place}: {text}" if place else text


def _problems(error: jsonschema_rs.ValidationError, where: str) -> Iterator[Problem]:
    kind = error.kind
    keyword = kind.name
    base = list(error.instance_path)
    if keyword == "required":
        yield Problem(
            path=pointer_of([*base, str(kind.value)]), message="is required", where=where, keyword=keyword
        )
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        for name in kind.value:
            yield _unknown_field([*base, name], keyword, where)
    else:
        yield Problem(path=pointer_of(base), message=_message(error), where=where, keyword=keyword)


def _unknown_field(parts: list[str | int], keyword: str, where: str) -> Problem:
    return Problem(path=pointer_of(parts), message="is not a known field", where=where, keyword=keyword)


def _at(value: Any, path: list[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def _message(error: jsonschema_rs.ValidationError) -> str:
    kind = error.kind
    keyword = kind.name
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
        return "takes too long to match its pattern"
    if keyword == "type":
        types = sorted(kind.value if isinstance(kind.value, list) else [kind.value], key="null".__eq__)
        return "must be " + " or ".join(_ARTICLES.get(str(name), str(name)) for name in types)
    if keyword in ("enum", "const"):
        options = kind.value if keyword == "enum" else [kind.value]
        text = ", ".join(msgspec.json.encode(option).decode() for option in options)
        text = text if len(text) <= _ENUM_CHARS_MAX else text[:_ENUM_CHARS_MAX] + "…"
        return f"must be {'one of ' if len(options) > 1 else ''}{text}"
    if keyword == "format":
        return f"must be a valid {kind.value}"
    if keyword == "pattern":
        return f"must match the pattern {kind.value}"
    if keyword == "oneOf":
        many = isinstance(kind, jsonschema_rs.ValidationErrorKind.OneOfMultipleValid)
        return "fits more than one of the allowed forms" if many else "fits none of the allowed forms"
    if keyword == "propertyNames":
        return "has a field whose name is not allowed"
    if keyword in _LIMITS:
        return _LIMITS[keyword].format(kind.value)
    return _PLAIN.get(keyword, "is not allowed here")
