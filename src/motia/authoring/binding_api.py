"""How a request becomes the arguments of an api handler. Decided once, at load.

A name is looked for in the path, then in the query, then in the body. `request`, `body`, `params`,
`query`, `headers` and `ctx` are the parts themselves. What no schema names comes from the handler's
annotations: a model is the body, other names are the query (GET, HEAD, DELETE, OPTIONS) or the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

import msgspec

from motia.authoring.binding import (
    Arguments,
    Mismatch,
    converter_of,
    needs_instance,
    whole_reader,
)
from motia.authoring.context import context_of
from motia.authoring.errors import InputInvalid
from motia.authoring.invocation import Invocation
from motia.authoring.models import NO_DEFAULT, bare, has_pydantic, is_model
from motia.authoring.readers import Reader, reader_of
from motia.authoring.request import Request, UploadedFile
from motia.authoring.schemas import (
    Form,
    SchemaUnreadable,
    field_of_hint,
    fields_form,
    form_of,
    set_default,
)
from motia.authoring.signatures import Parameter, Signature, is_context, is_request
from motia.model import Problem

PARTS = ("params", "query", "body", "headers")
BODYLESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
PATH_NAME = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)")

BindRequest = Callable[[Request, Invocation], Arguments]
_Getter = Callable[[Request, dict[str, dict[str, Any]]], Any]


class ApiBinding(msgspec.Struct):
    """How an api handler is called. `schemas`: JSON Schema by part, `response` too."""

    bind: BindRequest
    schemas: dict[str, dict[str, Any]]
    worker_validates: bool
    mismatches: list[Mismatch]


class _Plan:
    """What is known about the parts of the request while the parameters are gone through."""

    def __init__(self, signature: Signature, method: str, path: str, schema: Mapping[str, Any]) -> None:
        self.method = method
        self.path_names = PATH_NAME.findall(path)
        self.forms: dict[str, Form] = {}
        self.hinted: dict[str, list[Parameter]] = {"params": [], "query": [], "body": []}
        self.mismatches: list[Mismatch] = []
        self.response: dict[str, Any] | None = None
        for part, form in schema.items():
            if form is None:
                continue
            understood = form_of(form, place=f"schema.{part}")
            if part == "response":
                self.response = understood.schema()
            else:
                self.forms[part] = understood
        self.parameters = [p for p in signature.parameters if not is_context(p)]
        self.contexts = [p for p in signature.parameters if is_context(p)]
        self.takes_rest = signature.takes_rest
        self._check_params_schema()

    def _check_params_schema(self) -> None:
        names = self.forms["params"].names if "params" in self.forms else None
        for name in names or ():
            if name not in self.path_names:
                self.mismatches.append(
                    Mismatch(
                        f"schema.params names {name!r}, which is not in the path",
                        f"the path has {', '.join(self.path_names) or 'no parameters'}",
                    )
                )

    def place_of(self, parameter: Parameter) -> tuple[str, str] | None:
        """`(how, part)` for a parameter: part, name, whole or file; None when nothing fits."""
        name = parameter.name
        if is_request(parameter):
            return "request", ""
        if name in PARTS:
            return "part", name
        if _is_upload(parameter.hint):
            return "file", "body"
        if name in self.path_names:
            return "name", "params"
        for part in ("query", "body"):
            if part in self.forms and name in (self.forms[part].names or ()):
                return "name", part
        return self._undeclared(parameter)

    def _undeclared(self, parameter: Parameter) -> tuple[str, str] | None:
        has_body = self.method not in BODYLESS
        if is_model(parameter.hint):
            return "whole", "body" if has_body else "query"
        if "query" not in self.forms and (not has_body or "body" in self.forms):
            return "hint", "query"
        if has_body and "body" not in self.forms:
            return "hint", "body"
        open_part = next(
            (p for p in ("query", "body") if p in self.forms and self.forms[p].names is None), None
        )
        if open_part is not None:
            return "name", open_part
        if parameter.default is not NO_DEFAULT:
            return "default", ""
        return None


def bind_api(signature: Signature, *, method: str, path: str, schema: Any) -> ApiBinding:
    """The binding of an api handler.

    Args:
        signature: What the handler takes.
        method: In upper case.
        path: With `:name` for parameters.
        schema: A dict of part (body, query, params, headers, response) to form, or None.

    Raises:
        SchemaUnreadable: A schema, or an annotation that stands for one, cannot be read.
    """
    _check_parts(schema)
    if signature.error and any(p.name not in PARTS for p in signature.parameters):
        raise SchemaUnreadable(
            f"an annotation of the handler cannot be read ({signature.error})",
            "import the name at the top of the file, not only for type checking",
        )
    plan = _Plan(signature, method, path, schema or {})
    if signature.takes_args:
        plan.mismatches.append(Mismatch("a handler cannot take *args: arguments are bound by name"))
    places = {p.name: plan.place_of(p) for p in plan.parameters}
    _add_hinted_forms(plan, places)
    _add_whole_form(plan, places)
    for parameter in plan.parameters:
        if places[parameter.name] is None:
            plan.mismatches.append(_no_place(parameter, plan))
    validates = any(form.has_pydantic for form in plan.forms.values()) or any(
        has_pydantic(p.hint) for p in plan.parameters
    )
    readers = _readers_of(plan, must_check=validates)
    getters = {
        p.name: _getter_of(p, place, plan, readers)
        for p in plan.parameters
        if (place := places[p.name]) is not None and place[0] != "default"
    }
    bind = _compile(plan, getters, readers, places)
    schemas = {part: form.schema() for part, form in plan.forms.items()}
    if plan.response is not None:
        schemas["response"] = plan.response
    return ApiBinding(bind, schemas, validates, plan.mismatches)


def _check_parts(schema: Any) -> None:
    if schema is None:
        return
    if not isinstance(schema, Mapping):
        raise SchemaUnreadable(
            f"schema of an api step is {schema!r}",
            "write schema={'body': …, 'query': …, 'params': …, 'headers': …, 'response': …}",
        )
    for part in schema:
        if part not in (*PARTS, "response"):
            raise SchemaUnreadable(
                f"schema has the part {part!r}, which a request does not have",
                "the parts are body, query, params, headers and response",
            )


def _add_hinted_forms(plan: _Plan, places: Mapping[str, tuple[str, str] | None]) -> None:
    """Schemas of the parts that the handler's annotations describe."""
    for parameter in plan.parameters:
        place = places[parameter.name]
        if place is None or place[1] not in plan.hinted:
            continue
        if place[0] == "hint" or (place == ("name", "params") and "params" not in plan.forms):
            plan.hinted[place[1]].append(parameter)
        elif place[0] == "name" and parameter.default is not NO_DEFAULT:
            field = (plan.forms[place[1]].fields or {}).get(parameter.name)
            if field is not None and (field.is_required or field.default is None):
                set_default(field, parameter.default)
    for part, parameters in plan.hinted.items():
        if not parameters:
            continue
        defs: dict[str, Any] = {}
        fields = {}
        for p in parameters:
            hint = str if part == "params" and not p.has_hint else p.hint
            fields[p.name] = field_of_hint(p.name, hint, p.default, defs, place="the handler")
        plan.forms[part] = fields_form(fields, defs)


def _add_whole_form(plan: _Plan, places: Mapping[str, tuple[str, str] | None]) -> None:
    for parameter in plan.parameters:
        place = places[parameter.name]
        if place is None:
            continue
        is_part = place[0] == "part" and is_model(parameter.hint)
        if (place[0] == "whole" or is_part) and place[1] not in plan.forms:
            plan.forms[place[1]] = form_of(
                bare(parameter.hint), place=f"the annotation of {parameter.name!r}"
            )


def _no_place(parameter: Parameter, plan: _Plan) -> Mismatch:
    known = [*plan.path_names]
    for part in ("query", "body"):
        known += list((plan.forms[part].names or ()) if part in plan.forms else ())
    return Mismatch(
        f"the parameter {parameter.name!r} is neither in the path nor in the query nor in the body",
        f"known names are {', '.join(known) or 'none'}, and request, body, params, query, headers, ctx",
    )


def _readers_of(plan: _Plan, *, must_check: bool) -> dict[tuple[str, bool], Reader]:
    readers = {}
    for part, form in plan.forms.items():
        # Text stands for numbers in URLs, headers and forms; a JSON body is read strictly.
        for is_strict in (True, False) if part == "body" else (False,):
            readers[part, is_strict] = reader_of(form, where=part, is_strict=is_strict, must_check=must_check)
    return readers


def _getter_of(
    parameter: Parameter,
    place: tuple[str, str],
    plan: _Plan,
    readers: Mapping[tuple[str, bool], Reader],
) -> _Getter:
    how, part = place
    name = parameter.name
    if how == "request":
        return lambda request, _: request
    if how == "file":
        return _file_getter(parameter)
    if how == "part" and part not in plan.forms:
        return lambda request, _: getattr(request, part)
    if how in ("whole", "part"):
        return _whole_getter(parameter, part, plan, readers)
    form = plan.forms[part]
    wanted = needs_instance(parameter, form)
    convert = converter_of(parameter, where=part) if wanted is not None else None
    attribute = (form.names or {}).get(name, name)

    def get(_: Request, values: dict[str, dict[str, Any]]) -> Any:
        found = values[part]
        value = found.get(name, found.get(attribute, NO_DEFAULT))
        return value if convert is None or value is NO_DEFAULT else convert(value)

    return get


def _whole_getter(
    parameter: Parameter, part: str, plan: _Plan, readers: Mapping[tuple[str, bool], Reader]
) -> _Getter:
    form, kind = plan.forms[part], bare(parameter.hint)
    is_instance = is_model(kind)
    own: dict[bool, Callable[[Any], Any]] = {}
    for is_strict in (True, False):
        known = readers.get((part, is_strict))
        if known is None:
            continue
        if is_instance and (form.model is None or bare(form.model) is not kind):
            model = reader_of(form_of(kind), where=part, is_strict=is_strict)
            own[is_strict] = whole_reader(model, known, is_instance=True)
        else:
            own[is_strict] = whole_reader(known, None, is_instance=is_instance)
    is_needed = parameter.default is NO_DEFAULT

    def get(request: Request, _: dict[str, dict[str, Any]]) -> Any:
        if part != "body":
            return own[False](request.part_json(part))
        raw = request.body_json()
        if raw is None or not raw:
            if not is_needed:
                return NO_DEFAULT
            if request.media in ("none", "json"):
                raise InputInvalid((_missing_body(),))
            return request.body
        value = own[request.media == "json"](raw)
        return (
            {**value, **request.files} if request.media == "multipart" and isinstance(value, dict) else value
        )

    return get


def _file_getter(parameter: Parameter) -> _Getter:
    is_list = get_origin(bare(parameter.hint)) is list

    def get(request: Request, _: dict[str, dict[str, Any]]) -> Any:
        found = request.files.get(parameter.name)
        if found is None:
            if parameter.default is not NO_DEFAULT:
                return NO_DEFAULT
            message = "is required (a file of a multipart/form-data body)"
            path = f"/{parameter.name}"
            raise InputInvalid((Problem(path=path, message=message, where="body", keyword="required"),))
        if is_list:
            return found if isinstance(found, list) else [found]
        return found[-1] if isinstance(found, list) else found

    return get


def _compile(
    plan: _Plan,
    getters: Mapping[str, _Getter],
    readers: Mapping[tuple[str, bool], Reader],
    places: Mapping[str, tuple[str, str] | None],
) -> BindRequest:
    named = {place[1] for place in places.values() if place is not None and place[0] in ("name", "hint")}
    parts = tuple(part for part in PARTS if part in named)
    # A part that nobody takes by name is read all the same when it is the worker that must check it.
    checked = tuple(
        part for part in PARTS if part in plan.forms and part not in named and plan.forms[part].has_pydantic
    )
    needed = tuple(p for p in plan.parameters if p.default is NO_DEFAULT and p.name in getters)
    positional = tuple(p.name for p in plan.parameters if p.is_positional_only)
    contexts = tuple(p.name for p in plan.contexts)
    items = tuple(getters.items())

    def bind(request: Request, invocation: Invocation) -> Arguments:
        values = _read_parts(parts, request, readers) if parts else {}
        if checked:
            _read_parts(checked, request, readers)
        kwargs: dict[str, Any] = {}
        for name, get in items:
            value = get(request, values)
            if value is not NO_DEFAULT:
                kwargs[name] = value
        missing = [p for p in needed if p.name not in kwargs]
        if missing:
            raise InputInvalid(tuple(_missing(p, places) for p in missing))
        if plan.takes_rest:
            kwargs = {**_rest(request), **kwargs}
        args = tuple(kwargs.pop(name) for name in positional if name in kwargs)
        for name in contexts:
            kwargs[name] = context_of(invocation)
        return args, kwargs

    return bind


def _read_parts(
    parts: tuple[str, ...], request: Request, readers: Mapping[tuple[str, bool], Reader]
) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for part in parts:
        try:
            if part == "body":
                raw = request.body_json()
                if not raw and request.media in ("text", "bytes"):
                    raise InputInvalid((_missing_body("a JSON or form body is expected"),))
                values[part] = readers[part, request.media in ("json", "none")].values(raw or b"{}")
            else:
                values[part] = readers[part, False].values(request.part_json(part))
        except InputInvalid as error:
            problems.extend(error.problems)
    if problems:
        raise InputInvalid(tuple(problems))
    return values


def _rest(request: Request) -> dict[str, Any]:
    body = request.body if request.media in ("json", "form", "multipart") else None
    known: dict[str, Any] = {**(body if isinstance(body, dict) else {}), **request.query, **request.params}
    return known


def _missing(parameter: Parameter, places: Mapping[str, tuple[str, str] | None]) -> Problem:
    place = places[parameter.name]
    where = place[1] if place is not None else "body"
    return Problem(path=f"/{parameter.name}", message="is required", where=where, keyword="required")


def _missing_body(message: str = "a body is required") -> Problem:
    return Problem(path="", message=message, where="body", keyword="required")


def _is_upload(hint: Any) -> bool:
    kind = bare(hint)
    return kind is UploadedFile or (get_origin(kind) is list and get_args(kind) == (UploadedFile,))
