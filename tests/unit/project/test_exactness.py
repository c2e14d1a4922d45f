"""Integers that JavaScript cannot hold."""

from __future__ import annotations

import json

import pytest

from motia.project import inexact_in, inexact_integers

LIMIT = 2**53 - 1
BEYOND = 2**53 + 1


@pytest.mark.parametrize(
    "value",
    [
        LIMIT,
        -LIMIT,
        2**53,
        123456789012345680000,
        -(10**20),
        0,
        1e300,
        9007199254740993.0,
        "12345678901234567890",
        {"a": ["98765432109876543210"]},
        True,
    ],
)
def test_what_javascript_holds_has_no_problem(value: object) -> None:
    assert inexact_integers(json.dumps(value).encode()) == ()


@pytest.mark.parametrize("value", [2**53 + 1, -(2**53) - 1, 2**64, 10**21, 10**30, -(10**400)])
def test_an_integer_beyond_is_a_problem(value: int) -> None:
    (problem,) = inexact_integers(json.dumps(value).encode())

    assert problem.path == ""
    assert problem.message == "is an integer beyond 2^53, which JavaScript cannot hold exactly"
    assert (problem.where, problem.keyword) == ("payload", "integer")


def test_every_place_is_a_json_pointer() -> None:
    value = {"a": [1, {"b/c": BEYOND}], "~": BEYOND, "fine": 10**10}

    found = inexact_integers(json.dumps(value).encode(), where="body")

    assert [(problem.path, problem.where) for problem in found] == [("/a/1/b~1c", "body"), ("/~0", "body")]
    assert inexact_in(value, where="body") == found


def test_there_are_at_most_a_thousand() -> None:
    assert len(inexact_integers(json.dumps([BEYOND] * 1_500).encode())) == 1_000
