"""A fault has one description: the engine's, whichever language and library found it."""

from __future__ import annotations

import enum
import json
import uuid
from typing import Annotated, Any, Literal

import msgspec
import pydantic
import pytest

from motia.authoring.errors import InputInvalid
from motia.authoring.readers import reader_of
from motia.authoring.schemas import form_of
from motia.edge.validation import Schema
from motia.project import compile_schema, problems_of

Said = list[tuple[str, str, str]]

JSON_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 4},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "price": {"type": "number", "exclusiveMinimum": 0},
        "kind": {"enum": ["a", "b", "c", "d"]},
        "state": {"const": "new"},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        "code": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "ref": {"type": "string", "format": "uuid"},
        "either": {"type": ["string", "number"]},
        "note": {"type": ["string", "null"]},
        "inside": {
            "type": "object",
            "properties": {"deep": {"type": "boolean"}},
            "required": ["deep"],
            "additionalProperties": False,
        },
    },
    "required": ["name", "count", "kind", "state", "tags", "code", "note", "inside"],
}


class Inside(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    deep: bool


class Kind(enum.Enum):
    A = "a"
    B = "b"
    C = "c"
    D = "d"


class Order(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)
    name: str = pydantic.Field(min_length=1, max_length=4)
    count: int = pydantic.Field(ge=1, le=9)
    price: float = pydantic.Field(default=1.0, gt=0)
    kind: Kind
    state: Literal["new"]
    tags: list[str] = pydantic.Field(min_length=1, max_length=2)
    code: str = pydantic.Field(pattern="^[A-Z]{2}$")
    ref: uuid.UUID = uuid.UUID(int=0)
    either: str | float = ""
    note: str | None
    inside: Inside


DICT: dict[str, Any] = {
    "name": Annotated[str, msgspec.Meta(min_length=1, max_length=4)],
    "count": Annotated[int, msgspec.Meta(ge=1, le=9)],
    "tags": Annotated[list[str], msgspec.Meta(min_length=1, max_length=2)],
    "code": Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")],
    "state": {"const": "new"},
}

GOOD: dict[str, Any] = {
    "name": "abc", "count": 3, "price": 1.5, "kind": "a", "state": "new", "tags": ["x"], "code": "DE",
    "ref": "123e4567-e89b-12d3-a456-426614174000", "either": "x", "note": None, "inside": {"deep": True},
}  # fmt: skip
CHANGES: list[dict[str, Any]] = [
    {"name": 5}, {"name": ""}, {"name": "abcde"}, {"name": None}, {"name": {"b": 1, "a": [1]}},
    {"count": 0}, {"count": 10}, {"count": 1.5}, {"count": "3"}, {"count": True}, {"count": []},
    {"price": 0}, {"price": "1"}, {"kind": "e"}, {"kind": 1}, {"state": "old"}, {"state": None},
    {"tags": []}, {"tags": ["a", "b", "c"]}, {"tags": "a"}, {"tags": [1]}, {"code": "de"}, {"code": "x\"é"},
    {"ref": "no"}, {"either": True}, {"note": 5}, {"inside": {}}, {"inside": {"deep": 1}},
    {"inside": {"deep": True, "more": 1, "a/b~c": 2}}, {"inside": []}, {"name": "x" * 1_000},
]  # fmt: skip
MISSING = ["name", "count", "kind", "tags", "note", "inside"]
VALUES: list[Any] = [
    *({**GOOD, **change} for change in CHANGES),
    *({name: value for name, value in GOOD.items() if name != gone} for gone in MISSING),
    {}, [], "text", None, {**GOOD, "name": 5, "count": 0, "inside": {"more": 1}}, GOOD,
]  # fmt: skip


@pytest.fixture(scope="module", params=["body", "payload"])
def where(request) -> str:
    return request.param


def engine(where: str, json_schema: Any, value: Any) -> Said:
    if where == "payload":
        return said(problems_of(compile_schema(msgspec.json.encode(json_schema)), value))
    return said(Schema(msgspec.Raw(msgspec.json.encode(json_schema)), where).problems(value))


def said(problems: Any) -> Said:
    return sorted((problem.path, problem.keyword, problem.message) for problem in problems)


def python(schema: Any, where: str, value: Any) -> Said:
    try:
        reader_of(form_of(schema), where=where, must_check=True).whole(json.dumps(value).encode())
    except InputInvalid as error:
        return said(error.problems)
    return []


@pytest.fixture(scope="module")
def node(script, where) -> list[dict[str, Any]]:
    return script("check.ts", stdin=json.dumps({"values": VALUES, "where": where, "json": JSON_SCHEMA}))


@pytest.mark.parametrize("library", ["zod 4", "zod 3", "JSON Schema"])
def test_node_speaks_as_the_engine_does(node, where, library):
    (line,) = [line for line in node if line["library"] == library]

    for value, problems in zip(VALUES, line["problems"], strict=True):
        own = sorted((one["path"], one["keyword"], one["message"]) for one in problems)
        expected = engine(where, JSON_SCHEMA, value)
        # A worker that is asked directly leaves patterns and formats of JSON Schemas to the engine.
        if library == "JSON Schema":
            expected = [one for one in expected if one[1] not in ("pattern", "format")]
        assert own == expected, (library, value)


@pytest.mark.parametrize("library", ["zod 4", "zod 3"])
def test_the_engine_says_the_same_from_the_json_form_of_a_library(node, where, library):
    (line,) = [line for line in node if line["library"] == library]

    for value in VALUES:
        assert engine(where, line["json"], value) == engine(where, JSON_SCHEMA, value), (library, value)


def test_pydantic_speaks_as_the_engine_does(where):
    for value in VALUES:
        assert python(Order, where, value) == engine(where, form_of(Order).schema(), value), value


def test_a_dict_of_types_speaks_as_the_engine_does(where):
    for value in VALUES:
        assert python(DICT, where, value) == engine(where, form_of(DICT).schema(), value), value


def test_equal_schemas_of_pydantic_and_json_schema_get_equal_words(where):
    """But where pydantic writes a JSON Schema of another form: enums, constants and unions."""
    other = ("/kind", "/state", "/either", "/note")
    for value in VALUES:
        ours = [one for one in engine(where, JSON_SCHEMA, value) if one[0] not in other]
        theirs = [one for one in python(Order, where, value) if one[0] not in other]
        assert theirs == ours, value


def test_problems_of_payloads_never_show_the_value(node, where):
    if where != "payload":
        return
    text = json.dumps([line["problems"] for line in node])
    assert "xxx" not in text
    assert '"abcde' not in text
