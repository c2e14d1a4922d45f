"""The decorators `api`, `event`, `cron`, `noop`, `on_start`, `on_stop`.

A decorated function stays what it was and can be called directly, in a unit test for instance.
What is wrong with a declaration is found here, all of it at once, and never when the step runs.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from motia.authoring import options as check
from motia.authoring.binding import Mismatch, bind_event, bind_nothing
from motia.authoring.binding_api import bind_api
from motia.authoring.options import OptionWrong, closest
from motia.authoring.registry import Hook, StepDefinition, add_faults, add_hook, add_step, relative
from motia.authoring.schemas import SchemaUnreadable, form_of
from motia.authoring.signatures import signature_of
from motia.model import CatchUp, LoadFault, OnDead, Overlap, RequestSchemas, Source, StepKind, StepSpec

if TYPE_CHECKING:  # editors and type checkers see the names; loading a step costs nothing more
    from typing import Unpack

    from motia.authoring.declared import ApiOptions, CronOptions, EventOptions, NoopOptions

F = TypeVar("F", bound=Callable[..., Any])

_COMMON: dict[str, Callable[[Any], Any]] = {
    "id": check.step_id,
    "description": lambda value: check.text(value, "description"),
    "flows": lambda value: check.ids(value, "flows"),
    "triggers": lambda value: check.ids(value, "triggers"),
    "on_error": lambda value: check.step_id(value, "on_error"),
    "timeout": lambda value: check.duration_ms(value, "timeout"),
}
_EVENT: dict[str, Callable[[Any], Any]] = {
    **_COMMON,
    "schema": lambda value: value,
    "topics": lambda value: check.ids(value, "topics"),
    "concurrency": check.concurrency,
    "retries": lambda value: check.whole_number(value, "retries", least=0),
    "backoff": check.backoff,
    "key": lambda value: check.filled_text(value, "key"),
    "on_dead": lambda value: OnDead(check.one_of(value, "on_dead", OnDead)),
    "queue_depth": lambda value: check.whole_number(value, "queue_depth", least=1),
}
_OPTIONS: dict[StepKind, dict[str, Callable[[Any], Any]]] = {
    StepKind.API: {
        **_COMMON,
        "method": check.method,
        "path": check.path,
        "schema": lambda value: value,
        "middleware": check.middleware,
    },
    StepKind.EVENT: _EVENT,
    StepKind.CRON: {
        **_COMMON,
        "schedule": lambda value: check.filled_text(value, "schedule"),
        "timezone": check.timezone,
        "catch_up": lambda value: CatchUp(check.one_of(value, "catch_up", CatchUp)),
        "overlap": lambda value: Overlap(check.one_of(value, "overlap", Overlap)),
        "retries": _EVENT["retries"],
        "backoff": check.backoff,
        "concurrency": check.concurrency,
    },
    StepKind.NOOP: {
        **_COMMON,
        "triggered_by": lambda value: check.ids(value, "triggered_by"),
        "topics": _EVENT["topics"],
        "schema": lambda value: value,
    },
}
_REQUIRED = {
    StepKind.API: ("id", "path"),
    StepKind.EVENT: ("id",),
    StepKind.CRON: ("id", "schedule"),
    StepKind.NOOP: ("id",),
}
_ALIASES = {"timeout": "timeout_ms"}


def api(**options: Unpack[ApiOptions]) -> Callable[[F], F]:
    """Make a function the handler of an HTTP request.

    Args:
        **options: `id`, `path` (`/users/:id`), `method` (GET unless said), `schema` (`body`,
            `query`, `params`, `headers`, `response`), `middleware`, and the common ones:
            `description`, `flows`, `triggers`, `on_error`, `timeout`.
    """
    return _decorator(StepKind.API, dict(options))


def event(**options: Unpack[EventOptions]) -> Callable[[F], F]:
    """Make a function the handler of an event: of its id, and of the topics it subscribes to.

    Args:
        **options: `id`, `schema`, `topics`, `concurrency`, `retries`, `backoff`, `key`, `on_dead`,
            `queue_depth`, and the common ones: `description`, `flows`, `triggers`, `on_error`, `timeout`.
    """
    return _decorator(StepKind.EVENT, dict(options))


def cron(**options: Unpack[CronOptions]) -> Callable[[F], F]:
    """Make a function the handler of a schedule.

    Args:
        **options: `id`, `schedule` (5 or 6 fields, `@daily`…), `timezone` (UTC unless said),
            `catch_up`, `overlap`, `retries`, `backoff`, `concurrency`, and the common ones:
            `description`, `flows`, `triggers`, `on_error`, `timeout`.
    """
    return _decorator(StepKind.CRON, dict(options))


def noop(**options: Unpack[NoopOptions]) -> Callable[[F], F]:
    """Declare a step that happens outside: a person, another system. It has no handler.

    Args:
        **options: `id`, `triggers`, `triggered_by`, `topics`, `schema`, and the common ones:
            `description`, `flows`, `on_error`, `timeout`.

    Returns:
        A decorator that leaves its function alone, for those who like to hang the declaration on one.
    """
    frame = sys._getframe(1)
    source = Source(file=relative(frame.f_code.co_filename), line=frame.f_lineno)
    faults = _Faults(source, StepKind.NOOP)
    values = _read_options(StepKind.NOOP, dict(options), faults)
    schema = _noop_schema(values.pop("schema", None), faults)
    _finish(StepKind.NOOP, values, source, faults, schema=schema, function=None, form="none")
    return lambda function: function


def on_start(function: Callable[[], Any] | None = None) -> Any:
    """Run a function once per worker process, before its first step; async or plain, no arguments."""
    return _hook("start", function)


def on_stop(function: Callable[[], Any] | None = None) -> Any:
    """Run a function once per worker process, after its last step; async or plain, no arguments."""
    return _hook("stop", function)


class _Faults:
    """What is wrong with one declaration."""

    def __init__(self, source: Source, kind: StepKind) -> None:
        self._source = source
        self._kind = kind
        self.id = ""
        self.found: list[LoadFault] = []

    def add(self, code: str, message: str, hint: str = "", severity: str = "error") -> None:
        name = f"{self._kind} step {self.id!r}" if self.id else f"{self._kind} step"
        self.found.append(
            LoadFault(
                code=code,
                file=self._source.file,
                line=self._source.line,
                message=f"{name}: {message}",
                hint=hint,
                severity=severity,
            )
        )

    @property
    def has_errors(self) -> bool:
        return any(fault.severity == "error" for fault in self.found)


def _decorator(kind: StepKind, options: dict[str, Any]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        source = _source_of(function)
        faults = _Faults(source, kind)
        if not callable(function) or isinstance(function, type):
            faults.add("not-a-function", f"the decorator stands on {function!r}", "put it on a function")
            add_faults(faults.found)
            return function
        _define(kind, options, function, source, faults)
        return function

    return decorate


def _define(
    kind: StepKind, options: dict[str, Any], function: Callable[..., Any], source: Source, faults: _Faults
) -> None:
    values = _read_options(kind, options, faults)
    form = _form_of(function)
    if form.endswith("generator") and kind is not StepKind.API:
        faults.add(
            "generator-handler",
            "the handler is a generator: only api handlers stream",
            "return the result instead of yielding it",
        )
    if "description" not in values and (doc := inspect.getdoc(function)):
        values["description"] = doc.split("\n\n")[0].replace("\n", " ")
    schema = values.pop("schema", None)
    middleware = values.pop("middleware", ())
    bound: dict[str, Any] = {}
    try:
        signature = signature_of(function)
        if kind is StepKind.API:
            binding = bind_api(
                signature, method=values.get("method", "GET"), path=values.get("path", "/"), schema=schema
            )
            values["method"] = values.get("method", "GET")
            values["request"] = _request_schemas(binding.schemas)
            values["worker_validates"] = binding.worker_validates
            bound["bind_request"] = binding.bind
            mismatches = binding.mismatches
        else:
            plain = bind_nothing(signature) if kind is StepKind.CRON else bind_event(signature, schema)
            values["worker_validates"] = plain.worker_validates
            bound["bind"] = plain.bind
            bound["schema"] = plain.schema
            mismatches = plain.mismatches
        _add_mismatches(mismatches, faults)
    except SchemaUnreadable as error:
        faults.add("schema-unreadable", str(error), error.hint)
    _finish(kind, values, source, faults, function=function, form=form, middleware=middleware, **bound)


def _read_options(kind: StepKind, options: dict[str, Any], faults: _Faults) -> dict[str, Any]:
    known = _OPTIONS[kind]
    given = options.get("id")
    faults.id = given if isinstance(given, str) else ""
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name not in known:
            faults.add("unknown-option", f"there is no option {name!r}", closest(name, known))
        elif value is not None:
            try:
                values[_ALIASES.get(name, name)] = known[name](value)
            except OptionWrong as error:
                faults.add("invalid-option", str(error), error.hint)
    for name in _REQUIRED[kind]:
        if options.get(name) is None:
            faults.add("missing-option", f"the option {name!r} is missing", f"write @{kind}({name}=…)")
    return values


def _add_mismatches(mismatches: list[Mismatch], faults: _Faults) -> None:
    for mismatch in mismatches:
        faults.add(mismatch.code, mismatch.message, mismatch.hint, mismatch.severity)


def _finish(
    kind: StepKind,
    values: dict[str, Any],
    source: Source,
    faults: _Faults,
    *,
    function: Callable[..., Any] | None,
    form: str,
    schema: dict[str, Any] | None = None,
    bind: Any = None,
    bind_request: Any = None,
    middleware: tuple[Callable[..., Any], ...] = (),
) -> None:
    if not faults.has_errors:
        raw = None if schema is None else msgspec.Raw(msgspec.json.encode(schema))
        spec = StepSpec(kind=kind, language="python", source=source, schema=raw, **values)
        add_step(
            StepDefinition(
                spec=spec,
                function=function,
                form=form,
                bind=bind,
                bind_request=bind_request,
                middleware=middleware,
            )
        )
    if faults.found:
        add_faults(faults.found)


def _request_schemas(schemas: dict[str, dict[str, Any]]) -> RequestSchemas | None:
    if not schemas:
        return None
    return RequestSchemas(
        **{part: msgspec.Raw(msgspec.json.encode(schema)) for part, schema in schemas.items()}
    )


def _noop_schema(form: Any, faults: _Faults) -> dict[str, Any] | None:
    try:
        return None if form is None else form_of(form).schema()
    except SchemaUnreadable as error:
        faults.add("schema-unreadable", str(error), error.hint)
        return None


def _source_of(function: Any) -> Source:
    target = inspect.unwrap(function) if callable(function) else function
    code = getattr(target, "__code__", None) or getattr(type(target).__call__, "__code__", None)
    if code is None:
        frame = sys._getframe(2)
        return Source(file=relative(frame.f_code.co_filename), line=frame.f_lineno)
    name = getattr(target, "__qualname__", type(target).__name__)
    return Source(file=relative(os.fspath(code.co_filename)), line=code.co_firstlineno, function=name)


def _form_of(function: Callable[..., Any]) -> str:
    target: Any = function
    if not inspect.isroutine(function):
        target = type(function).__call__
    if inspect.isasyncgenfunction(target):
        return "async_generator"
    if inspect.isgeneratorfunction(target):
        return "generator"
    return "async" if inspect.iscoroutinefunction(target) else "plain"


def _hook(when: str, function: Callable[[], Any] | None) -> Any:
    if function is None:
        return lambda one: _hook(when, one)
    source = _source_of(function)
    needed = [
        p
        for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.kind not in (2, 4)
    ]
    if needed:
        message = f"on_{when}: the function takes {needed[0].name!r}"
        add_faults(
            [
                LoadFault(
                    code="signature-mismatch",
                    file=source.file,
                    line=source.line,
                    message=message,
                    hint="a hook takes no arguments",
                )
            ]
        )
        return function
    add_hook(Hook(when, function, source.file, source.line))
    return function
