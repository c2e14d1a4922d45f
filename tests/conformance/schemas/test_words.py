"""A fault has one description: the same path, keyword and words, whoever found it.

One table of bad values is given to each library directly, to the engine, and, through a running engine,
to steps of every form as payloads and as bodies.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.conformance.schemas.orders import JSON_SCHEMA, PROJECT, PYTHON

from motia.authoring.errors import InputInvalid
from motia.authoring.readers import reader_of
from motia.authoring.schemas import form_of
from motia.edge.validation import Schema
from motia.model import PayloadInvalid
from motia.project import compile_schema, problems_of, sdk_dir
from motia.testing import AppClient, app

HERE = Path(__file__).parent
NODE_MODULES = sdk_dir("node") / "node_modules"
FORMS = ("dict", "pydantic", "dataclass", "zod-4", "zod-3", "json-schema", "ruby")
IN_THE_WORKER = ("pydantic",)
"""Forms that take more than their JSON Schema says: their payloads are not refused in the caller."""

Said = list[tuple[str, str, str]]

GOOD: dict[str, Any] = {
    "name": "abc", "count": 3, "price": 1.5, "kind": "a", "state": "new", "tags": ["x"], "code": "DE",
    "ref": "123e4567-e89b-12d3-a456-426614174000", "either": "x", "note": None, "inside": {"deep": True},
}  # fmt: skip
NAME = ("/name", "type", "must be text")
COUNT = ("/count", "type", "must be a whole number")
KIND = ("/kind", "enum", 'must be one of "a", "b", "c", "d"')
STATE = ("/state", "const", 'must be "new"')
INSIDE = ("/inside", "type", "must be an object")

CHANGES: list[tuple[dict[str, Any], Said]] = [
    ({"name": 5}, [NAME]),
    ({"name": None}, [NAME]),
    ({"name": {"b": 1, "a": [1]}}, [NAME]),
    ({"name": ""}, [("/name", "minLength", "must have at least 1 characters")]),
    ({"name": "abcde"}, [("/name", "maxLength", "must have at most 4 characters")]),
    ({"name": "x" * 1_000}, [("/name", "maxLength", "must have at most 4 characters")]),
    ({"count": 0}, [("/count", "minimum", "must be at least 1")]),
    ({"count": 10}, [("/count", "maximum", "must be at most 9")]),
    ({"count": 1.5}, [COUNT]),
    ({"count": "3"}, [COUNT]),
    ({"count": True}, [COUNT]),
    ({"count": []}, [COUNT]),
    ({"price": 0}, [("/price", "exclusiveMinimum", "must be more than 0")]),
    ({"price": "1"}, [("/price", "type", "must be a number")]),
    ({"kind": "e"}, [KIND]),
    ({"kind": 1}, [KIND]),
    ({"state": "old"}, [STATE]),
    ({"state": None}, [STATE]),
    ({"tags": []}, [("/tags", "minItems", "must have at least 1 items")]),
    ({"tags": ["a", "b", "c"]}, [("/tags", "maxItems", "must have at most 2 items")]),
    ({"tags": "a"}, [("/tags", "type", "must be a list")]),
    ({"tags": [1]}, [("/tags/0", "type", "must be text")]),
    ({"code": "de"}, [("/code", "pattern", "must match the pattern ^[A-Z]{2}$")]),
    ({"code": 'x"é'}, [("/code", "pattern", "must match the pattern ^[A-Z]{2}$")]),
    ({"ref": "no"}, [("/ref", "format", "must be a valid uuid")]),
    ({"either": True}, [("/either", "type", "must be a number or text")]),
    ({"note": 5}, [("/note", "type", "must be text or null")]),
    ({"inside": {}}, [("/inside/deep", "required", "is required")]),
    ({"inside": {"deep": 1}}, [("/inside/deep", "type", "must be true or false")]),
    ({"inside": []}, [INSIDE]),
    (
        {"inside": {"deep": True, "more": 1, "a/b~c": 2}},
        [
            ("/inside/a~1b~0c", "additionalProperties", "is not a known field"),
            ("/inside/more", "additionalProperties", "is not a known field"),
        ],
    ),
    (
        {"name": 5, "count": 0, "inside": {"more": 1}},
        [
            ("/count", "minimum", "must be at least 1"),
            ("/inside/deep", "required", "is required"),
            ("/inside/more", "additionalProperties", "is not a known field"),
            NAME,
        ],
    ),
]
MISSING = ("name", "count", "kind", "tags", "inside")
TABLE: list[tuple[Any, Said]] = [
    *(({**GOOD, **change}, said) for change, said in CHANGES),
    *(
        ({name: value for name, value in GOOD.items() if name != gone}, [(f"/{gone}", "required", "is required")])
        for gone in MISSING
    ),
    *((value, [("", "type", "must be an object")]) for value in ([], "text", None, 3)),
    (GOOD, []),
]  # fmt: skip
VALUES = [value for value, _ in TABLE]
EXPECTED = [said for _, said in TABLE]
LEFT_TO_THE_ENGINE = ("pattern", "format")
"""What a worker that is asked directly does not look at in plain JSON Schemas."""


@pytest.fixture(scope="module", params=["body", "payload"])
def where(request) -> str:
    return request.param


def said(problems: Any) -> Said:
    return sorted((problem.path, problem.keyword, problem.message) for problem in problems)


def engine(where: str, json_schema: Any, value: Any) -> Said:
    if where == "payload":
        return said(problems_of(compile_schema(msgspec.json.encode(json_schema)), value))
    return said(Schema(msgspec.Raw(msgspec.json.encode(json_schema)), where).problems(value))


def differing(found: list[Said]) -> list[tuple[Any, Said, Said]]:
    """Where `found` is not the table: the value, what was said, what was to be said."""
    rows = zip(VALUES, found, EXPECTED, strict=True)
    return [(value, own, expected) for value, own, expected in rows if own != expected]


def without(found: list[Said], keywords: tuple[str, ...]) -> list[Said]:
    """What is left to the engine, filled in from the table."""
    return [
        sorted([*own, *(one for one in expected if one[1] in keywords)])
        for own, expected in zip(found, EXPECTED, strict=True)
    ]


def test_the_engine_says_the_table(where):
    assert differing([engine(where, JSON_SCHEMA, value) for value in VALUES]) == []


@pytest.mark.parametrize("form", PYTHON)
def test_the_forms_of_python_say_the_table(where, form):
    def problems(value: Any) -> Said:
        try:
            reader_of(form_of(PYTHON[form]), where=where, must_check=True).whole(json.dumps(value).encode())
        except InputInvalid as error:
            return said(error.problems)
        return []

    assert differing([problems(value) for value in VALUES]) == []


@pytest.mark.parametrize("form", PYTHON)
def test_the_engine_says_the_table_from_the_json_form_of_python(where, form):
    schema = form_of(PYTHON[form]).schema()

    assert differing([engine(where, schema, value) for value in VALUES]) == []


@pytest.fixture(scope="module")
def node(script, where) -> dict[str, Any]:
    lines = script("check.ts", stdin=json.dumps({"values": VALUES, "where": where, "json": JSON_SCHEMA}))
    return {line["library"]: line for line in lines}


@pytest.mark.parametrize("library", ["zod 4", "zod 3", "JSON Schema"])
def test_the_libraries_of_node_say_the_table(node, library):
    found = [
        sorted((one["path"], one["keyword"], one["message"]) for one in problems)
        for problems in node[library]["problems"]
    ]

    assert differing(without(found, LEFT_TO_THE_ENGINE) if library == "JSON Schema" else found) == []


@pytest.mark.parametrize("library", ["zod 4", "zod 3"])
def test_the_engine_says_the_table_from_the_json_form_of_a_library(node, where, library):
    assert differing([engine(where, node[library]["json"], value) for value in VALUES]) == []


def test_ruby_says_the_table(needs, where):
    needs("ruby")

    done = subprocess.run(
        ["ruby", f"-I{sdk_dir('ruby') / 'lib'}", str(HERE / "check.rb")],
        input=json.dumps({"values": VALUES, "where": where, "json": JSON_SCHEMA}),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    found = [
        sorted((path, keyword, text) for path, keyword, text in json.loads(line))
        for line in done.stdout.splitlines()
    ]
    assert differing(without(found, LEFT_TO_THE_ENGINE)) == []


@pytest.fixture
async def forms(needs, tmp_path: Path) -> AsyncIterator[AppClient]:
    needs("npm", "ruby")
    root = tmp_path / "project"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__", ".motia"))
    (root / "node_modules").symlink_to(NODE_MODULES)
    async with app(root) as client:
        yield client


async def test_a_running_engine_says_the_table_for_every_form(forms):
    """In one test, because an engine with three languages takes a while to start."""
    assert forms.faults == ()

    for form in FORMS:
        if form not in IN_THE_WORKER:
            assert differing([await trigger_problems(forms, form, value) for value in VALUES]) == [], form
        assert differing([await body_problems(forms, form, value) for value in VALUES]) == [], form


async def trigger_problems(forms: AppClient, form: str, value: Any) -> Said:
    try:
        await forms.trigger(form, value)
    except PayloadInvalid as error:
        return said(error.problems)
    return []


async def body_problems(forms: AppClient, form: str, value: Any) -> Said:
    headers = {"content-type": "application/json"}
    answer = await forms.request("POST", f"/{form}", body=json.dumps(value), headers=headers)
    if answer.status == 200:
        return []
    assert answer.status == 422, answer
    details = answer.json()["error"]["details"]
    assert {one["where"] for one in details} == {"body"}
    return sorted((one["path"], one["keyword"], one["message"]) for one in details)
