"""JSON Schemas as shapes: the part of a schema that a static type can say.

Limits, patterns and formats are left out; what no type can say is `Anything`. A shape never refuses
more than its schema, but for fields that an object does not name: they are taken for mistakes unless
the schema says that there are others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

DEPTH_MAX: Final = 64
_TYPES: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


class Anything(msgspec.Struct, frozen=True):
    """Any JSON value."""


class Nothing(msgspec.Struct, frozen=True):
    """No value at all."""


class Primitive(msgspec.Struct, frozen=True):
    """`kind`: null, boolean, integer, number, string."""

    kind: str


class Literal(msgspec.Struct, frozen=True):
    """One scalar value."""

    value: str | int | float | bool | None


class Array(msgspec.Struct, frozen=True):
    """Any number of items."""

    item: Shape


class Tuple(msgspec.Struct, frozen=True):
    """Items by position, the first `needed` of which are there; then any number of `rest`, if given."""

    items: tuple[Shape, ...]
    needed: int
    rest: Shape | None


class Field(msgspec.Struct, frozen=True):
    """One field of an object."""

    name: str
    shape: Shape
    is_required: bool
    description: str = ""


class Record(msgspec.Struct, frozen=True):
    """An object with these fields, and with others of the shape `others`, if given."""

    fields: tuple[Field, ...] = ()
    others: Shape | None = None


class Union(msgspec.Struct, frozen=True):
    """One of several."""

    members: tuple[Shape, ...]


class Both(msgspec.Struct, frozen=True):
    """All of several at once."""

    members: tuple[Shape, ...]


class Named(msgspec.Struct, frozen=True):
    """A shape with a name of its own, in `ShapeReader.named`."""

    name: str


Shape = Anything | Nothing | Primitive | Literal | Array | Tuple | Record | Union | Both | Named
ANYTHING: Final = Anything()


class ShapeReader:
    """Reads the schemas of one file of types; gives what schemas refer to names that are unique in it."""

    def __init__(self, *, reserved: Iterable[str] = ()) -> None:
        """Names in `reserved` mean something else in the file."""
        self.named: dict[str, tuple[Shape, str]] = {}
        """Name to shape and description, in the order in which they were met."""
        self._taken = set(reserved)

    def read(self, schema: bytes | None, *, prefix: str) -> Shape:
        """The shape of a schema; names of what it refers to begin with `prefix`."""
        if schema is None:
            return ANYTHING
        return _Reading(self, msgspec.json.decode(schema), prefix).shape_of_root()

    def new_name(self, wanted: str) -> str:
        """`wanted`, or with a number behind it when that is taken; it is taken then."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}{number}"
        self._taken.add(name)
        return name


class _Reading:
    """One schema on its way to a shape."""

    def __init__(self, reader: ShapeReader, root: Any, prefix: str) -> None:
        self._reader = reader
        self._root = root
        self._prefix = prefix
        self._names: dict[str, str] = {}
        self._direct: list[str] = []
        """References that lead to the present place with no array or object on the way."""

    def shape_of_root(self) -> Shape:
        root = self._root
        # A schema that is only a reference is what it refers to, unless that refers to itself.
        if isinstance(root, dict) and isinstance(root.get("$ref"), str):
            target = self._target(root["$ref"])
            if target is not root and not _refers(target, root["$ref"], self._root):
                return self.shape(target, 0)
        return self.shape(root, 0)

    def shape(self, schema: Any, depth: int) -> Shape:
        if schema is False:
            return Nothing()
        if not isinstance(schema, dict) or depth > DEPTH_MAX:
            return ANYTHING
        parts = list(self._parts(schema, depth + 1))
        if not parts:
            return ANYTHING
        return parts[0] if len(parts) == 1 else _both(parts)

    def _parts(self, schema: dict[str, Any], depth: int) -> Iterator[Shape]:
        """What the keywords say, each on its own; all of it holds."""
        if isinstance(schema.get("$ref"), str):
            yield self._reference(schema["$ref"], depth)
        if "const" in schema:
            yield _literal(schema["const"])
        elif isinstance(schema.get("enum"), list):
            yield union_of([_literal(value) for value in schema["enum"]])
        elif "type" in schema or "properties" in schema:
            yield self._typed(schema, depth)
        for keyword in ("anyOf", "oneOf"):
            members = schema.get(keyword)
            if isinstance(members, list) and members:
                yield union_of([self.shape(member, depth) for member in members])
        for member in schema.get("allOf") or ():
            shape = self.shape(member, depth)
            if shape != ANYTHING:
                yield shape

    def _typed(self, schema: dict[str, Any], depth: int) -> Shape:
        kinds = schema.get("type", "object")
        listed = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind in _TYPES]
        return union_of([self._of_kind(kind, schema, depth) for kind in listed])

    def _of_kind(self, kind: str, schema: dict[str, Any], depth: int) -> Shape:
        if kind not in ("array", "object"):
            return Primitive(kind) if kind in _TYPES else ANYTHING
        outer, self._direct = self._direct, []
        try:
            return self._array(schema, depth) if kind == "array" else self._record(schema, depth)
        finally:
            self._direct = outer

    def _array(self, schema: dict[str, Any], depth: int) -> Shape:
        prefix = schema.get("prefixItems")
        items = schema.get("items", True)
        if not isinstance(prefix, list) or not prefix:
            return Array(self.shape(items, depth))
        needed = schema.get("minItems", 0)
        return Tuple(
            items=tuple(self.shape(item, depth) for item in prefix),
            needed=min(needed, len(prefix)) if isinstance(needed, int) else 0,
            rest=None if items is False or _is_full(schema, prefix) else self.shape(items, depth),
        )

    def _record(self, schema: dict[str, Any], depth: int) -> Shape:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        required = schema.get("required")
        required = set(required) if isinstance(required, list) else set()
        fields = [
            Field(name, self.shape(inner, depth), name in required, described(inner))
            for name, inner in properties.items()
        ]
        fields += [Field(name, ANYTHING, True) for name in sorted(required - properties.keys())]
        others = [self.shape(inner, depth) for inner in (schema.get("patternProperties") or {}).values()]
        more = schema.get("additionalProperties")
        if more is not None and more is not False:
            others.append(self.shape(more, depth))
        elif more is None and not fields and not others:
            others.append(ANYTHING)
        return Record(tuple(fields), union_of(others) if others else None)

    def _reference(self, ref: str, depth: int) -> Shape:
        if ref in self._direct:
            return ANYTHING  # a schema that is only itself
        target = self._target(ref)
        if target is None:
            return ANYTHING
        if ref not in self._names:
            wanted = self._prefix + (pascal(ref.rpartition("/")[2]) if ref != "#" else "")
            name = self._names[ref] = self._reader.new_name(wanted)
            self._direct.append(ref)
            try:
                shape = self.shape(target, depth)
            finally:
                self._direct.pop()
            self._reader.named[name] = (shape, described(target))
        return Named(self._names[ref])

    def _target(self, ref: str) -> Any:
        if ref == "#":
            return self._root
        if not ref.startswith("#/"):
            return None
        target = self._root
        for part in ref[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(target, list) and key.isdigit() and int(key) < len(target):
                target = target[int(key)]
            elif isinstance(target, dict) and key in target:
                target = target[key]
            else:
                return None
        return target


def union_of(members: list[Shape]) -> Shape:
    """One of `members`: without repetitions, and without those that another one includes."""
    flat: list[Shape] = []
    for member in members:
        for one in member.members if isinstance(member, Union) else (member,):
            if one not in flat and not isinstance(one, Nothing):
                flat.append(one)
    if ANYTHING in flat:
        return ANYTHING
    if Primitive("number") in flat:
        flat = [one for one in flat if one != Primitive("integer")]
    # null last: as people write it.
    flat.sort(key=lambda one: one in (Primitive("null"), Literal(None)))
    if not flat:
        return Nothing()
    return flat[0] if len(flat) == 1 else Union(tuple(flat))


def described(schema: Any) -> str:
    """What a schema says of itself."""
    text = schema.get("description") if isinstance(schema, dict) else None
    return text if isinstance(text, str) else ""


def pascal(name: str) -> str:
    """`send-sms` as `SendSms`: letters and digits of ASCII only, never empty, never with a digit first."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    text = "".join(word[0].upper() + word[1:] for word in words)
    return text if text and not text[0].isdigit() else f"T{text}"


def _both(parts: list[Shape]) -> Shape:
    """All of `parts`: objects that only name fields become one object."""
    records = [part for part in parts if isinstance(part, Record)]
    if len(records) == len(parts):
        fields: dict[str, Field] = {}
        for record in records:
            for field in record.fields:
                known = fields.get(field.name)
                if known is None:
                    fields[field.name] = field
                elif known.shape in (field.shape, ANYTHING):
                    fields[field.name] = Field(
                        field.name,
                        field.shape,
                        known.is_required or field.is_required,
                        known.description or field.description,
                    )
                else:
                    return Both(tuple(parts))
        others = [record.others for record in records if record.others is not None]
        return Record(tuple(fields.values()), others[0] if len(others) == len(records) else None)
    unique = list(dict.fromkeys(part for part in parts if part != ANYTHING))
    return unique[0] if len(unique) == 1 else Both(tuple(unique)) if unique else ANYTHING


def _literal(value: Any) -> Shape:
    if value is None:
        return Primitive("null")
    if isinstance(value, str | int | float):
        return Literal(value)
    if isinstance(value, list):
        return Tuple(tuple(_literal(one) for one in value), len(value), None)
    return Record(tuple(Field(name, _literal(inner), True) for name, inner in value.items()))


def _is_full(schema: dict[str, Any], prefix: list[Any]) -> bool:
    most = schema.get("maxItems")
    return isinstance(most, int) and most <= len(prefix)


def _refers(value: Any, ref: str, root: Any) -> bool:
    """Whether a schema refers to `ref`, itself or by way of what it refers to."""
    seen: set[str] = set()
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, list):
            todo += one
        elif isinstance(one, dict):
            inner = one.get("$ref")
            if inner == ref:
                return True
            if isinstance(inner, str) and inner not in seen:
                seen.add(inner)
                target = root
                for part in inner[2:].split("/") if inner.startswith("#/") else ():
                    target = target.get(part) if isinstance(target, dict) else None
                todo.append(target if target is not root else None)
            todo += [other for key, other in one.items() if key != "$ref"]
    return False
