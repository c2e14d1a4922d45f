"""The current invocation: which attempt or request the code that runs now belongs to.

`current` is a context variable, so that everything a handler starts (tasks, `asyncio.to_thread`)
finds its own invocation. `Port` is how an invocation reaches the engine; the worker implements it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

import msgspec

from motia.authoring.errors import NotInHandler
from motia.authoring.signals import Signal

T = TypeVar("T")


class Port(Protocol):
    """What the worker does for the invocations it runs. Every method may be called from any thread."""

    payload_bytes_max: int

    def call(self, invocation: Invocation, op: str, args: bytes) -> Future[msgspec.Raw]:
        """Send a call now; the future gets its value or raises the mapped error."""
        ...

    def keep(self, invocation: Invocation, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work` as a task; the invocation is answered only after it. On the worker's loop only."""
        ...

    def log(
        self, invocation: Invocation | None, level: str, message: str, fields: bytes | None, source: str
    ) -> None:
        """Send a log line; never waits, never raises."""

    def span(
        self,
        invocation: Invocation,
        name: str,
        span: str,
        started_at: int,
        duration_us: int,
        fields: bytes | None,
    ) -> None:
        """Send a span of the author's."""

    def is_loop_thread(self) -> bool:
        """Whether the caller runs on the thread of the worker's loop."""
        ...


class Invocation:
    """One attempt or request in this worker; lives until it is answered."""

    __slots__ = (
        "_signal",
        "attempt",
        "cancel_reason",
        "context",
        "is_over",
        "kind",
        "number",
        "port",
        "retry_count",
        "run",
        "span",
        "step",
        "trace",
        "trigger",
        "unseen",
    )

    def __init__(
        self,
        *,
        number: int,
        step: str,
        kind: str,
        trace: str,
        span: str,
        run: str,
        attempt: int,
        retry_count: int,
        trigger: msgspec.Raw,
        port: Port,
    ) -> None:
        self.number = number
        self.step = step
        self.kind = kind
        self.trace = trace
        self.span = span
        self.run = run
        self.attempt = attempt
        self.retry_count = retry_count
        self.trigger = trigger
        self.port = port
        self.is_over = False
        self.cancel_reason = ""
        self.context: Any = None
        self.unseen: list[tuple[Callable[[], bool], str]] = []
        """Calls that failed, with whether somebody saw it; what nobody saw is logged before the answer."""
        self._signal: Signal | None = None

    @property
    def signal(self) -> Signal:
        """Set when the invocation is cancelled; made when it is first asked for."""
        if self._signal is None:
            with _signal_lock:
                if self._signal is None:
                    signal = Signal()
                    if self.cancel_reason:
                        signal.set(self.cancel_reason)
                    self._signal = signal
        return self._signal

    def cancel(self, reason: str) -> None:
        """Set the signal with `reason`; the first reason stays."""
        with _signal_lock:
            self.cancel_reason = self.cancel_reason or reason
            signal = self._signal
        if signal is not None:
            signal.set(reason)


_signal_lock = threading.Lock()

current: ContextVar[Invocation | None] = ContextVar("motia_invocation", default=None)


def require_current(what: str) -> Invocation:
    """The current invocation.

    Raises:
        NotInHandler: No handler is running here.
    """
    invocation = current.get()
    if invocation is None:
        raise NotInHandler(
            f"{what} was used outside a handler",
            hint="call it from a step that Motia runs; in a test use motia.testing; in a thread of your own "
            "start it with contextvars.copy_context().run",
        )
    return invocation
