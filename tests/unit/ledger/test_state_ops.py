"""Edits of JSON values by path."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from motia.ledger import StateOp
from motia.ledger.state_ops import apply_ops
from motia.model import RunConflict


def edit(value: Any, *ops: tuple[Any, ...]) -> Any:
    made = [
        StateOp(op=op[0], path=op[1], value=msgspec.Raw(json.dumps(op[2:][0] if op[2:] else None).encode()))
        for op in ops
    ]
    return json.loads(apply_ops(None if value is None else json.dumps(value).encode(), made))


@pytest.mark.parametrize(
    ("value", "op", "expected"),
    [
        (None, ("set", "", 5), 5),
        (None, ("set", "a.b", 1), {"a": {"b": 1}}),
        ({"a": None}, ("set", "a.b", 1), {"a": {"b": 1}}),
        ({"a": [1, 2]}, ("set", "a.1", 9), {"a": [1, 9]}),
        ({"a": [1]}, ("set", "a.1", 2), {"a": [1, 2]}),
        (None, ("increment", "", 2), 2),
        (2**60, ("increment", "", 2**70), 2**60 + 2**70),
        ({"n": 1}, ("increment", "n", 0.5), {"n": 1.5}),
        (None, ("increment", "a.n", -1), {"a": {"n": -1}}),
        (None, ("append", "", 1), [1]),
        ({"l": [1]}, ("append", "l", [2]), {"l": [1, [2]]}),
        ({"a": 1, "b": 2}, ("delete", "a"), {"b": 2}),
        ({"l": [1, 2, 3]}, ("delete", "l.1"), {"l": [1, 3]}),
        ({"a": 1}, ("delete", "x.y"), {"a": 1}),
        ({"l": [1]}, ("delete", "l.1"), {"l": [1]}),
        ({"a": 1}, ("delete", ""), None),
    ],
)
def test_an_op_edits_one_place(value: Any, op: Any, expected: Any) -> None:
    assert edit(value, op) == expected


def test_ops_are_applied_in_order() -> None:
    assert edit(None, ("set", "a", 1), ("increment", "a", 1), ("append", "l", 1)) == {"a": 2, "l": [1]}


@pytest.mark.parametrize(
    ("value", "op"),
    [
        ("text", ("increment", "", 1)),
        (True, ("increment", "", 1)),
        (1, ("increment", "", "x")),
        ({"a": 1}, ("append", "a", 1)),
        ({"a": 1}, ("set", "a.b", 1)),
        ({"a": 1}, ("delete", "a.b")),
        ([1], ("set", "5", 1)),
        ([1], ("set", "-1", 1)),
        ([1], ("delete", "x")),
    ],
)
def test_an_op_that_does_not_fit_is_refused(value: Any, op: Any) -> None:
    with pytest.raises(RunConflict):
        edit(value, op)
