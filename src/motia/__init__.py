"""What authors import. Loaded when first used, so that `motia --version` does not pay for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motia.authoring import (
        CallFailed,
        Context,
        Fatal,
        HttpError,
        Receipt,
        Request,
        Response,
        RetryAfter,
        UploadedFile,
        api,
        call,
        cron,
        event,
        logger,
        motia,
        noop,
        on_start,
        on_stop,
        response,
        span,
        sse,
        state,
        trigger,
        workflow,
    )

__version__ = "0.1.0"

__all__ = [
    "CallFailed",
    "Context",
    "Fatal",
    "HttpError",
    "Receipt",
    "Request",
    "Response",
    "RetryAfter",
    "UploadedFile",
    "api",
    "call",
    "cron",
    "event",
    "logger",
    "motia",
    "noop",
    "on_start",
    "on_stop",
    "response",
    "span",
    "sse",
    "state",
    "trigger",
    "workflow",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'motia' has no attribute {name!r}")
    import motia.authoring

    value = getattr(motia.authoring, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
