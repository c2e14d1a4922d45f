"""`Context`: what a handler knows about its run; and `motia`, the engine as seen from a handler."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from motia.authoring.calls import NO_PAYLOAD, Receipt, call, trigger
from motia.authoring.encoding import decode_json
from motia.authoring.invocation import Invocation
from motia.authoring.logger import Logger, logger
from motia.authoring.signals import Signal
from motia.authoring.state import State, state


class Motia:
    """The engine as seen from a handler: `motia.trigger`, `motia.call`, `motia.state`, `motia.logger`."""

    trigger = staticmethod(trigger)
    call = staticmethod(call)
    state = state
    logger = logger


motia = Motia()


class TriggerInfo:
    """What made the step run: `kind` (api, event, cron, manual, replay, error) and `details`.

    Details are attributes too: `ctx.trigger.target`, `ctx.trigger.scheduledAt`. Called, it triggers:
    `ctx.trigger("other-step", {…})`.
    """

    __slots__ = ("_details", "_invocation")

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._details: dict[str, Any] | None = None

    @property
    def kind(self) -> str:
        """How the step was triggered."""
        return self._invocation.kind

    @property
    def details(self) -> dict[str, Any]:
        """What is known beyond the kind, such as `target`, `parentRun`, `scheduledAt`."""
        if self._details is None:
            self._details = decode_json(self._invocation.trigger) or {}
        return self._details

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.details[name]
        except KeyError:
            raise AttributeError(f"the trigger has no detail {name!r}, only {sorted(self.details)}") from None

    def __call__(
        self,
        target: str,
        payload: Any = NO_PAYLOAD,
        *,
        delay: float | timedelta | None = None,
        at: datetime | int | None = None,
        key: str | None = None,
        idempotency_key: str | None = None,
        priority: int | None = None,
        unique: bool | None = None,
        wait: float | bool | timedelta | None = None,
    ) -> Receipt:
        """Trigger `target`; see `motia.trigger`."""
        return trigger(
            target,
            payload,
            delay=delay,
            at=at,
            key=key,
            idempotency_key=idempotency_key,
            priority=priority,
            unique=unique,
            wait=wait,
        )


class Context:
    """What a handler knows about its run. A handler gets it by naming a parameter `ctx`."""

    __slots__ = ("_invocation", "trigger")

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self.trigger = TriggerInfo(invocation)
        """What made the step run; called, it triggers another one."""

    @property
    def run_id(self) -> str:
        """Id of the run, 16 hexadecimal digits; empty for a request."""
        return self._invocation.run

    @property
    def trace_id(self) -> str:
        """Id of the trace, 32 hexadecimal digits."""
        return self._invocation.trace

    @property
    def step_id(self) -> str:
        """Id of the step."""
        return self._invocation.step

    @property
    def attempt(self) -> int:
        """Which try of the run this is, from 1."""
        return self._invocation.attempt

    @property
    def retry_count(self) -> int:
        """The payload's `__retry`, 0 without."""
        return self._invocation.retry_count

    @property
    def idempotency_key(self) -> str:
        """Equal for all attempts of a run and different for any two runs: for effects outside."""
        invocation = self._invocation
        return f"{invocation.step}:{invocation.run or invocation.trace}"

    @property
    def logger(self) -> Logger:
        """Writes log lines of this run."""
        return logger

    @property
    def state(self) -> State:
        """The state store."""
        return state

    @property
    def motia(self) -> Motia:
        """The engine: `trigger`, `call`, `state`."""
        return motia

    @property
    def signal(self) -> Signal:
        """Set when the handler should stop: timeout, cancel, shutdown, disconnect."""
        return self._invocation.signal


def context_of(invocation: Invocation) -> Context:
    """The context of an invocation; the same object each time."""
    if invocation.context is None:
        invocation.context = Context(invocation)
    return invocation.context
