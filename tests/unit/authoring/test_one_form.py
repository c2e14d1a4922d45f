"""Schemas of Python libraries are written the one way, and accept what they did."""

from __future__ import annotations

from typing import Any

import pytest

from motia.authoring.one_form import in_one_form

TEXT = {"type": "string"}
NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"anyOf": [TEXT, NULL], "title": "A"}, {"type": ["string", "null"], "title": "A"}),
        ({"anyOf": [TEXT, {"type": "integer"}]}, {"type": ["string", "integer"]}),
        ({"anyOf": [{**TEXT, "minLength": 2}, NULL]}, {"type": ["string", "null"], "minLength": 2}),
        ({"type": "string", "enum": ["a", "b"]}, {"enum": ["a", "b"]}),
        ({"type": "string", "const": "a"}, {"const": "a"}),
        ({"enum": ["a"]}, {"const": "a"}),
        ({"properties": {"enum": {"anyOf": [TEXT, NULL]}}}, {"properties": {"enum": {"type": ["string", "null"]}}}),
        ({"$defs": {"K": {"items": {"enum": [1], "type": "integer"}}}}, {"$defs": {"K": {"items": {"const": 1}}}}),
    ],
)  # fmt: skip
def test_one_meaning_is_written_one_way(schema: Any, written: Any) -> None:
    assert in_one_form(schema) == written


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"$ref": "#/$defs/A"}, NULL]},
        {"anyOf": [{"type": "string", "enum": ["a", 1]}, NULL]},
        {"anyOf": [{**TEXT, "minLength": 2}, {"type": "integer"}]},
        {"anyOf": [{**TEXT, "minLength": 2}, NULL], "minLength": 3},
        {"type": "integer", "enum": [1.5, 2]},
        {"type": "string", "enum": ["a", 1]},
        {"default": {"anyOf": [TEXT, NULL]}},
        True,
    ],
)
def test_what_would_accept_something_else_stays(schema: Any) -> None:
    assert in_one_form(schema) == schema
