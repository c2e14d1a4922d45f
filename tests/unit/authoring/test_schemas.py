"""Every form of a schema, as JSON Schema; and what is said of those that are none."""

from __future__ import annotations

import builtins
import datetime
import decimal
import enum
from typing import Any, Literal, TypedDict

import msgspec
import pydantic
import pytest

from motia.authoring.models import NO_DEFAULT
from motia.authoring.schemas import SchemaUnreadable, field_of_hint, form_of, is_json_schema


class Address(msgspec.Struct):
    city: str


class User(msgspec.Struct):
    name: str
    address: Address | None = None


class Model(pydantic.BaseModel):
    name: str
    tags: list[str] = []


class Color(enum.Enum):
    RED = "red"


def test_a_dict_of_types_is_an_object_with_all_names_required() -> None:
    schema = form_of({"imageId": str, "sizes": list, "ratio": float, "deep": {"a": int}}).schema()

    assert schema["type"] == "object"
    assert schema["properties"]["imageId"] == {"type": "string"}
    assert schema["properties"]["sizes"]["type"] == "array"
    assert schema["properties"]["deep"] == {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "required": ["a"],
    }
    assert schema["required"] == ["imageId", "sizes", "ratio", "deep"]


def test_a_name_may_have_a_json_schema_with_a_default() -> None:
    form = form_of({"count": {"type": "integer", "minimum": 1, "default": 3}, "any": {}})

    assert form.fields is not None
    assert (form.fields["count"].is_required, form.fields["count"].default) == (False, 3)
    assert form.schema()["required"] == ["any"]


def test_what_allows_none_may_be_left_out() -> None:
    form = form_of({"note": str | None})

    assert form.fields is not None
    assert (form.fields["note"].is_required, form.fields["note"].default) == (False, None)
    assert form.schema()["properties"]["note"] == {"type": ["string", "null"]}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (int, {"type": "integer"}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (Any, {}),
        (object, {}),
        (datetime.datetime, {"type": "string"}),
        (decimal.Decimal, {"type": "string", "format": "decimal"}),
    ],
)
def test_a_type_has_its_json_schema(kind: Any, expected: dict[str, Any]) -> None:
    schema = form_of({"x": kind}).schema()["properties"]["x"]

    assert schema.items() >= expected.items()


def test_models_bring_the_definitions_that_they_refer_to() -> None:
    schema = form_of(User).schema()
    assert schema["$ref"] == "#/$defs/User"
    assert set(schema["$defs"]) == {"User", "Address"}

    schema = form_of({"users": list[Model], "color": Color}).schema()
    assert (
        set(schema["$defs"]) == {"Model", "Color"} or "properties" in schema["properties"]["users"]["items"]
    )


def test_the_keys_of_a_model_are_known_by_their_name_in_json() -> None:
    class Renamed(msgspec.Struct, rename="camel"):
        user_id: int

    assert form_of(Renamed).names == {"userId": "user_id"}
    assert form_of(Model).names == {"name": "name", "tags": "tags"}
    assert form_of(list[int]).names is None
    assert form_of({"type": "object"}).names is None
    assert form_of({"type": "object", "properties": {"a": {}}}).names == {"a": "a"}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, False),
        ({"type": "object"}, True),
        ({"type": ["string", "null"]}, True),
        ({"type": str}, False),
        ({"items": list}, False),
        ({"items": {"type": "string"}}, True),
        ({"$ref": "#/x"}, True),
        ({"name": {"type": "string"}}, False),
        ({"anyOf": [{"type": "string"}]}, True),
        ({"title": str, "description": str}, False),
    ],
)
def test_a_json_schema_is_told_from_a_dict_of_names(form: dict[str, Any], expected: bool) -> None:
    assert is_json_schema(form) is expected


@pytest.mark.parametrize(
    ("form", "hint"),
    [
        ({"x": builtins.any}, "typing.Any"),
        ({"x": "str"}, "write the type itself"),
        ({"x": 7}, "not a value"),
        (7, "not a value"),
        ({"x": {"type": "strin"}}, "one of"),
        ({"x": complex}, "use a Python type"),
        ({"type": "object", "default": object()}, "JSON values"),
        ({7: str}, ""),
    ],
)
def test_what_is_no_schema_is_said_with_its_place(form: Any, hint: str) -> None:
    with pytest.raises(SchemaUnreadable) as caught:
        form_of(form, place="schema.body")

    assert "schema.body" in str(caught.value)
    assert hint in caught.value.hint


def test_a_parameter_stands_for_a_field_with_its_default() -> None:
    defs: dict[str, Any] = {}
    required = field_of_hint("a", int, NO_DEFAULT, defs, place="handler")
    optional = field_of_hint("b", int, 3, defs, place="handler")
    nothing = field_of_hint("c", int | None, NO_DEFAULT, defs, place="handler")
    odd = field_of_hint("d", object, object(), defs, place="handler")

    assert (required.is_required, optional.is_required, nothing.is_required) == (True, False, False)
    assert optional.json == {"type": "integer", "default": 3}
    assert nothing.default is None
    assert "default" not in odd.json


def test_a_typed_dict_is_a_model() -> None:
    class Typed(TypedDict):
        name: str

    assert form_of(Typed).names == {"name": "name"}
