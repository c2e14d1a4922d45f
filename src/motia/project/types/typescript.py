"""`motia-env.d.ts`: the steps and topics of the project for TypeScript, as members of `Steps` of @motia/core."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from motia.project.types.shapes import (
    ANYTHING,
    Anything,
    Array,
    Both,
    Field,
    Literal,
    Named,
    Nothing,
    Primitive,
    Record,
    Shape,
    ShapeReader,
    Tuple,
    Union,
    pascal,
)
from motia.project.types.targets import Target

FILE: Final = "motia-env.d.ts"
HEADER: Final = """\
// The steps and topics of this project, of every language, for `motia.trigger` and `motia.call`.
// Written by `motia dev`, `motia install` and `motia types`: do not edit it, but do commit it.
"""
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NAMES: Final = {
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "string",
}


def typescript(targets: Iterable[Target]) -> str:
    """The whole file. Equal targets give equal text."""
    reader = ShapeReader(reserved=("Record", "Steps"))
    members = [line for target in targets for line in _member(target, reader)]
    # With an import it is a module, so that what follows adds to @motia/core and does not replace it.
    lines = [HEADER, "import '@motia/core';", "", "declare module '@motia/core' {", "  interface Steps {"]
    lines += members
    lines += ["  }", "}"]
    for name, (shape, description) in sorted(reader.named.items()):
        lines += ["", *_comment(description, ""), f"type {name} = {text_of(shape, '')};"]
    return "\n".join([*lines, "", "export {};", ""])


def _member(target: Target, reader: ShapeReader) -> Iterator[str]:
    prefix = pascal(target.name)
    shapes = [reader.read(bytes(schema), prefix=prefix) for schema in target.inputs]
    taken = [shape for shape in dict.fromkeys(shapes) if shape != ANYTHING]
    given = ANYTHING if not taken else taken[0] if len(taken) == 1 else Both(tuple(taken))
    output = (
        reader.read(bytes(target.output), prefix=f"{prefix}Result") if target.output is not None else ANYTHING
    )
    pad = " " * 6
    yield from _comment("\n\n".join(filter(None, (target.description, f"({target.about})"))), " " * 4)
    yield f"    {_quoted(target.name)}: {{"
    yield f"{pad}input: {text_of(given, pad)};"
    yield f"{pad}output: {text_of(output, pad)};"
    yield "    };"


def text_of(shape: Shape, pad: str) -> str:
    """A shape as a type; further lines begin with `pad`."""
    match shape:
        case Anything():
            return "unknown"
        case Nothing():
            return "never"
        case Primitive(kind):
            return _NAMES[kind]
        case Literal(value):
            return _quoted(value) if isinstance(value, str) else json.dumps(value)
        case Named(name):
            return name
        case Array(item):
            return f"{_grouped(item, pad)}[]"
        case Tuple():
            return _tuple(shape, pad)
        case Union(members):
            return " | ".join(_grouped(member, pad, is_union=True) for member in members)
        case Both(members):
            return " & ".join(_grouped(member, pad) for member in members)
        case Record():
            return _record(shape, pad)


def _grouped(shape: Shape, pad: str, *, is_union: bool = False) -> str:
    text = text_of(shape, pad)
    needs = isinstance(shape, Both) or (isinstance(shape, Union) and not is_union)
    return f"({text})" if needs else text


def _tuple(shape: Tuple, pad: str) -> str:
    parts = [
        _grouped(item, pad) + ("" if index < shape.needed else "?") for index, item in enumerate(shape.items)
    ]
    if shape.rest is not None:
        parts.append(f"...{_grouped(shape.rest, pad)}[]")
    return f"[{', '.join(parts)}]"


def _record(shape: Record, pad: str) -> str:
    inner = pad + "  "
    if not shape.fields:
        return (
            "Record<string, never>"
            if shape.others is None
            else f"{{ [key: string]: {text_of(shape.others, pad)} }}"
        )
    lines = [line for field in shape.fields for line in _field(field, inner)]
    if shape.others is not None:
        lines.append(f"{inner}[key: string]: {_index(shape, inner)};")
    return "\n".join(["{", *lines, f"{pad}}}"])


def _field(field: Field, pad: str) -> Iterator[str]:
    yield from _comment(field.description, pad)
    mark = "" if field.is_required else "?"
    yield f"{pad}{_key(field.name)}{mark}: {text_of(field.shape, pad)};"


def _index(shape: Record, pad: str) -> str:
    """The type of unnamed fields; TypeScript wants that of every named field to be part of it."""
    parts = [shape.others or ANYTHING, *(field.shape for field in shape.fields)]
    texts = list(dict.fromkeys(_grouped(part, pad) for part in parts))
    if "unknown" in texts:
        return "unknown"
    if not all(field.is_required for field in shape.fields):
        texts.append("undefined")
    return " | ".join(texts)


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    inner = json.dumps(text)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"


def _comment(text: str, pad: str) -> Iterator[str]:
    text = text.strip().replace("*/", "*\\/")
    if not text:
        return
    # A line that only white space or a control character makes is none.
    lines = ["".join(char for char in line if char.isprintable()).rstrip() for line in text.splitlines()]
    if len(lines) == 1:
        yield f"{pad}/** {lines[0]} */"
        return
    yield f"{pad}/**"
    yield from (f"{pad} * {line}".rstrip() for line in lines)
    yield f"{pad} */"
