"""What is a model, which fields it has, and what its library says is wrong."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, NotRequired, Optional, TypedDict

import msgspec
import pydantic
import pytest

from motia.authoring.models import (
    adapter_of,
    bare,
    decode_hook,
    escape,
    fields_of,
    has_pydantic,
    is_model,
    is_optional,
    problems_of,
)


class Struct(msgspec.Struct, rename="camel"):
    user_id: int
    note: str = ""


class Typed(TypedDict):
    name: str
    age: NotRequired[int]


@dataclasses.dataclass
class Data:
    name: str
    tags: list[str] = dataclasses.field(default_factory=list)
    derived: int = dataclasses.field(init=False, default=0)


class Pydantic(pydantic.BaseModel):
    user_id: int = pydantic.Field(alias="userId")
    name: str = "x"


def test_annotations_are_unwrapped_to_the_model_inside() -> None:
    assert bare(Annotated[int, "x"]) is int
    assert bare(Optional[int]) is int  # noqa: UP045  # the old spelling is another type
    assert bare(Annotated[int | None, "x"]) is int
    assert bare(int | str) == (int | str)


def test_what_allows_none_is_optional() -> None:
    assert is_optional(int | None)
    assert is_optional(Annotated[int | None, "x"])
    assert is_optional(None)
    assert not is_optional(int)
    assert not is_optional(int | str)


@pytest.mark.parametrize("kind", [Struct, Typed, Data, Pydantic, Struct | None, Annotated[Typed, "x"]])
def test_every_kind_of_model_is_one(kind: Any) -> None:
    assert is_model(kind)


@pytest.mark.parametrize("kind", [int, dict, list[Struct], dict[str, int], Any, int | str])
def test_what_has_no_named_fields_is_no_model(kind: Any) -> None:
    assert not is_model(kind)


def test_fields_have_their_name_in_json_and_in_python() -> None:
    def plain(kind: Any) -> list[tuple[str, str, Any, bool]]:
        return [(f.name, f.attribute, f.type, f.is_required) for f in fields_of(kind).values()]

    assert plain(Struct) == [("userId", "user_id", int, True), ("note", "note", str, False)]
    assert plain(Data) == [("name", "name", str, True), ("tags", "tags", list[str], False)]
    assert plain(Pydantic) == [("userId", "user_id", int, True), ("name", "name", str, False)]
    assert [(f.name, f.is_required) for f in fields_of(Typed).values()] == [("name", True), ("age", False)]


def test_pydantic_is_found_inside_other_types() -> None:
    assert has_pydantic(list[Pydantic])
    assert has_pydantic(dict[str, Pydantic | None])
    assert not has_pydantic(list[Struct])


def test_a_foreign_type_is_made_by_its_own_library() -> None:
    made = msgspec.convert({"userId": 7}, Pydantic, dec_hook=decode_hook)

    assert made == Pydantic(userId=7)
    assert decode_hook(object, 7) == 7
    with pytest.raises(NotImplementedError, match="cannot be made from JSON"):
        decode_hook(complex, 1)


def test_a_problem_names_its_place_as_a_json_pointer() -> None:
    class Order(msgspec.Struct):
        items: list[dict[str, int]]

    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(b'{"items":[{},{"a":"x"}]}', type=Order)
    (problem,) = problems_of(caught.value, where="body")
    assert (problem.path, problem.where, problem.keyword) == ("/items/1/...", "body", "type")

    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(b"{}", type=Order)
    (problem,) = problems_of(caught.value, where="body", prefix="/order")
    assert (problem.path, problem.message, problem.keyword) == ("/order/items", "is required", "required")


def test_pydantic_names_all_its_problems_with_their_place() -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        adapter_of(list[Pydantic]).validate_python([{"userId": 1}, {"userId": "x", "name": 7}])

    found = problems_of(caught.value, where="payload", prefix="/users")

    assert [problem.path for problem in found] == ["/users/1/userId", "/users/1/name"]


def test_pydantic_inside_a_struct_keeps_the_whole_place() -> None:
    class Outer(msgspec.Struct):
        users: list[Pydantic]

    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"users": [{}]}, Outer, dec_hook=decode_hook)

    (problem,) = problems_of(caught.value, where="body")
    assert problem.path == "/users/0/userId"


def test_names_with_slashes_are_escaped() -> None:
    assert escape("a/b~c") == "a~1b~0c"
