"""Atomic edits of JSON values: what `state_update` does to a value, alike in every store.

A path walks objects by key and arrays by index. What is missing (or null) on the way to a `set`,
`increment` or `append` becomes an object; an array takes an index up to its length.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from motia.ledger.seam import StateOp
from motia.model import RunConflict


def apply_ops(value: bytes | None, ops: Sequence[StateOp]) -> bytes:
    """The JSON text after `ops`; a missing value starts as null.

    Integers stay exact whatever their size: the standard library's codec is used for that.

    Raises:
        RunConflict: An op does not fit the value.
    """
    root: Any = json.loads(value) if value is not None else None
    for op in ops:
        operand = json.loads(bytes(op.value))
        if not op.path:
            root = _edit(op, root, operand)
        elif op.op == "delete":
            _delete(op, root)
        else:
            root = _set(op, root, operand)
    return json.dumps(root, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _edit(op: StateOp, current: Any, operand: Any) -> Any:
    match op.op:
        case "set":
            return operand
        case "delete":
            return None
        case "increment":
            return _number(op, 0 if current is None else current) + _number(op, operand)
        case "append":
            if current is None:
                return [operand]
            if not isinstance(current, list):
                raise _misfit(op, f"append needs an array, not {_kind(current)}")
            return [*current, operand]


def _set(op: StateOp, root: Any, operand: Any) -> Any:
    names = op.path.split(".")
    root = {} if root is None else root
    holder = root
    for name in names[:-1]:
        child = _child(op, holder, name)
        if child is None:
            child = {}
            _put(op, holder, name, child)
        holder = child
    _put(op, holder, names[-1], _edit(op, _child(op, holder, names[-1]), operand))
    return root


def _delete(op: StateOp, root: Any) -> None:
    *path, last = op.path.split(".")
    holder = root
    for name in path:
        if holder is None:
            return
        holder = _child(op, holder, name)
    if holder is None:
        return
    if isinstance(holder, list):
        if _index(op, holder, last) < len(holder):
            del holder[_index(op, holder, last)]
    elif isinstance(holder, dict):
        holder.pop(last, None)
    else:
        raise _misfit(op, f"{last!r} is looked for in {_kind(holder)}")


def _child(op: StateOp, holder: Any, name: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(name)
    if isinstance(holder, list):
        index = _index(op, holder, name)
        return holder[index] if index < len(holder) else None
    raise _misfit(op, f"{name!r} is looked for in {_kind(holder)}")


def _put(op: StateOp, holder: Any, name: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[name] = value
        return
    index = _index(op, holder, name)
    holder[index : index + 1] = [value]


def _index(op: StateOp, holder: list[Any], name: str) -> int:
    if not (name.isascii() and name.isdigit()) or int(name) > len(holder):
        raise _misfit(op, f"{name!r} is no index of an array of {len(holder)}")
    return int(name)


def _number(op: StateOp, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _misfit(op, f"increment needs a number, not {_kind(value)}")
    return value


def _misfit(op: StateOp, what: str) -> RunConflict:
    return RunConflict(
        f"state op {op.op} at {op.path or 'the value'!r}: {what}",
        hint="the value is unchanged; read it and set what you want, or correct the path",
    )


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", str: "text", dict: "an object", list: "an array"}
    return names.get(type(value), "a number")
