from __future__ import annotations

from typing import Any

import msgspec
import pytest

from motia.project.contradictions import contradictions

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def object_of(required: str = "", **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": required.split()}


def found(topic: Any, step: Any, **more: Any) -> list[tuple[str, str]]:
    return [
        tuple(one) for one in contradictions(msgspec.json.encode(topic), msgspec.json.encode(step), **more)
    ]


@pytest.mark.parametrize(
    ("topic", "step", "path", "words"),
    [
        (object_of(a=TEXT), {"type": "array"}, "", "is an object in the topic and a list in the step"),
        (object_of(a=TEXT), object_of("b", b=TEXT), "/b", "required by the step, and the topic does not have it"),
        (object_of(a=TEXT), object_of("a", a=NUMBER), "/a", "is text in the topic and a number in the step"),
        (object_of(a=object_of(b=TEXT)), object_of("a", a=object_of(b=WHOLE)), "/a/b", "a whole number in the step"),
        (object_of(a={"type": "array", "items": TEXT}), object_of(a={"type": "array", "items": WHOLE}), "/a/0", "text"),
        (object_of(a={"enum": ["x", "y"]}), object_of(a={"const": "z"}), "/a", 'is "x" or "y" in the topic'),
        (object_of(a={"anyOf": [TEXT, WHOLE]}), object_of(a={"type": "boolean"}), "/a", "a whole number or text in"),
        (object_of("a", a=TEXT), {**object_of(b=TEXT), "additionalProperties": False}, "/a", "does not allow it"),
        ({"$ref": "#/$defs/A", "$defs": {"A": object_of(a=TEXT)}}, object_of("a", a=WHOLE), "/a", "text in the topic"),
        (object_of(a=TEXT), {"allOf": [object_of("a", a=WHOLE)]}, "/a", "a whole number in the step"),
    ],
)  # fmt: skip
def test_what_no_payload_can_satisfy_is_reported(topic: Any, step: Any, path: str, words: str) -> None:
    ((where, reason),) = found(topic, step)

    assert where == path
    assert words in reason


@pytest.mark.parametrize(
    ("topic", "step"),
    [
        (object_of(a=TEXT), object_of("a", a=TEXT)),
        (object_of(a=WHOLE), object_of("a", a=NUMBER)),
        (object_of(a=NUMBER), object_of("a", a=WHOLE)),
        (object_of(a=TEXT), object_of("a", a={"anyOf": [WHOLE, TEXT]})),
        (object_of(a={"type": ["string", "null"]}), object_of(a={"type": ["null", "integer"]})),
        (object_of(a=TEXT, b=TEXT), object_of("a", a=TEXT)),
        ({"type": "object"}, object_of("b", b=TEXT)),
        ({**object_of(a=TEXT), "additionalProperties": True}, object_of("b", b=TEXT)),
        ({**object_of(a=TEXT), "patternProperties": {"b": TEXT}}, object_of("b", b=TEXT)),
        (object_of(a={"enum": ["x", "y"]}), object_of(a={"enum": ["y", "z"]})),
        (object_of(a={"minimum": 5}), object_of(a={"maximum": 1})),
        (object_of(a={"$ref": "https://example.com/a"}), object_of("a", a=TEXT)),
        ({}, object_of("b", b=TEXT)),
        (True, object_of("b", b=TEXT)),
    ],
)
def test_what_cannot_be_proved_is_left_alone(topic: Any, step: Any) -> None:
    assert found(topic, step) == []


def test_a_step_that_converts_may_want_another_scalar() -> None:
    topic, step = object_of(a=TEXT, b=TEXT), object_of("a b", a=WHOLE, b={"type": "array"})

    assert [where for where, _ in found(topic, step, subscriber_converts=True)] == ["/b"]


def test_schemas_that_refer_to_themselves_end() -> None:
    tree = {"$ref": "#/$defs/T", "$defs": {"T": object_of("v", v=TEXT, next={"$ref": "#/$defs/T"})}}
    other = {"$ref": "#/$defs/T", "$defs": {"T": object_of("v", v=WHOLE, next={"$ref": "#/$defs/T"})}}

    assert found(tree, tree) == []
    assert ("/v", "is text in the topic and a whole number in the step") in found(tree, other)
