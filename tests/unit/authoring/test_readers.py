"""Readers: defaults applied, instances made, and every problem named."""

from __future__ import annotations

from typing import Any

import msgspec
import pydantic
import pytest

from motia.authoring import InputInvalid
from motia.authoring.readers import Reader, reader_of
from motia.authoring.schemas import form_of


class User(msgspec.Struct):
    name: str
    age: int = 18


class Model(pydantic.BaseModel):
    name: str
    age: int = 18


def reader(schema: Any, **options: Any) -> Reader:
    return reader_of(form_of(schema), where="payload", **options)


def problems(made: Reader, raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InputInvalid) as caught:
        made.values(raw)
    assert all(problem.where == "payload" for problem in caught.value.problems)
    return [(problem.path, problem.keyword) for problem in caught.value.problems]


def test_values_come_by_name_with_defaults_and_what_is_unknown_is_the_rest() -> None:
    made = reader({"a": int, "b": {"type": "string", "default": "x"}, "c": int | None})
    raw = b'{"a":1,"z":2}'

    assert made.values(raw) == {"a": 1, "b": "x", "c": None}
    assert made.rest(raw) == {"z": 2}
    assert made.whole(raw) == {"a": 1, "z": 2, "b": "x"}


def test_a_default_is_not_shared_between_two_inputs() -> None:
    made = reader({"tags": {"type": "array", "default": []}})

    made.values(b"{}")["tags"].append("mine")

    assert made.values(b"{}") == {"tags": []}


def test_every_problem_is_named_at_once() -> None:
    made = reader({"a": int, "b": str, "c": {"d": int}, "e": list[int]})

    found = problems(made, b'{"a":"x","c":{"d":"y"},"e":[1,"z"]}')

    assert [path for path, _ in found] == ["/a", "/b", "/c/d", "/e/1"]
    assert ("/b", "required") in found


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a":1}x', b'{"a":\xff}', b'{"a":NaN}'])
def test_what_is_no_json_is_one_problem(raw: bytes) -> None:
    assert problems(reader({"a": Any}), raw) == [("", "json")]


@pytest.mark.parametrize("raw", [b"[]", b"7", b'"x"', b"null"])
def test_what_is_no_object_is_one_problem(raw: bytes) -> None:
    assert problems(reader({"a": int}), raw) == [("", "type")]


def test_names_that_python_cannot_have_are_read_all_the_same() -> None:
    made = reader({"class": int, "a-b": str, "": int})

    assert made.values(b'{"class":1,"a-b":"x","":2}') == {"class": 1, "a-b": "x", "": 2}
    assert problems(made, b'{"class":"x","a-b":"x","":2}') == [("/class", "type")]


def test_text_stands_for_numbers_only_where_it_may() -> None:
    assert reader({"n": int, "yes": bool}, is_strict=False).values(b'{"n":"7","yes":"true"}') == {
        "n": 7,
        "yes": True,
    }
    assert problems(reader({"n": int}), b'{"n":"7"}') == [("/n", "type")]


def test_integers_stay_exact() -> None:
    number = 2**63 + 1

    assert reader({"n": int}).values(b'{"n":%d}' % number) == {"n": number}
    assert reader({"n": Any}).values(b'{"n":%d}' % number) == {"n": number}


@pytest.mark.parametrize("kind", [User, Model])
def test_a_model_inside_a_dict_of_types_arrives_as_an_instance(kind: Any) -> None:
    made = reader({"user": kind})

    user = made.values(b'{"user":{"name":"Ada"}}')["user"]

    assert (type(user), user.name, user.age) == (kind, "Ada", 18)
    assert [path for path, _ in problems(made, b'{"user":{"age":1}}')] == ["/user/name"]


@pytest.mark.parametrize("kind", [User, Model])
def test_a_model_is_read_by_its_fields_or_as_a_whole(kind: Any) -> None:
    made = reader(kind)

    assert made.values(b'{"name":"Ada"}') == {"name": "Ada", "age": 18}
    assert made.whole(b'{"name":"Ada"}') == {"name": "Ada", "age": 18}
    assert [path for path, _ in problems(made, b"{}")] == ["/name"]


def test_a_json_schema_that_the_engine_did_not_check_is_checked_here() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}

    assert reader(schema, must_check=True).values(b'{"n":3}') == {"n": 3}
    assert problems(reader(schema, must_check=True), b'{"n":1}') == [("/n", "minimum")]
    assert reader(schema).values(b'{"n":1}') == {"n": 1}
