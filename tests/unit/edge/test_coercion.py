from __future__ import annotations

from typing import Any

import pytest

from motia.edge.coercion import coerce, converters_of


def convert(schema: dict[str, Any], *texts: str, **root: Any) -> Any:
    return coerce({"v": list(texts)}, converters_of({"properties": {"v": schema}, **root}))["v"]


@pytest.mark.parametrize(
    ("schema", "texts", "expected"),
    [
        ({"type": "integer"}, ["42"], 42),
        ({"type": "integer"}, ["-7"], -7),
        ({"type": "integer"}, ["4.2"], "4.2"),
        ({"type": "integer"}, ["１"], "１"),
        ({"type": "integer"}, ["9" * 5_000], "9" * 5_000),
        ({"type": "integer"}, ["9007199254740993"], 9007199254740993),
        ({"type": "number"}, ["1.5"], 1.5),
        ({"type": "number"}, ["2"], 2),
        ({"type": "number"}, ["1e3"], 1000.0),
        ({"type": "number"}, ["1e999"], "1e999"),
        ({"type": "number"}, ["nan"], "nan"),
        ({"type": "boolean"}, ["true"], True),
        ({"type": "boolean"}, ["0"], False),
        ({"type": "boolean"}, ["maybe"], "maybe"),
        ({"type": "string"}, ["42"], "42"),
        ({}, ["42"], "42"),
        ({"type": ["integer", "null"]}, [""], None),
        ({"type": ["string", "null"]}, [""], ""),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, ["42"], "42"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, ["42"], 42),
        ({"type": "array", "items": {"type": "integer"}}, ["1"], [1]),
        ({"type": "array", "items": {"type": "integer"}}, ["1", "x"], [1, "x"]),
        ({"type": "array"}, ["1", "2"], ["1", "2"]),
        ({"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "null"}]}, ["1"], [1]),
        ({"type": "integer"}, ["1", "2"], [1, 2]),
        ({"enum": [1, 2]}, ["2"], 2),
        ({"const": True}, ["true"], True),
        ({"type": "object"}, ['{"a":1}'], {"a": 1}),
        ({"type": "object"}, ["{"], "{"),
    ],
)
def test_text_becomes_what_the_schema_names(schema: dict[str, Any], texts: list[str], expected: Any) -> None:
    value = convert(schema, *texts)

    assert value == expected
    assert type(value) is type(expected)


def test_references_are_followed_and_circles_end() -> None:
    assert convert({"$ref": "#/$defs/N"}, "5", **{"$defs": {"N": {"type": "integer"}}}) == 5
    assert convert({"$ref": "#/$defs/N"}, "5", **{"$defs": {"N": {"$ref": "#/$defs/N"}}}) == "5"


def test_a_name_that_nobody_declared_stays_text() -> None:
    assert coerce({"a": ["1"], "b": ["1", "2"]}, {}) == {"a": "1", "b": ["1", "2"]}
