"""One table of words: what was expected, never what was met."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from motia.model import pointer_of, problems_of_errors


def words(schema: Any, value: Any, *, most: int = 100) -> list[tuple[str, str, str]]:
    errors = jsonschema_rs.validator_for(schema).iter_errors(value)
    found = problems_of_errors(errors, value, where="body", most=most)
    assert all(problem.where == "body" for problem in found)
    return [(problem.path, problem.keyword, problem.message) for problem in found]


def test_a_missing_field_is_at_its_own_place() -> None:
    found = words({"properties": {"a": {"required": ["b/c"]}}}, {"a": {}})

    assert found == [("/a/b~1c", "required", "is required")]


@pytest.mark.parametrize(
    "schema", [{"additionalProperties": False}, {"properties": {}, "additionalProperties": False}]
)
def test_each_unknown_field_is_named_once(schema: Any) -> None:
    found = words(schema, {"a": 1, "b": {}})

    assert sorted(found) == [
        ("/a", "additionalProperties", "is not a known field"),
        ("/b", "additionalProperties", "is not a known field"),
    ]


def test_words_never_show_the_value() -> None:
    assert words({"type": "integer"}, "secret") == [("", "type", "must be a whole number")]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": ["null", "string", "array"]}, "must be a list or text or null"),
        ({"enum": ["a"]}, 'must be "a"'),
        ({"enum": ["a", {"c": 1.0, "b": [None]}]}, 'must be one of "a", {"b":[null],"c":1}'),
        ({"minimum": 2.0}, "must be at least 2"),
        ({"maximum": 0.5}, "must be at most 0.5"),
        ({"exclusiveMaximum": 1e300}, "must be less than 1e+300"),
        (False, "is not allowed here"),
    ],
)
def test_what_is_expected_is_said_as_in_every_language(schema: Any, said: str) -> None:
    ((_, _, message),) = words(schema, 1 if "maximum" in str(schema) or "minimum" in str(schema) else 1e301)

    assert message == said


def test_a_bad_name_is_a_fault_of_the_object() -> None:
    found = words({"propertyNames": {"maxLength": 1}}, {"ab": 1})

    assert found == [("", "propertyNames", "has a field whose name is not allowed")]


def test_long_words_are_cut_and_many_problems_too() -> None:
    schema = {"items": {"pattern": "y" * 1_000}}

    found = words(schema, ["x"] * 5, most=2)

    assert [len(message) for _, _, message in found] == [301, 301]


def test_a_pointer_escapes_its_parts() -> None:
    assert pointer_of(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"
