"""Every form in which an author may write a schema, turned into JSON Schema (draft 2020-12).

A form is: a dict of name to Python type or to JSON Schema; a JSON Schema; a model (pydantic, msgspec
Struct, TypedDict, dataclass); or any other type that msgspec can describe.
"""

from __future__ import annotations

import builtins
import types
import typing
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

import msgspec

from motia.authoring.models import (
    NO_DEFAULT,
    adapter_of,
    fields_of,
    has_pydantic,
    is_model,
    is_optional,
    is_pydantic,
)
from motia.authoring.one_form import in_one_form

_KEYWORDS = frozenset(
    """
    $schema $id $ref $defs $anchor $comment definitions type enum const properties required
    additionalProperties patternProperties propertyNames minProperties maxProperties items prefixItems
    minItems maxItems uniqueItems contains minLength maxLength pattern format minimum maximum
    exclusiveMinimum exclusiveMaximum multipleOf anyOf oneOf allOf not if then else title description
    default examples deprecated readOnly writeOnly contentEncoding contentMediaType
    """.split()  # noqa: SIM905  # a table reads better than sixty quoted words
)
_JSON_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})


class SchemaUnreadable(Exception):
    """A schema form that cannot be read; the message says what and where, `hint` what to write."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Field(msgspec.Struct):
    """One name of a dict of types. `type` Any with `json`: the author gave a JSON Schema."""

    name: str
    type: Any
    json: dict[str, Any]
    is_required: bool
    default: Any = NO_DEFAULT
    nested: Form | None = None


class Form(msgspec.Struct):
    """A schema as the author wrote it, understood.

    Exactly one of these holds: `fields` (a dict of types), `model` (a type), or neither (a JSON Schema).
    """

    fields: dict[str, Field] | None = None
    model: Any = None
    json: dict[str, Any] = {}
    defs: dict[str, Any] = {}
    names: dict[str, str] | None = None
    """Payload keys that are known, to the attribute of the model; None: not an object, or open."""
    has_pydantic: bool = False

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the whole."""
        body = dict(self.json) if self.fields is None else _object_of(self.fields)
        if self.defs:
            body["$defs"] = {**body.get("$defs", {}), **self.defs}
        return body


def form_of(form: Any, *, place: str = "schema") -> Form:
    """Understand what an author wrote.

    Args:
        form: The schema in any of its forms.
        place: Where it is, for the error: `schema.body`.

    Raises:
        SchemaUnreadable: It is none of the forms.
    """
    if isinstance(form, Mapping):
        if is_json_schema(form):
            return _json_schema(dict(form), place)
        defs: dict[str, Any] = {}
        return fields_form({name: _field(name, value, place, defs) for name, value in form.items()}, defs)
    return _type_form(form, place)


def fields_form(fields: dict[str, Field], defs: dict[str, Any]) -> Form:
    """The form of a dict of types."""
    return Form(
        fields=fields,
        defs=defs,
        names={name: name for name in fields},
        has_pydantic=any(
            has_pydantic(f.type) or (f.nested is not None and f.nested.has_pydantic) for f in fields.values()
        ),
    )


def field_of_hint(name: str, hint: Any, default: Any, defs: dict[str, Any], *, place: str) -> Field:
    """The field that a handler's parameter stands for."""
    json = json_of_type(hint, defs, f"{place}, parameter {name!r}")
    field = Field(name, hint, json, default is NO_DEFAULT)
    if default is not NO_DEFAULT:
        set_default(field, default)
    elif is_optional(hint):
        field.is_required, field.default = False, None
    return field


def set_default(field: Field, default: Any) -> None:
    """Make a field optional with this default; the schema shows it when it is JSON."""
    field.is_required, field.default = False, default
    try:
        field.json = {**field.json, "default": msgspec.to_builtins(default)}
        msgspec.json.encode(field.json)
    except (TypeError, ValueError):
        field.json = {key: value for key, value in field.json.items() if key != "default"}


def is_json_schema(form: Mapping[Any, Any]) -> bool:
    """Whether a dict is a JSON Schema rather than a dict of names."""
    if not form:
        return False
    if "$schema" in form or isinstance(form.get("$ref"), str):
        return True
    kind = form.get("type")
    if isinstance(kind, str):
        return True
    if isinstance(kind, list) and kind and all(isinstance(one, str) for one in kind):
        return True
    if not all(key in _KEYWORDS for key in form):
        return False
    # `{"items": list}` names a field `items`; `{"items": {"type": …}}` is a JSON Schema.
    return not any(_is_type(value) for value in form.values())


def json_of_type(annotation: Any, defs: dict[str, Any], place: str) -> dict[str, Any]:
    """JSON Schema of a Python type; what it refers to goes into `defs`.

    Raises:
        SchemaUnreadable: The type has no JSON form.
    """
    if annotation is Any or annotation is object:
        return {}
    if get_origin(annotation) in (Union, types.UnionType):
        return _json_of_union(annotation, defs, place)
    try:
        (json,), found = msgspec.json.schema_components(
            (annotation,), schema_hook=lambda kind: _foreign_json(kind, defs), ref_template="#/$defs/{name}"
        )
    except (TypeError, NotImplementedError, NameError) as error:
        raise _unreadable(annotation, place, error) from error
    defs.update(in_one_form({"$defs": found})["$defs"])
    one: dict[str, Any] = in_one_form(json)
    return one


def _json_of_union(annotation: Any, defs: dict[str, Any], place: str) -> dict[str, Any]:
    members = [json_of_type(member, defs, place) for member in get_args(annotation)]
    plain: list[Any] = []
    for member in members:
        if member not in plain:
            plain.append(member)
    one: dict[str, Any] = plain[0] if len(plain) == 1 else in_one_form({"anyOf": plain})
    return one


def _foreign_json(kind: Any, defs: dict[str, Any]) -> dict[str, Any]:
    if is_pydantic(kind):
        json: dict[str, Any] = in_one_form(adapter_of(kind).json_schema(ref_template="#/$defs/{model}"))
        defs.update(json.pop("$defs", {}))
        return json
    if kind is object:
        return {}
    raise NotImplementedError


def _field(name: Any, value: Any, place: str, defs: dict[str, Any]) -> Field:
    here = f"{place}[{name!r}]"
    if not isinstance(name, str):
        raise SchemaUnreadable(f"{place} has the key {name!r}: names are text")
    if isinstance(value, Mapping):
        if not value or is_json_schema(value):
            schema = dict(value)
            _check_json_schema(schema, here)
            has_default = "default" in schema
            return Field(name, Any, schema, not has_default, schema["default"] if has_default else NO_DEFAULT)
        nested = form_of(value, place=here)
        defs.update(nested.defs)
        return Field(name, Any, _object_of(nested.fields or {}), True, nested=nested)
    if value is None:
        value = type(None)
    if not _is_type(value):
        raise _unreadable(value, here, None)
    field = Field(name, value, json_of_type(value, defs, here), True)
    if is_optional(value):
        field.is_required, field.default = False, None
    return field


def _type_form(kind: Any, place: str) -> Form:
    if not _is_type(kind):
        raise _unreadable(kind, place, None)
    defs: dict[str, Any] = {}
    json = json_of_type(kind, defs, place)
    names = {field.name: field.attribute for field in fields_of(kind).values()} if is_model(kind) else None
    return Form(model=kind, json=json, defs=defs, names=names, has_pydantic=has_pydantic(kind))


def _json_schema(schema: dict[str, Any], place: str) -> Form:
    _check_json_schema(schema, place)
    properties = schema.get("properties")
    names = {name: name for name in properties} if isinstance(properties, Mapping) and properties else None
    return Form(json=schema, names=names)


def _check_json_schema(schema: dict[str, Any], place: str) -> None:
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind not in _JSON_TYPES:
            raise SchemaUnreadable(
                f"{place} says type {kind!r}, which JSON Schema does not have",
                f"one of {', '.join(sorted(_JSON_TYPES))}",
            )
    try:
        msgspec.json.encode(schema)
    except (TypeError, ValueError) as error:
        raise SchemaUnreadable(
            f"{place} is not JSON: {error}", "a JSON Schema consists of JSON values"
        ) from error


def _object_of(fields: dict[str, Field]) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "object", "properties": {f.name: f.json for f in fields.values()}}
    required = [field.name for field in fields.values() if field.is_required]
    if required:
        body["required"] = required
    return body


def _is_type(value: Any) -> bool:
    return (
        value is None
        or value is Any
        or isinstance(value, type | types.UnionType | types.GenericAlias | typing.NewType | typing.TypeVar)
        or get_origin(value) is not None
    )


def _unreadable(value: Any, place: str, error: Exception | None) -> SchemaUnreadable:
    hint = "use a Python type such as str, int, list[str], a model, or a JSON Schema"
    if value is builtins.any:
        hint = "the type of any value is typing.Any, not any"
    elif isinstance(value, str):
        hint = f"write the type itself, not its name as text: {value} or {{'type': 'string'}}"
    elif not isinstance(value, type) and hasattr(value, "__class__") and error is None:
        hint = f"write the type ({type(value).__name__}), not a value; a default belongs to the handler's parameter"
    reason = f": {str(error).splitlines()[-1]}" if error is not None and str(error) else ""
    return SchemaUnreadable(f"{place} is {value!r}, which has no JSON form{reason}", hint)
