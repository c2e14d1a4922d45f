"""`state`: groups of keys with JSON values that all steps share. Durable when it returns.

Every method sends at once; in an async handler it is awaited, in a plain function it waits itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from motia.authoring.calls import answer, is_blocking, send
from motia.authoring.encoding import decode_json, encode_json
from motia.authoring.invocation import require_current
from motia.model import CallerError

UPDATE_TRIES_MAX = 100
_OPS = ("set", "delete", "increment", "append")


class State:
    """The state store. Groups and keys are text of 1 to 255 bytes."""

    def get(self, group: str, key: str) -> Any:
        """The value of `key`, None when it is missing."""
        return _ask("state.get", _value_of, group=group, key=key)

    def set(self, group: str, key: str, value: Any) -> Any:
        """Store `value` (any JSON value, None too) and return it.

        Raises:
            ValueNotJson, PayloadTooLarge: Nothing was stored.
        """
        what = f"the value of state.set({group!r}, {key!r})"
        body = encode_json(value, what=what)
        return _ask("state.set", lambda _: value, group=group, key=key, value=msgspec.Raw(body), what=what)

    def delete(self, group: str, key: str) -> Any:
        """Remove `key`; True when it was there."""
        return _ask("state.delete", decode_json, group=group, key=key)

    def list(self, group: str, *, after: str | None = None, limit: int | None = None) -> Any:
        """Keys and values of `group` as a dict, in order of the keys: those behind `after`, at most `limit`."""
        return _ask("state.list", _values_of, group=group, after=after, limit=limit)

    def clear(self, group: str) -> Any:
        """Remove all keys of `group`; how many there were."""
        return _ask("state.clear", decode_json, group=group)

    def increment(self, group: str, key: str, by: float = 1) -> Any:
        """Add `by` to the number at `key` (0 when missing), atomically; the new number."""
        if isinstance(by, bool) or not isinstance(by, int | float):
            raise CallerError(f"state.increment adds a number, not {by!r}")
        number = msgspec.Raw(encode_json(by, what="by of state.increment"))
        return _ask("state.increment", decode_json, group=group, key=key, by=number)

    def update(self, group: str, key: str, change: Callable[[Any], Any] | Sequence[Mapping[str, Any]]) -> Any:
        """Change the value at `key` atomically and return the new one.

        Args:
            group: Group of the key.
            key: What to change; missing, its value is None.
            change: A function from the old value to the new one, called again when somebody else
                changed it meanwhile; or operations `{"op", "path", "value"}` with op set, delete,
                increment or append and a dotted path.

        Raises:
            CallerError: The operations are malformed, or others changed the key 100 times in a row.
        """
        if not callable(change):
            return _ask("state.update", _value_of, group=group, key=key, ops=_ops_of(change), what="ops")
        invocation = require_current(f"state.update({group!r}, {key!r})")
        if is_blocking(invocation):
            return _update_blocking(group, key, change)
        return invocation.port.keep(invocation, _update_async(group, key, change))

    def compare_and_set(self, group: str, key: str, value: Any, *, version: int, delete: bool = False) -> Any:
        """Store `value` if the key still has `version` (0: it is missing).

        Returns `{"done", "value", "version"}` as they are afterwards; `delete=True` removes the key.
        """
        what = f"the value of state.compare_and_set({group!r}, {key!r})"
        if delete:
            return _ask(
                "state.compare_and_set", decode_json, group=group, key=key, version=version, delete=True
            )
        body = msgspec.Raw(encode_json(value, what=what))
        return _ask(
            "state.compare_and_set", decode_json, group=group, key=key, version=version, value=body, what=what
        )

    def get_versioned(self, group: str, key: str) -> Any:
        """`(value, version)` of `key`, for `compare_and_set`; `(None, 0)` when it is missing."""
        return _ask("state.get", _versioned_of, group=group, key=key)


state = State()


def _ask(op: str, finish: Callable[[msgspec.Raw], Any], *, what: str = "", **args: Any) -> Any:
    group, key = args["group"], args.get("key")
    invocation = require_current(f"{op}({group!r})")
    for name in ("group", "key"):
        text = args.get(name, "-")
        if not isinstance(text, str) or not 0 < len(text.encode("utf-8", "replace")) <= 255:
            raise CallerError(f"the {name} of {op} is text of 1 to 255 bytes, not {text!r}")
    given = {name: value for name, value in args.items() if value is not None}
    try:
        body = msgspec.json.encode(given)
    except (TypeError, UnicodeEncodeError) as error:
        raise CallerError(f"an argument of {op}({group!r}) is not JSON: {error}") from error
    value = args.get("value", args.get("ops"))
    future = send(invocation, op, body, limit=bytes(value) if value is not None else None, what=what)
    return answer(invocation, f"{op}({group!r}, {key!r})", future, finish)


def _value_of(raw: msgspec.Raw) -> Any:
    entry = decode_json(raw)
    return None if entry is None else entry["value"]


def _versioned_of(raw: msgspec.Raw) -> tuple[Any, int]:
    entry = decode_json(raw)
    return (None, 0) if entry is None else (entry["value"], entry["version"])


def _values_of(raw: msgspec.Raw) -> dict[str, Any]:
    return {entry["key"]: entry["value"] for entry in decode_json(raw)}


def _ops_of(change: Sequence[Mapping[str, Any]] | Any) -> msgspec.Raw:
    if not isinstance(change, Sequence) or isinstance(change, str) or not change:
        raise CallerError(f"state.update takes a function or a list of operations, not {change!r}")
    for op in change:
        if not isinstance(op, Mapping) or op.get("op") not in _OPS or set(op) - {"op", "path", "value"}:
            raise CallerError(
                f"an operation of state.update is {op!r}",
                hint="write {'op': 'set' | 'delete' | 'increment' | 'append', 'path': 'a.b', 'value': …}",
            )
    return msgspec.Raw(encode_json([dict(op) for op in change], what="the operations of state.update"))


async def _update_async(group: str, key: str, change: Callable[[Any], Any]) -> Any:
    for _ in range(UPDATE_TRIES_MAX):
        value, version = await state.get_versioned(group, key)
        changed = change(value)
        if (await state.compare_and_set(group, key, changed, version=version))["done"]:
            return changed
    raise _contended(group, key)


def _update_blocking(group: str, key: str, change: Callable[[Any], Any]) -> Any:
    for _ in range(UPDATE_TRIES_MAX):
        value, version = state.get_versioned(group, key)
        changed = change(value)
        if state.compare_and_set(group, key, changed, version=version)["done"]:
            return changed
    raise _contended(group, key)


def _contended(group: str, key: str) -> CallerError:
    return CallerError(
        f"state.update({group!r}, {key!r}) found the value changed {UPDATE_TRIES_MAX} times in a row",
        hint="use operations or increment, which the engine applies itself",
    )
