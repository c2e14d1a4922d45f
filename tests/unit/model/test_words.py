"""One table of words: with the value for who sent it, without for what is stored."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from motia.model import pointer_of, problems_of_errors


def words(schema: Any, value: Any, *, shows_values: bool, most: int = 100) -> list[tuple[str, str, str]]:
    errors = jsonschema_rs.validator_for(schema).iter_errors(value)
    found = problems_of_errors(errors, value, where="body", most=most, shows_values=shows_values)
    assert all(problem.where == "body" for problem in found)
    return [(problem.path, problem.keyword, problem.message) for problem in found]


def test_a_missing_field_is_at_its_own_place() -> None:
    for shows_values in (True, False):
        found = words({"properties": {"a": {"required": ["b/c"]}}}, {"a": {}}, shows_values=shows_values)

        assert found == [("/a/b~1c", "required", "is required")]


@pytest.mark.parametrize(
    "schema", [{"additionalProperties": False}, {"properties": {}, "additionalProperties": False}]
)
def test_each_unknown_field_is_named_once(schema: Any) -> None:
    found = words(schema, {"a": 1, "b": {}}, shows_values=True)

    assert sorted(found) == [
        ("/a", "additionalProperties", "is not a known field"),
        ("/b", "additionalProperties", "is not a known field"),
    ]


def test_words_show_the_value_only_when_they_may() -> None:
    schema = {"type": "integer"}

    assert words(schema, "secret", shows_values=True) == [("", "type", '"secret" is not of type "integer"')]
    assert words(schema, "secret", shows_values=False) == [("", "type", "must be a whole number")]


def test_a_bad_name_is_a_fault_of_the_object() -> None:
    found = words({"propertyNames": {"maxLength": 1}}, {"ab": 1}, shows_values=False)

    assert found == [("", "propertyNames", "has a field whose name is not allowed")]


def test_long_words_are_cut_and_many_problems_too() -> None:
    schema = {"items": {"type": "integer"}}

    found = words(schema, ["x" * 1_000] * 5, shows_values=True, most=2)

    assert [len(message) for _, _, message in found] == [301, 301]


def test_a_pointer_escapes_its_parts() -> None:
    assert pointer_of(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"
