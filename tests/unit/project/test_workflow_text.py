from __future__ import annotations

import time
from typing import Any

import pytest
import yaml

from motia.project.workflow_text import YAML_BYTES_MAX, YamlInvalid, read_yaml, written_at


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":  # what a PyYAML that was built without libyaml has
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def plain(text: str) -> Any:
    (document,) = read_yaml(text.encode())
    return document.plain


def test_a_mapping_has_the_lines_of_its_keys() -> None:
    (document,) = read_yaml(b"# first\nid: order\nsteps:\n  charge:\n    after:\n      - a\n      - b\n")

    assert document.plain == {"id": "order", "steps": {"charge": {"after": ["a", "b"]}}}
    assert isinstance(document.value, dict)
    assert (document.line, document.value["id"].line, document.value["steps"].line) == (2, 2, 3)
    charge = document.value["steps"].value["charge"]  # type: ignore[index,call-overload]
    after = charge.value["after"]  # type: ignore[index,call-overload]
    assert (charge.line, after.line, [one.line for one in after.value]) == (4, 5, [6, 7])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("1:30", "1:30"),
        ("2026-11-22", "2026-11-22"),
        ("1h", "1h"),
        ("010", 10),
        ("0o17", 15),
        ("0xff", 255),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("'true'", "true"),
        ('"1"', "1"),
        ("|\n    two\n    lines\n", "two\nlines\n"),
        ("größe", "größe"),
    ],
)
def test_words_mean_what_they_mean_in_yaml_1_2(text: str, value: object) -> None:
    found = plain(f"x: {text}")["x"]

    assert (found, type(found)) == (value, type(value))


def test_a_key_is_text_whatever_it_looks_like() -> None:
    assert plain("no: 1\n1: 2\n2026-01-01: 3") == {"no": 1, "1": 2, "2026-01-01": 3}


def test_documents_are_read_one_by_one_and_empty_ones_left_out() -> None:
    found = read_yaml("\ufeffid: a\n---\n---\n# nothing\n---\nid: b\n".encode())

    assert [(one.plain, one.line) for one in found] == [({"id": "a"}, 1), ({"id": "b"}, 6)]
    assert read_yaml(b"# only words\n") == []
    assert read_yaml(b"") == []


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        (b"id: a\nx: !!python/object/apply:os.system ['true']\n", 2, "the tag tag:yaml.org,2002:python/"),
        (b"id: !secret a\n", 1, "the tag !secret is not read"),
        (b"id: &a b\n", 1, "the alias or anchor &a"),
        (b"a: 1\nid: *a\n", 2, "*a"),
        (b"a: 1\nb: 2\na: 3\n", 3, "the key 'a' is written twice, first in line 1"),
        (b"? [a, b]\n: 1\n", 1, "a key is a list or an object"),
        (b"a:\n\tb: 1\n", 2, "this is no YAML"),
        (b"a: [1, 2\nb: 1\n", 2, "this is no YAML"),
        (b"a: 'x\n", 2, "this is no YAML"),
        (b"a: b: c\n", 1, "this is no YAML"),
        (b"a: 1\nb: \x01\n", 2, "this is no YAML"),
        (b"a: 1\nb: \xff\n", 2, "no UTF-8"),
        (b"a: .nan\n", 1, ".nan is no value of JSON"),
        (b"a: 1\nb: -.inf\n", 2, "-.inf is no value of JSON"),
        (b"a: 1e999\n", 1, "is too large"),
        (b"a: 99999999999999999999\n", 1, "is too large"),
        (b"a: " + b"9" * 10_000, 1, "is too large"),
        (b"a: " + b"[" * 40 + b"]" * 40, 1, "deeper than 32 levels"),
        (b"a: " + b"x" * YAML_BYTES_MAX, 1, "larger than 1024 KiB"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(source: bytes, line: int, words: str) -> None:
    with pytest.raises(YamlInvalid) as caught:
        read_yaml(source)

    assert words in caught.value.message
    assert caught.value.line == line
    assert caught.value.hint


def test_a_file_made_to_hurt_is_refused_at_once() -> None:
    started = time.monotonic()

    for source in (b"[" * 1_000_000, b"a: &a [" + b"*a, " * 200_000 + b"]", b"? " * 500_000, b"- " * 500_000):
        with pytest.raises(YamlInvalid):
            read_yaml(source)

    assert time.monotonic() - started < 20


def test_values_without_lines_get_one() -> None:
    written = written_at({"a": [1, {"b": None}]}, 7)

    assert written.plain == {"a": [1, {"b": None}]}
    assert written.shown == "an object"
    assert written.value["a"].line == 7  # type: ignore[index,call-overload]
