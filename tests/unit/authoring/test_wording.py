"""What libraries find is said as the engine would say it, at the places they named."""

from __future__ import annotations

from typing import Any

import msgspec
import pydantic
import pytest

from motia.authoring.errors import InputInvalid
from motia.authoring.readers import reader_of
from motia.authoring.schemas import form_of
from motia.authoring.wording import Wording
from motia.model import Problem


class Order(pydantic.BaseModel):
    name: str = pydantic.Field(min_length=2)
    count: int
    tag: int | list[int] = 0

    @pydantic.field_validator("name")
    @classmethod
    def not_reserved(cls, value: str) -> str:
        if value == "admin":
            raise ValueError("admin is reserved")
        return value


class Item(msgspec.Struct):
    size: int
    notes: dict[str, str] = {}


def said(schema: Any, raw: bytes, *, where: str = "body") -> list[tuple[str, str, str]]:
    with pytest.raises(InputInvalid) as caught:
        reader_of(form_of(schema), where=where).whole(raw)
    return [(problem.path, problem.keyword, problem.message) for problem in caught.value.problems]


def test_pydantic_speaks_as_the_engine_does() -> None:
    assert said(Order, b'{"name":"x"}') == [
        ("/name", "minLength", "must have at least 2 characters"),
        ("/count", "required", "is required"),
    ]


def test_what_pydantic_accepts_is_no_fault_though_its_schema_refuses_it() -> None:
    assert said(Order, b'{"name":"x","count":"7"}') == [
        ("/name", "minLength", "must have at least 2 characters")
    ]


def test_the_authors_own_validators_keep_their_words() -> None:
    ((path, keyword, message),) = said(Order, b'{"name":"admin","count":1}')

    assert (path, keyword, message) == ("/name", "custom", "admin is reserved")


def test_a_union_is_one_fault_at_its_own_place() -> None:
    ((path, keyword, _),) = said(Order, b'{"name":"ab","count":1,"tag":"x"}')

    assert (path, keyword) == ("/tag", "anyOf")


def test_msgspec_speaks_as_the_engine_does() -> None:
    assert said(Item, b'{"size":1,"notes":{"a":2}}') == [("/notes/a", "type", "must be text")]
    assert said({"size": int, "sent": str}, b'{"size":"x"}') == [
        ("/size", "type", "must be a whole number"),
        ("/sent", "required", "is required"),
    ]


@pytest.mark.parametrize("where", ["body", "payload"])
@pytest.mark.parametrize("schema", [Item, {"size": int}])
def test_problems_never_show_values(schema: Any, where: str) -> None:
    assert said(schema, b'{"size":"secret"}', where=where) == [("/size", "type", "must be a whole number")]


def test_what_is_no_object_is_said_alike() -> None:
    assert said({"size": int}, b"[1]") == [("", "type", "must be an object")]


def test_a_schema_that_cannot_be_compiled_leaves_the_librarys_words() -> None:
    own = Problem(path="/a", message="own words", where="body", keyword="type")

    found = Wording(lambda: {"pattern": "("}, where="body").of([own], {"a": 1})

    assert found == (own,)
