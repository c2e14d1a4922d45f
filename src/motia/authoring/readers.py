"""Readers: JSON text in, the values that a handler is given out. Compiled once, at load.

Every reader applies defaults and makes instances of the author's models; what does not fit raises
`InputInvalid` with every problem it can name. The quick way is one typed decode; the slow way, which
finds all problems, is taken only after it failed.
"""

from __future__ import annotations

import copy
import keyword
from collections.abc import Callable, Mapping
from typing import Any, Protocol, get_args, get_origin

import msgspec

from motia.authoring.errors import InputInvalid
from motia.authoring.models import (
    NO_DEFAULT,
    adapter_of,
    decode_hook,
    escape,
    has_pydantic,
    is_pydantic,
    problems_of,
)
from motia.authoring.schemas import Field, Form
from motia.authoring.wording import Wording
from motia.model import Problem


class Reader(Protocol):
    """Reads one part of the input."""

    def values(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        """The known names and their values; names that are missing and have no default are left out.

        Raises:
            InputInvalid: The input does not fit.
        """
        ...

    def whole(self, raw: bytes | msgspec.Raw) -> Any:
        """The input as one plain JSON value with defaults.

        Raises:
            InputInvalid: The input does not fit.
        """
        ...

    def rest(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        """The names that the schema does not know."""
        ...


def reader_of(form: Form, *, where: str, is_strict: bool = True, must_check: bool = False) -> Reader:
    """The reader of a form.

    Args:
        form: What the author wrote.
        where: Which part of the input, for problems: payload, body, query, params, headers.
        is_strict: False: text stands for numbers and booleans too, as in a URL.
        must_check: The engine did not check the input: JSON Schemas are checked here.
    """
    if form.fields is not None:
        return FieldsReader(form, where=where, is_strict=is_strict, must_check=must_check)
    if form.model is not None:
        return ModelReader(form, where=where, is_strict=is_strict)
    return JsonReader(form, where=where, must_check=must_check)


class _Plain:
    """What all readers share: a plain decode and the names beyond the schema."""

    def __init__(self, form: Form, where: str) -> None:
        self._form = form
        self._where = where
        self._known = frozenset(form.names or ())
        self._wording = Wording(form.schema, where=where)

    def _decode(self, raw: bytes | msgspec.Raw) -> Any:
        try:
            return msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            problem = Problem(path="", message=f"malformed JSON: {error}", where=self._where, keyword="json")
            raise InputInvalid((problem,)) from error

    def _object(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        value = self._decode(raw)
        if not isinstance(value, dict):
            raise InputInvalid((_no_object(value, "", self._where),))
        return value

    def rest(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        """See `Reader`."""
        return {name: value for name, value in self._object(raw).items() if name not in self._known}


class FieldsReader(_Plain):
    """Reads a dict of types."""

    def __init__(self, form: Form, *, where: str, is_strict: bool, must_check: bool) -> None:
        super().__init__(form, where)
        self._fields = form.fields or {}
        self._is_strict = is_strict
        self._after = {f.name: step for f in self._fields.values() if (step := _after(f)) is not None}
        self._check = _checker(form.schema(), where) if must_check and not form.has_pydantic else None
        self._struct, self._attributes = _struct_of(self._fields)
        self._has_own_names = all(name == attribute for name, attribute in self._attributes.items())
        self._decoder = msgspec.json.Decoder(self._struct, strict=is_strict, dec_hook=decode_hook)

    def values(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        """See `Reader`."""
        if self._check is not None:
            self._check(self._decode(raw))
        try:
            struct = self._decoder.decode(raw)
        except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            return self._explain(raw, error)
        if self._has_own_names:
            values = msgspec.structs.asdict(struct)
        else:
            values = {name: getattr(struct, attribute) for name, attribute in self._attributes.items()}
        return self._finish(values) if self._after else values

    def whole(self, raw: bytes | msgspec.Raw) -> Any:
        """See `Reader`."""
        values = self.values(raw)
        plain = self._object(raw)
        for name, field in self._fields.items():
            if (
                name not in plain
                and name in values
                and field.default is not NO_DEFAULT
                and field.default is not None
            ):
                plain[name] = copy.deepcopy(field.default)
            elif name in plain and field.nested is not None:
                plain[name] = values[name]
        return plain

    def convert(self, value: Any, prefix: str) -> dict[str, Any]:
        """An object inside another: names beyond the schema stay in it."""
        if not isinstance(value, dict):
            raise InputInvalid((_no_object(value, prefix, self._where),))
        found, problems = self._convert(value, prefix)
        if problems:
            raise InputInvalid(tuple(problems))
        return {**value, **found}

    def _finish(self, values: dict[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        for name, after in self._after.items():
            value = values[name]
            if value is None and not self._fields[name].is_required:
                continue
            try:
                values[name] = after(value, self._where, f"/{escape(name)}")
            except InputInvalid as error:
                problems.extend(error.problems)
        if problems:
            raise InputInvalid(tuple(problems))
        return values

    def _explain(self, raw: bytes | msgspec.Raw, error: Exception) -> dict[str, Any]:
        """The quick decode failed: find every problem; without one, the values are good after all."""
        value = self._object(raw)
        found, problems = self._convert(value, "")
        if problems:
            raise InputInvalid(self._wording.of(problems, value)) from error
        return found

    def _convert(self, value: dict[str, Any], prefix: str) -> tuple[dict[str, Any], list[Problem]]:
        found: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, field in self._fields.items():
            here = f"{prefix}/{escape(name)}"
            if name not in value:
                if field.is_required:
                    problems.append(
                        Problem(path=here, message="is required", where=self._where, keyword="required")
                    )
                else:
                    found[name] = copy.deepcopy(field.default)
                continue
            try:
                item = convert_any(value[name], field.type, is_strict=self._is_strict)
                after = self._after.get(name)
                is_kept = after is None or (item is None and not field.is_required)
                found[name] = item if after is None or is_kept else after(item, self._where, here)
            except InputInvalid as error:
                problems.extend(error.problems)
            except (msgspec.ValidationError, ValueError) as error:
                problems.extend(problems_of(error, where=self._where, prefix=here))
        return found, problems


class ModelReader(_Plain):
    """Reads an instance of a type."""

    def __init__(self, form: Form, *, where: str, is_strict: bool) -> None:
        super().__init__(form, where)
        self._type = form.model
        self._is_strict = is_strict
        self._names = form.names or {}
        self._adapter = adapter_of(form.model) if form.has_pydantic else None
        self._decoder: Any = (
            None
            if self._adapter is not None
            else msgspec.json.Decoder(form.model, strict=is_strict, dec_hook=decode_hook)
        )
        self._fill = _filler(form.schema(), form.defs)

    def instance(self, raw: bytes | msgspec.Raw) -> Any:
        """An instance of the type.

        Raises:
            InputInvalid: The input does not fit.
        """
        try:
            if self._adapter is None:
                return self._decoder.decode(raw)
            if self._is_strict:
                return self._adapter.validate_json(bytes(raw))
            return self._adapter.validate_python(self._decode(raw))
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            raise InputInvalid(self._explained(error, self._decode(raw))) from error

    def _explained(self, error: Exception, value: Any) -> tuple[Problem, ...]:
        # msgspec stops at the first fault, and is as strict as its schema: that finds the others too.
        if self._adapter is None and self._is_strict and (every := self._wording.problems(value)):
            return tuple(every)
        return self._wording.of(problems_of(error, where=self._where), value)

    def values(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        """See `Reader`."""
        instance = self.instance(raw)
        if isinstance(instance, dict):
            return instance
        return {name: getattr(instance, attribute) for name, attribute in self._names.items()}

    def whole(self, raw: bytes | msgspec.Raw) -> Any:
        """See `Reader`."""
        instance = self.instance(raw)
        if self._adapter is not None:
            return self._adapter.dump_python(instance, mode="json", by_alias=True)
        return self._fill(self._decode(raw))


class JsonReader(_Plain):
    """Reads what a JSON Schema describes: the engine checked it, so defaults are all there is to do."""

    def __init__(self, form: Form, *, where: str, must_check: bool) -> None:
        super().__init__(form, where)
        self._check = _checker(form.schema(), where) if must_check else None
        self._fill = _filler(form.json, form.json.get("$defs", {}))

    def values(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        """See `Reader`."""
        value = self.whole(raw)
        if not isinstance(value, dict):
            self._object(raw)
        return value

    def whole(self, raw: bytes | msgspec.Raw) -> Any:
        """See `Reader`."""
        value = self._fill(self._decode(raw))
        if self._check is not None:
            self._check(value)
        return value


def convert_any(value: Any, kind: Any, *, is_strict: bool = True) -> Any:
    """A plain JSON value as an instance of `kind`; unions that msgspec refuses are tried in order.

    Raises:
        ValueError: It does not fit (msgspec's and pydantic's errors are of this class).
    """
    if kind is Any or kind is object:
        return value
    if has_pydantic(kind):
        adapter = adapter_of(kind)
        return adapter.validate_python(value)
    try:
        return msgspec.convert(value, kind, strict=is_strict, dec_hook=decode_hook)
    except TypeError:
        members = get_args(kind)
        for member in members:
            try:
                return convert_any(value, member, is_strict=is_strict)
            except ValueError:
                continue
        raise msgspec.ValidationError(f"fits none of {', '.join(map(str, members))}") from None


def can_convert(kind: Any) -> bool:
    """Whether msgspec can decode `kind` in one go (a union of two kinds of text it cannot)."""
    try:
        msgspec.json.Decoder(kind, dec_hook=decode_hook)
    except TypeError:
        return False
    return True


def _struct_of(fields: Mapping[str, Field]) -> tuple[Any, dict[str, str]]:
    """A struct that decodes all fields at once; and the attribute of each name."""
    attributes: dict[str, str] = {}
    definitions: list[Any] = []
    for index, (name, field) in enumerate(fields.items()):
        is_usable = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
        attribute = name if is_usable else f"f{index}_"
        attributes[name] = attribute
        kind = (
            field.type
            if can_convert(field.type) and not is_pydantic(get_origin(field.type) or field.type)
            else Any
        )
        if field.is_required:
            definitions.append((attribute, kind))
        else:
            definitions.append((attribute, kind, _struct_default(field.default)))
    rename = {attribute: name for name, attribute in attributes.items() if attribute != name}
    struct = msgspec.defstruct("Input", definitions, kw_only=True, rename=rename or None, gc=False)
    return struct, attributes


def _struct_default(default: Any) -> Any:
    if isinstance(default, str | int | float | bool | type(None)):
        return default
    return msgspec.field(default_factory=lambda: copy.deepcopy(default))


def _after(field: Field) -> Callable[[Any, str, str], Any] | None:
    """What is left to do to a field after the quick decode."""
    if field.nested is not None:
        nested = field.nested
        readers: dict[str, FieldsReader] = {}

        def convert(value: Any, where: str, path: str) -> Any:
            if where not in readers:
                readers[where] = FieldsReader(nested, where=where, is_strict=True, must_check=False)
            return readers[where].convert(value, path)

        return convert
    kind = field.type
    if kind is Any:
        fill = _filler(field.json, field.json.get("$defs", {}))
        return None if fill is _same else lambda value, where, path: fill(value)
    if not can_convert(kind) or is_pydantic(kind):

        def validate(value: Any, where: str, path: str) -> Any:
            if is_pydantic(kind) and isinstance(value, kind):
                return value
            try:
                return convert_any(value, kind)
            except ValueError as error:
                raise InputInvalid(tuple(problems_of(error, where=where, prefix=path))) from error

        return validate
    return None


def _same(value: Any) -> Any:
    return value


def _filler(schema: Any, defs: Mapping[str, Any], depth: int = 0) -> Callable[[Any], Any]:
    """A function that applies the defaults of a JSON Schema to a fresh value, in place."""
    if not isinstance(schema, Mapping) or depth > 16:
        return _same
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _filler(defs.get(reference.rpartition("/")[2]), defs, depth + 1)
    properties = schema.get("properties")
    defaults: dict[str, Any] = {}
    inner: dict[str, Callable[[Any], Any]] = {}
    for name, part in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(part, Mapping) and "default" in part:
            defaults[name] = part["default"]
        if (fill := _filler(part, defs, depth + 1)) is not _same:
            inner[name] = fill
    items = _filler(schema.get("items"), defs, depth + 1)
    if not defaults and not inner and items is _same:
        return _same

    def fill_all(value: Any) -> Any:
        if isinstance(value, dict):
            for name, default in defaults.items():
                if name not in value:
                    value[name] = copy.deepcopy(default)
            for name, fill in inner.items():
                if name in value:
                    value[name] = fill(value[name])
        elif isinstance(value, list) and items is not _same:
            return [items(item) for item in value]
        return value

    return fill_all


def _checker(schema: dict[str, Any], where: str) -> Callable[[Any], None]:
    """Check against a JSON Schema here, because the engine does not for this step."""
    wording = Wording(lambda: schema, where=where)

    def check(value: Any) -> None:
        if problems := wording.problems(value):
            raise InputInvalid(tuple(problems))

    return check


def _no_object(value: Any, path: str, where: str) -> Problem:
    (problem,) = Wording(lambda: {"type": "object"}, where=where).problems(value)
    return msgspec.structs.replace(problem, path=path)
