"""How an event's payload becomes the arguments of a handler. Decided once, at load.

Invariants
1. A binder that was compiled can fail at run time only with `InputInvalid`.
2. Binding looks at no signature and no annotation: everything is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from motia.authoring.context import context_of
from motia.authoring.errors import InputInvalid
from motia.authoring.invocation import Invocation
from motia.authoring.models import NO_DEFAULT, bare, has_pydantic, is_model, problems_of
from motia.authoring.readers import ModelReader, Reader, convert_any, reader_of
from motia.authoring.schemas import (
    Form,
    SchemaUnreadable,
    field_of_hint,
    fields_form,
    form_of,
    set_default,
)
from motia.authoring.signatures import Parameter, Signature, is_context, is_open
from motia.model import Problem

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
Bind = Callable[[msgspec.Raw, Invocation], Arguments]


class Mismatch(msgspec.Struct, frozen=True):
    """A disagreement between signature and schema."""

    message: str
    hint: str = ""
    code: str = "signature-mismatch"
    severity: str = "error"


class Binding(msgspec.Struct):
    """How an event handler is called. `schema` None: any payload."""

    bind: Bind
    schema: dict[str, Any] | None
    worker_validates: bool
    mismatches: list[Mismatch]


def bind_nothing(signature: Signature) -> Binding:
    """The binding of a cron handler: nothing, or the context."""
    mismatches = [
        Mismatch(
            f"a cron handler has no payload, so nothing fits the parameter {p.name!r}",
            "take no parameter, or ctx",
        )
        for p in signature.parameters
        if not is_context(p) and p.default is NO_DEFAULT
    ]
    contexts = [p for p in signature.parameters if is_context(p)]
    if signature.takes_args:
        mismatches.append(_no_args())

    def bind(_: msgspec.Raw, invocation: Invocation) -> Arguments:
        return _with_context(contexts, (), {}, invocation)

    return Binding(bind, None, False, mismatches)


def bind_event(signature: Signature, schema: Any) -> Binding:
    """The binding of an event handler.

    Args:
        signature: What the handler takes.
        schema: What the author gave, None when nothing.

    Raises:
        SchemaUnreadable: The schema, or an annotation that stands for it, cannot be read.
    """
    contexts = [p for p in signature.parameters if is_context(p)]
    parameters = [p for p in signature.parameters if not is_context(p)]
    mismatches = [_no_args()] if signature.takes_args else []
    if schema is None:
        form = _form_of_hints(parameters, signature)
    else:
        form = form_of(schema)
        _take_defaults(form, parameters)
    whole = _whole_parameter(parameters, form, signature)
    if whole is not None:
        bind, validates = _bind_whole(whole, form, contexts)
    else:
        mismatches += _disagreements(parameters, form, signature)
        bind, validates = _bind_names(parameters, form, signature, contexts)
    return Binding(bind, None if form is None else form.schema(), validates, mismatches)


def _form_of_hints(parameters: list[Parameter], signature: Signature) -> Form | None:
    if signature.error and parameters:
        raise SchemaUnreadable(
            f"an annotation of the handler cannot be read ({signature.error})",
            "import the name at the top of the file, not only for type checking",
        )
    if not parameters:
        return None
    if len(parameters) == 1 and not signature.takes_rest:
        (only,) = parameters
        if is_model(only.hint):
            return form_of(bare(only.hint), place=f"the annotation of {only.name!r}")
        if not only.has_hint:
            return None
        if is_open(only.hint):
            return Form(json={"type": "object"})
    defs: dict[str, Any] = {}
    fields = {p.name: field_of_hint(p.name, p.hint, p.default, defs, place="the handler") for p in parameters}
    return fields_form(fields, defs)


def _take_defaults(form: Form, parameters: list[Parameter]) -> None:
    """A default of the handler's makes the name optional in a dict of types."""
    for parameter in parameters:
        field = (form.fields or {}).get(parameter.name)
        if (
            field is not None
            and parameter.default is not NO_DEFAULT
            and (field.is_required or field.default is None)
        ):
            set_default(field, parameter.default)


def _whole_parameter(
    parameters: list[Parameter], form: Form | None, signature: Signature
) -> Parameter | None:
    """The parameter that gets the whole payload, if there is one."""
    names = form.names if form is not None else None
    free = [p for p in parameters if not names or p.name not in names]
    return free[0] if len(parameters) == 1 and free and not signature.takes_rest else None


def _disagreements(parameters: list[Parameter], form: Form | None, signature: Signature) -> list[Mismatch]:
    found: list[Mismatch] = []
    names = form.names if form is not None else None
    if names is None:
        return found
    found.extend(
        Mismatch(
            f"the parameter {parameter.name!r} is not in the schema, which has {_listed(names)}",
            f"add {parameter.name!r} to the schema, rename the parameter, or give it a default",
        )
        for parameter in parameters
        if parameter.name not in names and parameter.default is NO_DEFAULT
    )
    taken = {p.name for p in parameters}
    unused = [name for name in names if name not in taken]
    if form is not None and form.fields is not None and unused and parameters and not signature.takes_rest:
        found.append(
            Mismatch(
                f"the handler does not take {_listed(unused)} of the schema",
                "add a parameter, or **rest, or leave it out of the schema",
                code="payload-key-unused",
                severity="warning",
            )
        )
    return found


def _bind_whole(whole: Parameter, form: Form | None, contexts: list[Parameter]) -> tuple[Bind, bool]:
    kind = bare(whole.hint)
    is_instance = is_model(kind)
    validates = has_pydantic(kind) or (form is not None and form.has_pydantic)
    if is_instance and (form is None or form.model is None or bare(form.model) is not kind):
        own = form_of(kind, place=f"the annotation of {whole.name!r}")
    else:
        own = form if form is not None else Form()
    reader = reader_of(own, where="payload", must_check=validates)
    before = (
        reader_of(form, where="payload", must_check=validates)
        if form is not None and own is not form
        else None
    )
    read = whole_reader(reader, before, is_instance=is_instance)
    is_positional = whole.is_positional_only

    def bind(raw: msgspec.Raw, invocation: Invocation) -> Arguments:
        value = read(raw)
        if is_positional or not contexts:
            return _with_context(contexts, (value,), {}, invocation)
        return _with_context(contexts, (), {whole.name: value}, invocation)

    return bind, validates


def whole_reader(reader: Reader, before: Reader | None, *, is_instance: bool) -> Callable[[Any], Any]:
    """How a parameter gets a whole part: as an instance, after the schema `before` had its say."""

    def read(raw: Any) -> Any:
        if before is not None:
            raw = msgspec.json.encode(before.whole(raw))
        if is_instance and isinstance(reader, ModelReader):
            return reader.instance(raw)
        return reader.whole(raw)

    return read


def _bind_names(
    parameters: list[Parameter], form: Form | None, signature: Signature, contexts: list[Parameter]
) -> tuple[Bind, bool]:
    if form is None and not signature.takes_rest:
        return (lambda _, invocation: _with_context(contexts, (), {}, invocation)), False
    form = form or Form()
    converters = {
        p.name: converter_of(p, where="payload") for p in parameters if needs_instance(p, form) is not None
    }
    validates = form.has_pydantic or any(has_pydantic(p.hint) for p in parameters)
    reader = reader_of(form, where="payload", must_check=validates)
    names = tuple(p.name for p in parameters)
    takes_all = form.fields is not None and set(names) == set(form.fields)
    needed = tuple(p.name for p in parameters if p.default is NO_DEFAULT)
    positional = tuple(p.name for p in parameters if p.is_positional_only)

    def bind(raw: msgspec.Raw, invocation: Invocation) -> Arguments:
        values = reader.values(raw)
        if signature.takes_rest:
            values = {**reader.rest(raw), **values}
            require(needed, values, "payload")
        elif not takes_all:
            values = {name: values[name] for name in names if name in values}
            require(needed, values, "payload")
        if signature.takes_rest:
            for taken in contexts:
                values.pop(taken.name, None)
        for name, convert in converters.items():
            if name in values:
                values[name] = convert(values[name])
        args = tuple(values.pop(name) for name in positional)
        return _with_context(contexts, args, values, invocation) if contexts else (args, values)

    return bind, validates


def require(needed: tuple[str, ...], values: dict[str, Any], where: str) -> None:
    """Every parameter without a default has a value.

    Raises:
        InputInvalid: Names those that have none.
    """
    missing = [name for name in needed if name not in values]
    if missing:
        raise InputInvalid(
            tuple(
                Problem(path=f"/{name}", message="is required", where=where, keyword="required")
                for name in missing
            )
        )


def needs_instance(parameter: Parameter, form: Form) -> Any:
    """The model that a parameter wants where the schema gives a plain value; None: nothing to do."""
    if not is_model(parameter.hint):
        return None
    field = (form.fields or {}).get(parameter.name)
    if field is not None and field.type == parameter.hint:
        return None
    if form.model is not None:
        return None
    return parameter.hint


def converter_of(parameter: Parameter, *, where: str) -> Callable[[Any], Any]:
    """Makes the value of one name an instance of the parameter's annotation."""

    def convert(value: Any) -> Any:
        try:
            return convert_any(value, parameter.hint)
        except ValueError as error:
            raise InputInvalid(tuple(problems_of(error, where=where, prefix=f"/{parameter.name}"))) from error

    return convert


def _with_context(
    contexts: list[Parameter], args: tuple[Any, ...], kwargs: dict[str, Any], invocation: Invocation
) -> Arguments:
    for parameter in contexts:
        if parameter.is_positional_only:
            args = (*args, context_of(invocation))
        else:
            kwargs[parameter.name] = context_of(invocation)
    return args, kwargs


def _no_args() -> Mismatch:
    return Mismatch(
        "a handler cannot take *args: arguments are bound by name", "take the names of the payload, or **rest"
    )


def _listed(names: Any) -> str:
    return ", ".join(repr(name) for name in names) or "no names"
