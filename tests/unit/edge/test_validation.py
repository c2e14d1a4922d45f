from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from motia.edge.validation import PROBLEMS_MAX, RequestSchema, Schema
from motia.model import RequestSchemas, Source, StepId, StepKind, StepSpec, pointer_of


def schema_of(document: Any) -> Schema:
    return Schema(msgspec.Raw(json.dumps(document).encode()), "body")


def request_schema(**parts: Any) -> RequestSchema:
    raws = {name: msgspec.Raw(json.dumps(part).encode()) for name, part in parts.items()}
    return RequestSchema(
        StepSpec(
            id=StepId("a"),
            kind=StepKind.API,
            language="python",
            source=Source(file="a.py"),
            request=RequestSchemas(**raws),
        )
    )


def test_each_missing_and_each_unknown_field_is_a_problem_of_its_own() -> None:
    schema = schema_of(
        {"required": ["a", "b"], "properties": {"a": {}, "b": {}}, "additionalProperties": False}
    )

    problems = schema.problems({"x/y": 1, "~z": 2})

    assert sorted((problem.path, problem.keyword) for problem in problems) == [
        ("/a", "required"),
        ("/b", "required"),
        ("/x~1y", "additionalProperties"),
        ("/~0z", "additionalProperties"),
    ]
    assert {problem.where for problem in problems} == {"body"}


def test_a_problem_deep_inside_has_its_pointer() -> None:
    schema = schema_of({"properties": {"a": {"items": {"type": "integer"}}}})

    assert [problem.path for problem in schema.problems({"a": [1, "x", 3, None]})] == ["/a/1", "/a/3"]


def test_problems_are_bounded_in_number_and_length() -> None:
    schema = schema_of({"items": {"type": "integer"}})

    problems = schema.problems(["x" * 10_000] * 500)

    assert len(problems) == PROBLEMS_MAX
    assert max(len(problem.message) for problem in problems) < 1_000


def test_formats_are_checked() -> None:
    assert not schema_of({"format": "email"}).is_valid("nobody")


@pytest.mark.parametrize("document", [{"type": "strin"}, {"$ref": "#/$defs/missing"}, {"pattern": "("}, 5])
def test_a_schema_that_cannot_be_read_raises(document: Any) -> None:
    with pytest.raises(ValueError, match="body schema"):
        schema_of(document)


def test_headers_are_matched_whatever_their_case_and_others_ignored() -> None:
    schema = request_schema(
        headers={
            "properties": {"X-Count": {"type": "integer"}},
            "required": ["X-Count"],
            "additionalProperties": False,
        }
    )

    assert schema.check_headers([(b"x-count", b"5"), (b"host", b"a")]) == []
    assert schema.check_headers([(b"host", b"a")])[0].path == "/X-Count"


def test_a_query_that_nobody_declared_passes_as_text() -> None:
    values, problems = request_schema().read_query({"a": ["1"], "b": ["1", "2"]})

    assert {name: bytes(raw) for name, raw in values.items()} == {"a": b'"1"', "b": b'["1","2"]'}
    assert problems == []


def test_pointers_escape_as_rfc_6901_says() -> None:
    assert pointer_of(["a/b", "~", 0]) == "/a~1b/~0/0"
