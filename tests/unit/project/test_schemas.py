from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia.model import pointer_of
from motia.project import SchemaInvalid, compile_schema, problems_of
from motia.project.schemas import PROBLEMS_MAX, depth_is_over


def compiled(schema: Any) -> Any:
    return compile_schema(msgspec.json.encode(schema))


def messages(schema: Any, value: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in problems_of(compiled(schema), value)]


@pytest.mark.parametrize(
    ("schema", "value", "path", "message"),
    [
        ({"type": "integer"}, "x", "", "must be a whole number"),
        ({"type": ["string", "null"]}, 1, "", "must be text or null"),
        ({"required": ["id"]}, {}, "/id", "is required"),
        ({"additionalProperties": False}, {"a": 1}, "/a", "is not a known field"),
        ({"unevaluatedProperties": False}, {"a": 1}, "/a", "is not a known field"),
        ({"properties": {"n": {"minimum": 3}}}, {"n": 1}, "/n", "must be at least 3"),
        ({"exclusiveMaximum": 3}, 3, "", "must be less than 3"),
        ({"items": {"maxLength": 2}}, ["ok", "bad"], "/1", "must have at most 2 characters"),
        ({"minItems": 1}, [], "", "must have at least 1 items"),
        ({"uniqueItems": True}, [1, 1], "", "must not have equal items"),
        ({"enum": ["a", "b"]}, "c", "", 'must be one of "a", "b"'),
        ({"const": 5}, 6, "", "must be 5"),
        ({"format": "email"}, "x", "", "must be a valid email"),
        ({"format": "date-time"}, "2026-13-01", "", "must be a valid date-time"),
        ({"format": "uuid"}, "123", "", "must be a valid uuid"),
        ({"format": "uri"}, "no uri", "", "must be a valid uri"),
        ({"pattern": "^a+$"}, "b", "", "must match the pattern ^a+$"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, "", "fits none of the allowed forms"),
        ({"oneOf": [{"type": "integer"}, {"minimum": 0}]}, 1, "", "fits more than one of the allowed forms"),
        ({"oneOf": [{"type": "string"}]}, 1, "", "fits none of the allowed forms"),
        ({"not": {}}, 1, "", "must not be of this form"),
        ({"properties": {"a/b~c": {"type": "null"}}}, {"a/b~c": 1}, "/a~1b~0c", "must be null"),
        ({"multipleOf": 2}, 3, "", "must be a multiple of 2"),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, "", "has a field whose name is not allowed"),
        (False, 1, "", "is not allowed here"),
    ],
)
def test_each_keyword_has_a_message_for_people(schema: Any, value: Any, path: str, message: str) -> None:
    assert messages(schema, value) == [(path, message)]


def test_every_offending_place_is_listed() -> None:
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "additionalProperties": False,
        "properties": {"a": {}, "b": {}, "c": {"type": "array", "items": {"type": "integer"}}},
    }

    found = messages(schema, {"c": [1, "x", 2, "y"], "d": 1, "e": 2})

    assert sorted(path for path, _ in found) == ["/a", "/b", "/c/1", "/c/3", "/d", "/e"]


def test_a_message_never_holds_the_value_that_was_met() -> None:
    found = problems_of(
        compiled({"properties": {"password": {"type": "string", "minLength": 20}}}), {"password": "hunter2"}
    )

    assert "hunter2" not in repr(found)


def test_the_list_of_problems_is_bounded() -> None:
    found = problems_of(compiled({"items": {"type": "string"}}), [1] * (PROBLEMS_MAX + 50))

    assert len(found) == PROBLEMS_MAX + 1
    assert "more than 1000 problems" in found[-1].message


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (b"nope", "the schema is no JSON"),
        (b"[1]", "is not of types"),
        (b'{"type": "strng"}', 'at /type: "strng" is no type of JSON Schema'),
        (b'{"properties": 3}', "at /properties: 3 is not of type"),
        (b'{"properties": {"a": {"pattern": "(["}}}', 'at /properties/a/pattern: "([" is no pattern'),
        (b'{"pattern": "(x{1000}){1000}"}', "is too large"),
        (b'{"$ref": "#/nope"}', "/nope"),
        (b'{"$ref": "https://example.invalid/x.json"}', "schemas are never fetched: move it into $defs"),
        (b'{"$ref": "file:///etc/passwd"}', "schemas are never fetched"),
        (b'{"$schema": "http://example.invalid/foo"}', "Unknown meta-schema"),
        (b'{"not":' * 65 + b"{}" + b"}" * 65, "nested deeper than 64 levels"),
    ],
)
def test_what_is_no_schema_is_refused_with_its_place(schema: bytes, message: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        compile_schema(schema)

    assert message in str(caught.value)


def test_a_reference_to_a_file_that_exists_is_not_read_either(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")

    with pytest.raises(SchemaInvalid) as caught:
        compiled({"$ref": (tmp_path / "x.json").as_uri()})

    assert "schemas are never fetched" in str(caught.value)


def test_an_older_draft_is_read_by_its_own_rules() -> None:
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}]}

    assert messages(schema, [1]) == [("/0", "must be text")]


def test_a_pattern_that_backtracks_for_ever_elsewhere_ends() -> None:
    assert messages({"pattern": "^(a|a)*$"}, "a" * 10_000 + "!") == [("", "must match the pattern ^(a|a)*$")]
    assert messages({"pattern": "^(?=a)(a|a)*\\1$"}, "a" * 10_000 + "!") == [
        ("", "takes too long to match its pattern")
    ]


def test_a_value_nested_too_deep_is_refused_before_it_is_matched() -> None:
    deep: Any = 1
    for _ in range(65):
        deep = {"a": [deep]} if _ % 2 else [deep]
    schema = {"$ref": "#"}

    assert problems_of(compiled(schema), deep)[0].message == "is nested deeper than 64 levels"


def test_depth_counts_lists_and_objects() -> None:
    assert not depth_is_over([[{"a": 1}]], 3)
    assert depth_is_over([[{"a": []}]], 3)
    assert not depth_is_over("text", 0)


def test_integers_beyond_two_to_the_53_stay_exact() -> None:
    schema = compiled({"maximum": 2**60})

    assert problems_of(schema, 2**60) == ()
    assert problems_of(schema, 2**60 + 1) != ()


def test_a_pointer_escapes_tilde_and_slash() -> None:
    assert pointer_of(["a/b", 0, "~"]) == "/a~1b/0/~0"
