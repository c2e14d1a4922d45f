"""Errors that the authoring library raises at an author's code, beside those of `motia.model`.

MotiaError
├── AuthorError
│   └── StepFault          a decorator was used wrongly; outside a worker it is raised, inside it becomes a fault
├── CallerError
│   ├── ValueNotJson       a payload, result or state value is not JSON
│   ├── InputInvalid       the input of a handler does not fit its schema; `problems` lists every place
│   ├── NotInHandler       trigger, call or state were used outside a handler
│   ├── InvocationOver     … or after the handler was answered
│   └── CallFailed         the step that `call` ran failed; `error` is its final error
"""

from __future__ import annotations

from typing import Any

from motia.model import (
    AuthorError,
    CallerError,
    Draining,
    IdempotencyConflict,
    LedgerUnavailable,
    LoadFault,
    MotiaError,
    PayloadInvalid,
    PayloadTooLarge,
    Problem,
    QueueFull,
    RunConflict,
    RunNotFound,
    UnknownTarget,
    WorkerUnavailable,
    WorldError,
)


class StepFault(AuthorError):
    """A step is declared wrongly; `faults` lists everything that is wrong with it."""

    code = "step-fault"

    def __init__(self, faults: tuple[LoadFault, ...]) -> None:
        first = faults[0]
        super().__init__("; ".join(f"{f.file}:{f.line}: {f.message}" for f in faults), hint=first.hint)
        self.faults = faults


class ValueNotJson(CallerError):
    """A value cannot be written as JSON; the message names the place and the reason. Nothing was sent."""

    code = "value-not-json"


class InputInvalid(CallerError):
    """The input of a handler does not fit its schema; the handler was not entered."""

    code = "input-invalid"
    status = 422

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        places = "; ".join(f"{p.where}{p.path}: {p.message}" for p in problems[:5])
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        super().__init__(f"the input does not fit the schema: {places}{more}")
        self.problems = problems


class NotInHandler(CallerError):
    """There is no invocation here: nothing was sent."""

    code = "not-in-handler"


class InvocationOver(CallerError):
    """The handler that this code belongs to was answered already: nothing was sent."""

    code = "invocation-over"


class CallFailed(CallerError):
    """The called run failed for good. `error` is its final error: name, message, stack, kind."""

    code = "call-failed"

    def __init__(self, message: str, *, error: dict[str, Any] | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint, details=error)
        self.error = error or {}


_BY_CODE: dict[str, type[MotiaError]] = {
    cls.code: cls
    for cls in (
        PayloadTooLarge,
        UnknownTarget,
        IdempotencyConflict,
        RunNotFound,
        RunConflict,
        LedgerUnavailable,
        QueueFull,
        WorkerUnavailable,
        Draining,
        InvocationOver,
    )
}


def remote_error(
    code: str,
    message: str,
    *,
    kind: str,
    hint: str = "",
    problems: tuple[Problem, ...] = (),
    error: dict[str, Any] | None = None,
) -> MotiaError:
    """The exception for an error that the engine answered to a call.

    A code that this version does not know becomes a `CallerError` or, for `kind` world, a
    `WorldError` that carries the code.
    """
    if kind == "run":
        return CallFailed(message, error=error, hint=hint)
    if problems or code == PayloadInvalid.code:
        return PayloadInvalid(message, problems, hint=hint)
    known = _BY_CODE.get(code)
    if known is not None:
        return known(message, hint=hint)
    unknown = (WorldError if kind == "world" else CallerError)(message, hint=hint)
    unknown.code = code  # type: ignore[misc]  # the instance tells what the class cannot know
    return unknown
