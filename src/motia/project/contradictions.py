"""Two JSON Schemas that cannot both be true of a payload: a topic's, and a subscriber's own.

Only what can be proved is reported: a field that one requires and the other does not have, and
fields, items or values whose types or allowed values have nothing in common. Limits, patterns and
formats are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from motia.model import pointer_of

DEPTH_MAX: Final = 16
FOUND_MAX: Final = 20
_TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
_SCALARS: Final = frozenset({"boolean", "integer", "number", "string"})
_WORDS: Final = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


class Contradiction(NamedTuple):
    """`path` (a JSON Pointer; empty: the payload) and why no value fits both, in words."""

    path: str
    reason: str


def contradictions(
    topic: bytes, subscriber: bytes, *, subscriber_converts: bool = False
) -> list[Contradiction]:
    """Why no payload of the topic's schema can fit the subscriber's; empty when that cannot be proved.

    Args:
        topic: JSON Schema of the topic.
        subscriber: JSON Schema that a subscriber declares itself.
        subscriber_converts: It makes one scalar of another, such as numbers of text.
    """
    pair = _Pair(msgspec.json.decode(topic), msgspec.json.decode(subscriber), subscriber_converts)
    found: list[Contradiction] = []
    for one in pair.compare(pair.topic, pair.subscriber, [], 0):
        if one not in found:
            found.append(one)
        if len(found) == FOUND_MAX:
            break
    return found


class _Pair:
    def __init__(self, topic: Any, subscriber: Any, converts: bool) -> None:
        self.topic = topic
        self.subscriber = subscriber
        self._converts = converts

    def compare(self, topic: Any, other: Any, path: list[str | int], depth: int) -> Iterator[Contradiction]:
        topic, other = _resolved(topic, self.topic), _resolved(other, self.subscriber)
        if depth > DEPTH_MAX or not isinstance(topic, dict) or not isinstance(other, dict):
            return
        branches = _branches(topic), _branches(other)
        if any(len(branch) > 1 for branch in branches):
            yield from self._compare_unions(*branches, path, depth)
            return
        (topic,), (other,) = branches
        if not isinstance(topic, dict) or not isinstance(other, dict):
            return
        for member in topic.get("allOf") or ():
            yield from self.compare(member, other, path, depth + 1)
        for member in other.get("allOf") or ():
            yield from self.compare({**topic, "allOf": []}, member, path, depth + 1)
        yield from self._compare_types(topic, other, path)
        yield from self._compare_fields(topic, other, path, depth)
        items = topic.get("items"), other.get("items")
        if all(isinstance(item, dict) for item in items) and not {"prefixItems"} & {*topic, *other}:
            yield from self.compare(*items, [*path, "0"], depth + 1)

    def _compare_unions(
        self, topics: list[Any], others: list[Any], path: list[str | int], depth: int
    ) -> Iterator[Contradiction]:
        """Of two unions every pair must contradict."""
        all_found: list[Contradiction] = []
        for topic in topics:
            for other in others:
                found = list(self.compare(topic, other, path, depth + 1))
                if not found:
                    return
                all_found += found
        if len(set(all_found)) == 1:
            yield all_found[0]
            return
        theirs = self._types_of_all(topics, self.topic)
        ours = self._types_of_all(others, self.subscriber)
        if self._meet(theirs, ours):
            yield Contradiction(pointer_of(path), "has forms in the topic that are none of those in the step")
        else:
            yield _of_types(path, theirs, ours)

    def _types_of_all(self, schemas: list[Any], root: Any) -> frozenset[str]:
        resolved = [_resolved(schema, root) for schema in schemas]
        return frozenset().union(*(_types(one) for one in resolved if isinstance(one, dict)))

    def _compare_types(
        self, topic: dict[str, Any], other: dict[str, Any], path: list[str | int]
    ) -> Iterator[Contradiction]:
        theirs, ours = _types(topic), _types(other)
        if not self._meet(theirs, ours):
            yield _of_types(path, theirs, ours)
            return
        values, wanted = _values(topic), _values(other)
        if values is None or wanted is None or self._converts:
            return
        if not any(value in wanted for value in values):
            shown = f"{_listed(values)} in the topic and {_listed(wanted)} in the step"
            yield Contradiction(pointer_of(path), f"is {shown}")

    def _meet(self, one: frozenset[str], other: frozenset[str]) -> bool:
        if one & other or not one or not other:
            return True
        return self._converts and bool(one & _SCALARS) and bool(other & _SCALARS)

    def _compare_fields(
        self, topic: dict[str, Any], other: dict[str, Any], path: list[str | int], depth: int
    ) -> Iterator[Contradiction]:
        if "object" not in _types(topic) & _types(other):
            return
        needed, wanted = _required(topic), _required(other)
        theirs, ours = _fields(topic), _fields(other)
        for name in wanted:
            if theirs and name not in theirs and not _allows_others(topic):
                yield Contradiction(
                    pointer_of([*path, name]), "is required by the step, and the topic does not have it"
                )
        for name in needed:
            if name not in ours and _is_closed(other) and not other.get("patternProperties"):
                yield Contradiction(
                    pointer_of([*path, name]), "is required by the topic, and the step does not allow it"
                )
        for name in sorted(theirs.keys() & ours.keys()):
            yield from self.compare(theirs[name], ours[name], [*path, name], depth + 1)


def _resolved(schema: Any, root: Any) -> Any:
    """`schema` with a reference to its own document followed; what leads elsewhere is anything."""
    for _ in range(DEPTH_MAX):
        if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
            return schema
        target: Any = root
        ref = schema["$ref"]
        if ref != "#" and not ref.startswith("#/"):
            return True
        for part in ref[2:].split("/") if ref != "#" else ():
            key = part.replace("~1", "/").replace("~0", "~")
            target = target.get(key, True) if isinstance(target, dict) else True
        beside = {key: value for key, value in schema.items() if key not in ("$ref", "$defs", "description")}
        schema = {**target, **beside} if isinstance(target, dict) else target
    return True


def _branches(schema: dict[str, Any]) -> list[Any]:
    for keyword in ("anyOf", "oneOf"):
        members = schema.get(keyword)
        if isinstance(members, list) and members:
            beside = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
            return [{**beside, **member} if isinstance(member, dict) else member for member in members]
    return [schema]


def _types(schema: dict[str, Any]) -> frozenset[str]:
    """Types that a value may have."""
    values = _values(schema)
    if values is not None:
        return frozenset(_type_of(value) for value in values)
    kind = schema.get("type")
    kinds = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else _TYPES
    return frozenset(str(one) for one in kinds) | ({"integer"} if "number" in kinds else frozenset())


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return {str: "string", list: "array"}.get(type(value), "object")


def _values(schema: dict[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if isinstance(values, list) else None


def _fields(schema: dict[str, Any]) -> dict[str, Any]:
    fields = schema.get("properties")
    return fields if isinstance(fields, dict) else {}


def _required(schema: dict[str, Any]) -> list[str]:
    required = schema.get("required")
    return [name for name in required if isinstance(name, str)] if isinstance(required, list) else []


def _allows_others(schema: dict[str, Any]) -> bool:
    """Whether the topic says that it has fields besides those it names."""
    if schema.get("patternProperties") or schema.get("allOf"):
        return True
    return isinstance(schema.get("additionalProperties"), dict) or schema.get("additionalProperties") is True


def _is_closed(schema: dict[str, Any]) -> bool:
    return schema.get("additionalProperties") is False and not schema.get("allOf")


def _of_types(path: list[str | int], theirs: frozenset[str], ours: frozenset[str]) -> Contradiction:
    return Contradiction(pointer_of(path), f"is {_said(theirs)} in the topic and {_said(ours)} in the step")


def _said(types: frozenset[str]) -> str:
    shown = types - {"integer"} if "number" in types else types
    return " or ".join(_WORDS.get(name, name) for name in _TYPES if name in shown)


def _listed(values: list[Any]) -> str:
    text = " or ".join(msgspec.json.encode(value).decode() for value in values[:5])
    return text if len(values) <= 5 else f"{text}…"
