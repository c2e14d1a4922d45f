"""Which Python types are models, and how a foreign model library is asked about them.

pydantic is never imported here: it is found in `sys.modules` when the author imported it.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import types
import typing
from typing import Annotated, Any, NotRequired, Required, Union, get_args, get_origin

import msgspec

from motia.model import Problem


class _NoDefault:
    """Stands where no default is: None is a default."""

    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT: Any = _NoDefault()


class ModelField(msgspec.Struct, frozen=True):
    """A field of a model: `name` in JSON, `attribute` in Python."""

    name: str
    attribute: str
    type: Any
    is_required: bool


def bare(annotation: Any) -> Any:
    """`annotation` without Annotated and without `None`: the model in `Optional[Model]`."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        if len(members) == 1:
            return bare(members[0])
    return annotation


def is_optional(annotation: Any) -> bool:
    """Whether `annotation` allows None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if annotation is None or annotation is type(None):
        return True
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)


def is_pydantic(annotation: Any) -> bool:
    """Whether `annotation` is a pydantic model or dataclass."""
    return (
        "pydantic" in sys.modules
        and isinstance(annotation, type)
        and hasattr(annotation, "__pydantic_core_schema__")
    )


def is_model(annotation: Any) -> bool:
    """Whether `annotation` describes an object with named fields."""
    kind = bare(annotation)
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and (
        issubclass(kind, msgspec.Struct)
        or dataclasses.is_dataclass(kind)
        or typing.is_typeddict(kind)
        or hasattr(kind, "__attrs_attrs__")
        or is_pydantic(kind)
    )


def has_pydantic(annotation: Any) -> bool:
    """Whether a pydantic model is anywhere in `annotation`."""
    return is_pydantic(annotation) or any(has_pydantic(part) for part in get_args(annotation))


def adapter_of(annotation: Any) -> Any:
    """Pydantic's TypeAdapter of `annotation`."""
    return sys.modules["pydantic"].TypeAdapter(annotation)


def fields_of(model: Any) -> dict[str, ModelField]:
    """The fields of a model by their JSON name."""
    kind = bare(model)
    kind = get_origin(kind) or kind
    if is_pydantic(kind):
        return _pydantic_fields(kind)
    if issubclass(kind, msgspec.Struct):
        return {
            f.encode_name: ModelField(f.encode_name, f.name, f.type, f.required)
            for f in msgspec.structs.fields(kind)
        }
    hints = typing.get_type_hints(kind, include_extras=True)
    if typing.is_typeddict(kind):
        return {name: _typed_field(kind, name, hint) for name, hint in hints.items()}
    if dataclasses.is_dataclass(kind):
        return {
            f.name: ModelField(
                f.name,
                f.name,
                hints.get(f.name, Any),
                f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING,
            )
            for f in dataclasses.fields(kind)
            if f.init
        }
    return {name: ModelField(name, name, hint, True) for name, hint in hints.items()}


def _typed_field(kind: Any, name: str, hint: Any) -> ModelField:
    # With annotations as text the class itself cannot see what its keys are marked with.
    is_required = name in kind.__required_keys__
    while (mark := get_origin(hint)) in (Required, NotRequired):
        is_required = mark is Required
        hint = get_args(hint)[0]
    return ModelField(name, name, hint, is_required)


def _pydantic_fields(kind: Any) -> dict[str, ModelField]:
    fields = getattr(kind, "__pydantic_fields__", {})
    found = {}
    for name, info in fields.items():
        alias = (
            info.validation_alias if isinstance(getattr(info, "validation_alias", None), str) else info.alias
        )
        found[alias or name] = ModelField(alias or name, name, info.annotation, info.is_required())
    return found


def decode_hook(annotation: Any, value: Any) -> Any:
    """Msgspec's way out for types it does not know."""
    if is_pydantic(annotation):
        return adapter_of(annotation).validate_python(value)
    if annotation is object:
        return value
    raise NotImplementedError(f"{annotation!r} cannot be made from JSON")


_PYDANTIC_KEYWORDS = {
    "missing": "required",
    "extra_forbidden": "additionalProperties",
    "json_invalid": "json",
}
_PLACE = re.compile(r" - at (?:`key` in )?`\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_MISSING = re.compile(r"^Object missing required field `(.*)`$")
_UNKNOWN = re.compile(r"^Object contains unknown field `(.*)`$")


def problems_of(error: Exception, *, where: str, prefix: str = "") -> list[Problem]:
    """What is wrong, from an error of msgspec or of pydantic."""
    inner = error.__cause__ if isinstance(error, msgspec.ValidationError) else None
    if inner is not None and hasattr(inner, "errors"):
        place = _PLACE.search(str(error))
        return _pydantic_problems(inner, where, prefix + _pointer(place[1] if place else ""))
    if hasattr(error, "errors") and not isinstance(error, msgspec.MsgspecError):
        return _pydantic_problems(error, where, prefix)
    text = str(error)
    place = _PLACE.search(text)
    message = text[: place.start()] if place else text
    path = prefix + (_pointer(place[1]) if place else "")
    keyword = "type"
    if missing := _MISSING.match(message):
        path, message, keyword = f"{path}/{escape(missing[1])}", "is required", "required"
    elif unknown := _UNKNOWN.match(message):
        path, message = f"{path}/{escape(unknown[1])}", "is not a known field"
        keyword = "additionalProperties"
    return [Problem(path=path, message=message, where=where, keyword=keyword)]


def escape(name: str) -> str:
    """One token of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _pydantic_problems(error: Any, where: str, prefix: str) -> list[Problem]:
    found = []
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        path = "".join(f"/{escape(str(part))}" for part in entry["loc"])
        # What an author's own validator raises is said as it is written there.
        is_own = entry["type"] in ("value_error", "assertion_error")
        message = entry["msg"].partition(", ")[2] or entry["msg"] if is_own else entry["msg"]
        keyword = "custom" if is_own else _PYDANTIC_KEYWORDS.get(entry["type"], entry["type"])
        message = "is required" if keyword == "required" else message
        found.append(Problem(path=prefix + path, message=message, where=where, keyword=keyword))
    return found


def _pointer(place: str) -> str:
    return "".join(f"/{escape(step[1] or step[2])}" for step in _STEP.finditer(place))
