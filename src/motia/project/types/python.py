"""`typings/motia/__init__.pyi`: the package as it is, with `trigger` and `call` that know the project's payloads.

Python's types cannot say "any id but these", so a payload that does not fit is taken too, by an
overload whose answer nothing can be done with: awaiting a `PayloadDoesNotFit` is the error. It names
the type that was expected.
"""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterable, Iterator
from typing import Final

from motia.project.types.shapes import (
    ANYTHING,
    Anything,
    Array,
    Both,
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
    union_of,
)
from motia.project.types.targets import Target

FILE: Final = "typings/motia/__init__.pyi"
EXPORTS: Final = (
    "CallFailed",
    "Fatal",
    "HttpError",
    "Receipt",
    "Request",
    "Response",
    "RetryAfter",
    "UploadedFile",
    "api",
    "cron",
    "event",
    "logger",
    "noop",
    "on_start",
    "on_stop",
    "response",
    "span",
    "sse",
    "state",
    "workflow",
)
"""Names of the package that are handed on as they are; the others are declared below."""
_HEADER: Final = '''\
"""The package motia with the steps and topics of this project, of every language, for type checkers.

Written by `motia dev`, `motia install` and `motia types`: do not edit it, but do commit it.
Pyright and Pylance find it here; for mypy write `mypy_path = "typings"`.
"""
# mypy: disable-error-code="overload-overlap,overload-cannot-match,override"
# pyright: reportOverlappingOverload=false, reportIncompatibleVariableOverride=false

from collections.abc import Mapping as _Mapping
from datetime import datetime as _datetime, timedelta as _timedelta
from typing import Any as _Any, Generic as _Generic, Literal as _Literal, Never as _Never
from typing import NotRequired as _NotRequired, TypeAlias as _TypeAlias, TypedDict as _TypedDict
from typing import TypeVar as _TypeVar, Unpack as _Unpack, overload as _overload

from typing_extensions import deprecated as _deprecated

from motia.authoring import Context as _Context
'''
_CLASSES: Final = '''\
__version__: str

_Payload = _TypeVar("_Payload")

class PayloadDoesNotFit(_Generic[_Payload]):
    """The payload of a `trigger` or `call` is not of the type that its target takes."""

class _Options(_TypedDict, total=False):
    key: str | None
    idempotency_key: str | None
    priority: int | None
    unique: bool | None

class _TriggerOptions(_Options, total=False):
    delay: float | _timedelta | None
    at: _datetime | int | None
    wait: float | bool | _timedelta | None

class _CallOptions(_Options, total=False):
    timeout: float | _timedelta | None
'''
_ENDING: Final = """\
class _Motia(_MotiaBase):
    trigger: _Trigger
    call: _Call

class _ContextTrigger(_Trigger, _TriggerInfo): ...

class Context(_Context):
    trigger: _ContextTrigger
    @property
    def motia(self) -> _Motia: ...

trigger: _Trigger
call: _Call
motia: _Motia
"""
_NAMES: Final = {"null": "None", "boolean": "bool", "integer": "int", "number": "float", "string": "str"}
_RESERVED: Final = (
    *EXPORTS,
    "Context",
    "PayloadDoesNotFit",
    "call",
    "motia",
    "trigger",
    "None",
    "True",
    "False",
)


def python(targets: Iterable[Target]) -> str:
    """The whole file. Equal targets give equal text."""
    stub = _Stub()
    known = [(target.name, stub.payload_of(target)) for target in targets if not target.is_request]
    lines = [_HEADER + "from motia.authoring import ("]
    lines += [f"    {name} as {name}," for name in EXPORTS]
    lines += [")", "from motia.authoring.context import Motia as _MotiaBase, TriggerInfo as _TriggerInfo", ""]
    lines += [_CLASSES, *stub.definitions()]
    lines += _callable("_Trigger", known, "_TriggerOptions", "Receipt")
    lines += _callable("_Call", known, "_CallOptions", "_Any")
    return "\n".join([*lines, _ENDING])


class _Stub:
    """Types of payloads, as they are named."""

    def __init__(self) -> None:
        self._reader = ShapeReader(reserved=_RESERVED)
        self._done: dict[str, list[str]] = {}

    def payload_of(self, target: Target) -> tuple[str, bool]:
        """The type of what a target takes, and whether `{}` is one."""
        name = pascal(target.name)
        shapes = [self._reader.read(bytes(schema), prefix=name) for schema in target.inputs]
        taken = [shape for shape in dict.fromkeys(shapes) if shape != ANYTHING]
        if len(taken) != 1:
            return "_Any", True
        shape = taken[0]
        is_bare = isinstance(shape, Record) and not any(field.is_required for field in shape.fields)
        return self._type(shape, name, target.description), is_bare

    def definitions(self) -> list[str]:
        """Every type that has a name, sorted."""
        while pending := [name for name in self._reader.named if name not in self._done]:
            for name in pending:
                shape, description = self._reader.named[name]
                self._define(name, shape, description)
        return [line for name in sorted(self._done) for line in self._done[name]]

    def _define(self, name: str, shape: Shape, description: str) -> None:
        self._done[name] = []
        if isinstance(shape, Record) and _is_typed_dict(shape):
            self._done[name] = [*self._typed_dict(name, shape, description), ""]
        else:
            self._done[name] = [f"{name}: _TypeAlias = {self._type(shape, name, '')}", ""]

    def _typed_dict(self, name: str, shape: Record, description: str) -> Iterator[str]:
        fields = [
            (field, self._type(field.shape, f"{name}{pascal(field.name)}", field.description))
            for field in shape.fields
        ]
        marked = [(field, kind if field.is_required else f"_NotRequired[{kind}]") for field, kind in fields]
        if not all(_is_attribute(field.name) for field in shape.fields):
            inner = ", ".join(f"{json.dumps(field.name)}: {kind}" for field, kind in marked)
            yield f'{name} = _TypedDict("{name}", {{{inner}}})'
            return
        yield f"class {name}(_TypedDict):"
        yield from _docstring(description)
        for field, kind in marked:
            yield from (f"    # {line}" for line in _lines(field.description))
            yield f"    {field.name}: {kind}"

    def _type(self, shape: Shape, name: str, description: str) -> str:
        match shape:
            case Anything() | Both():
                return "_Any"
            case Nothing():
                return "_Never"
            case Primitive(kind):
                return _NAMES[kind]
            case Literal(value):
                return "float" if isinstance(value, float) else f"_Literal[{_literal(value)}]"
            case Named(given):
                return given
            case Array(item):
                return f"list[{self._type(item, f'{name}Item', '')}]"
            case Tuple(items, _, rest):
                item = union_of([*items, *([rest] if rest is not None else [])])
                return f"list[{self._type(item, f'{name}Item', '')}]"
            case Union(members):
                return self._union(members, name)
            case Record():
                return self._record(shape, name, description)

    def _union(self, members: tuple[Shape, ...], name: str) -> str:
        values = [
            _literal(one.value)
            for one in members
            if isinstance(one, Literal) and not isinstance(one.value, float)
        ]
        texts = [f"_Literal[{', '.join(values)}]"] if values else []
        texts += [
            self._type(one, name, "")
            for one in members
            if not isinstance(one, Literal) or isinstance(one.value, float)
        ]
        return "_Any" if "_Any" in texts else " | ".join(dict.fromkeys(texts))

    def _record(self, shape: Record, name: str, description: str) -> str:
        if not _is_typed_dict(shape):
            # No type says "these fields and any others", and one that is too narrow would be wrong.
            is_map = shape.others is not None and not shape.fields
            item = self._type(shape.others, f"{name}Value", "") if is_map and shape.others else "_Any"
            return f"_Mapping[str, {item}]"
        own = self._reader.new_name(name)
        self._define(own, shape, description)
        return own


def _is_typed_dict(shape: Record) -> bool:
    return bool(shape.fields) and shape.others is None


def _is_attribute(name: str) -> bool:
    return (
        name.isidentifier() and name.isascii() and not keyword.iskeyword(name) and not name.startswith("__")
    )


def _literal(value: str | int | bool | None) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _callable(
    name: str, known: list[tuple[str, tuple[str, bool]]], options: str, answer: str
) -> Iterator[str]:
    more = f"**options: _Unpack[{options}]"
    checked = [(target, kind, is_bare) for target, (kind, is_bare) in known if kind != "_Any"]
    free = [target for target, (kind, _) in known if kind == "_Any"]
    yield f"class {name}:"
    overloads = [
        f"target: _Literal[{json.dumps(target)}], payload: {given}, {more}) -> {made}"
        for target, kind, is_bare in checked
        for given, made in (
            (f"{kind} = ..." if is_bare else kind, answer),
            ("object = ...", f"PayloadDoesNotFit[{kind}]"),
        )
    ]
    if free:
        ids = ", ".join(json.dumps(target) for target in free)
        overloads.append(f"target: _Literal[{ids}], payload: _Any = ..., {more}) -> {answer}")
    overloads.append(f"target: str, payload: _Any = ..., {more}) -> {answer}")
    for line in overloads:
        if len(overloads) > 1:
            yield "    @_overload"
        if "PayloadDoesNotFit" in line:
            yield '    @_deprecated("the payload does not fit the target")'
        yield f"    def __call__(self, {line}: ..."
    yield ""


def _docstring(text: str) -> Iterator[str]:
    lines = list(_lines(text))
    if lines:
        safe = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
        yield f'    """{safe[0]}' + ('"""' if len(safe) == 1 else "")
        yield from (f"    {line}".rstrip() for line in safe[1:])
        if len(safe) > 1:
            yield '    """'


def _lines(text: str) -> Iterator[str]:
    for line in text.strip().splitlines():
        yield "".join(char for char in line if char.isprintable()).rstrip()
