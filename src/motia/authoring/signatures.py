"""The parameters of a handler, with their annotations resolved."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any, get_origin

import msgspec

from motia.authoring.context import Context
from motia.authoring.models import NO_DEFAULT, bare
from motia.authoring.request import Request


class Parameter(msgspec.Struct, frozen=True):
    """One parameter. `hint` is Any without an annotation; `is_positional_only`: it cannot be named in a call."""

    name: str
    hint: Any
    has_hint: bool
    default: Any
    is_positional_only: bool


class Signature(msgspec.Struct, frozen=True):
    """What a handler takes. `takes_rest`: it has `**kwargs`. `error`: an annotation cannot be read."""

    parameters: tuple[Parameter, ...]
    takes_rest: bool
    takes_args: bool
    error: str = ""


def signature_of(function: Callable[..., Any]) -> Signature:
    """The signature of a handler; decorators that keep `__wrapped__` are looked through."""
    raw = inspect.signature(function)
    hints, error = _hints_of(function)
    parameters: list[Parameter] = []
    takes_rest = takes_args = False
    for name, parameter in raw.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            takes_rest = True
        elif parameter.kind is parameter.VAR_POSITIONAL:
            takes_args = True
        else:
            parameters.append(
                Parameter(
                    name,
                    hints.get(name, Any),
                    name in hints,
                    NO_DEFAULT if parameter.default is parameter.empty else parameter.default,
                    parameter.kind is parameter.POSITIONAL_ONLY,
                )
            )
    return Signature(tuple(parameters), takes_rest, takes_args, error)


def is_context(parameter: Parameter) -> bool:
    """Whether a parameter takes the context: named `ctx`, or annotated with it."""
    return parameter.name == "ctx" or bare(parameter.hint) is Context


def is_request(parameter: Parameter) -> bool:
    """Whether a parameter takes the request: named `request`, or annotated with it."""
    return parameter.name == "request" or bare(parameter.hint) is Request


def is_open(hint: Any) -> bool:
    """Whether an annotation stands for any object: nothing, Any, dict, Mapping."""
    kind = bare(hint)
    kind = get_origin(kind) or kind
    return (
        kind is Any
        or kind is object
        or (isinstance(kind, type) and issubclass(kind, Mapping) and not _is_typed(kind))
    )


def _is_typed(kind: type) -> bool:
    return typing.is_typeddict(kind)


def _hints_of(function: Callable[..., Any]) -> tuple[dict[str, Any], str]:
    target = inspect.unwrap(function)
    try:
        hints = typing.get_type_hints(target, include_extras=True)
        return {name: hint for name, hint in hints.items() if name != "return"}, ""
    except Exception as error:  # an annotation is any code; what cannot be read is said, not raised
        plain = {
            name: hint
            for name, hint in getattr(target, "__annotations__", {}).items()
            if name != "return" and not isinstance(hint, str)
        }
        return plain, f"{type(error).__name__}: {error}"
