"""What decorators make: step definitions, hooks and faults, collected while a file loads.

Outside a worker (a unit test that imports a step file) nothing collects: a wrong declaration raises
`StepFault` at once, and a right one leaves the function as it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import msgspec

from motia.authoring.binding import Bind
from motia.authoring.binding_api import BindRequest
from motia.authoring.errors import StepFault
from motia.model import LoadFault, StepSpec


class StepDefinition:
    """One step: what the manifest says of it, and how its handler is called."""

    __slots__ = ("bind", "bind_request", "form", "function", "middleware", "spec")

    def __init__(
        self,
        *,
        spec: StepSpec,
        function: Callable[..., Any] | None,
        form: str,
        bind: Bind | None = None,
        bind_request: BindRequest | None = None,
        middleware: tuple[Callable[..., Any], ...] = (),
    ) -> None:
        self.spec = spec
        self.function = function
        self.form = form
        """How the function runs: async, plain, async_generator, generator; none for a noop step."""
        self.bind = bind
        self.bind_request = bind_request
        self.middleware = middleware


class Hook(msgspec.Struct, frozen=True):
    """A function that runs once per worker: `start` before its first step, `stop` after its last."""

    when: str
    function: Callable[[], Any]
    file: str
    line: int


class Collector:
    """Gathers what the files of a project declare."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.steps: list[StepDefinition] = []
        self.hooks: list[Hook] = []
        self.faults: list[LoadFault] = []

    def relative(self, file: str) -> str:
        """`file` relative to the project, or as it is when it lies outside."""
        real = os.path.realpath(file)
        return os.path.relpath(real, self.root) if real.startswith(self.root + os.sep) else file


_active: list[Collector] = []


def activate(collector: Collector) -> None:
    """Let decorators tell `collector` from now on."""
    _active.append(collector)


def deactivate(collector: Collector) -> None:
    """Let decorators tell `collector` no more."""
    if collector in _active:
        _active.remove(collector)


def is_collecting() -> bool:
    """Whether a worker is loading step files."""
    return bool(_active)


def relative(file: str) -> str:
    """`file` as a fault names it."""
    return _active[-1].relative(file) if _active else file


def add_step(definition: StepDefinition) -> None:
    """Register a step."""
    if _active:
        _active[-1].steps.append(definition)


def add_hook(hook: Hook) -> None:
    """Register a hook."""
    if _active:
        _active[-1].hooks.append(hook)


def add_faults(faults: list[LoadFault]) -> None:
    """Report what is wrong with a declaration.

    Raises:
        StepFault: Nothing collects, and one of the faults is an error.
    """
    if _active:
        _active[-1].faults.extend(faults)
        return
    errors = tuple(fault for fault in faults if fault.severity == "error")
    if errors:
        raise StepFault(errors)
