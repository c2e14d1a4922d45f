from __future__ import annotations

from typing import Any

import msgspec
import pytest

from motia.project.types.shapes import (
    ANYTHING,
    Anything,
    Array,
    Both,
    Field,
    Literal,
    Named,
    Nothing,
    Primitive,
    Record,
    Shape,
    ShapeReader,
    Tuple,
    Union,
    pascal,
)

TEXT, NUMBER, WHOLE, NULL = (Primitive(kind) for kind in ("string", "number", "integer", "null"))
REF = {"$ref": "#/$defs/A"}


def read(schema: Any) -> Shape:
    return ShapeReader().read(msgspec.json.encode(schema), prefix="Step")


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({}, ANYTHING),
        (True, ANYTHING),
        (False, Nothing()),
        ({"type": "string", "minLength": 1}, TEXT),
        ({"type": ["null", "string"]}, Union((TEXT, NULL))),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, NUMBER),
        ({"anyOf": [{"type": "integer"}, {}]}, ANYTHING),
        ({"oneOf": [{"type": "string"}, {"type": "string"}]}, TEXT),
        ({"enum": ["a", 1, None]}, Union((Literal("a"), Literal(1), NULL))),
        ({"const": [1, {"a": "b"}]}, Tuple((Literal(1), Record((Field("a", Literal("b"), True),))), 2, None)),
        ({"type": "array"}, Array(ANYTHING)),
        ({"type": "array", "items": {"type": "integer"}}, Array(WHOLE)),
        ({"type": "array", "prefixItems": [{"type": "string"}, {}], "items": False}, Tuple((TEXT, ANYTHING), 0, None)),
        ({"type": "array", "prefixItems": [{"type": "string"}], "minItems": 5, "maxItems": 1}, Tuple((TEXT,), 1, None)),
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "null"}}, Tuple((TEXT,), 0, NULL)),
        ({"type": "object"}, Record((), ANYTHING)),
        ({"type": "object", "additionalProperties": False}, Record()),
        ({"type": "object", "additionalProperties": {"type": "string"}}, Record((), TEXT)),
        ({"type": "object", "patternProperties": {"^a": {"type": "string"}}}, Record((), TEXT)),
        ({"type": "object", "required": ["b"]}, Record((Field("b", ANYTHING, True),))),
        ({"properties": {"a": {"type": "null", "description": "A."}}}, Record((Field("a", NULL, False, "A."),))),
        ({"not": {"type": "string"}, "if": {}, "then": {}}, ANYTHING),
        ({"$ref": "https://example.com/a"}, ANYTHING),
        ({"$ref": "#/$defs/gone"}, ANYTHING),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}, TEXT),
    ],
)  # fmt: skip
def test_a_schema_becomes_the_shape_that_says_as_much(schema: Any, shape: Shape) -> None:
    assert read(schema) == shape


def test_objects_that_must_all_fit_become_one() -> None:
    one = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    other = {"type": "object", "properties": {"b": {"type": "integer"}}}

    assert read({"allOf": [one, other]}) == Record((Field("a", TEXT, True), Field("b", WHOLE, False)))
    assert isinstance(read({"allOf": [{"type": "string"}, one]}), Both)


def test_what_refers_to_itself_gets_a_name() -> None:
    reader = ShapeReader(reserved=["StepA"])
    schema = {
        **REF,
        "$defs": {"A": {"type": "object", "description": "A tree.", "properties": {"next": REF}}},
    }

    shape = reader.read(msgspec.json.encode(schema), prefix="Step")

    assert shape == Named("StepA2")
    assert reader.named == {"StepA2": (Record((Field("next", Named("StepA2"), False),)), "A tree.")}


def test_a_schema_that_is_only_itself_is_anything() -> None:
    reader = ShapeReader()

    schema = {"properties": {"a": REF}, "$defs": {"A": {"anyOf": [REF, {}]}}}

    reader.read(msgspec.json.encode(schema), prefix="S")

    assert isinstance(reader.named["SA"][0], Anything)


def test_a_schema_as_deep_as_can_be_is_read() -> None:
    schema: Any = {"type": "string"}
    for _ in range(200):
        schema = {"type": "array", "items": schema}

    assert isinstance(read(schema), Array)


@pytest.mark.parametrize(
    ("name", "made"),
    [("send-sms", "SendSms"), ("order.placed", "OrderPlaced"), ("2fa", "T2fa"), ("日本", "T"), ("a_b", "AB")],
)  # fmt: skip
def test_a_name_becomes_one_that_every_language_takes(name: str, made: str) -> None:
    assert pascal(name) == made
