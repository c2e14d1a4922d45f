"""JSON Schemas: compiling one safely, and what does not fit it in words.

Invariants
1. Nothing is ever fetched: a `$ref` outside the schema is an error when it is compiled.
2. Matching takes bounded time: patterns run without backtracking where they can, else with a limit.
3. A value's depth is bounded before it is matched.
4. Messages name what was expected, never the value that was met: it may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

import jsonschema_rs
import msgspec

from motia.model import Problem, pointer_of, problems_of_errors

DEPTH_MAX: Final = 64
PROBLEMS_MAX: Final = 1_000
"""Most problems listed for one value; after them one more says that there are others."""
BACKTRACKS_MAX: Final = 100_000
PATTERN_BYTES_MAX: Final = 1024 * 1024
"""Most memory for one compiled pattern."""


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
    found = problems_of_errors(compiled.iter_errors(value), value, where=where, most=PROBLEMS_MAX)
    if len(found) >= PROBLEMS_MAX:
        more = Problem(path="", message=f"has more than {PROBLEMS_MAX} problems", where=where)
        return (*found, more)
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
