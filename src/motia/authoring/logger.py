"""`logger`: log lines of the run that writes them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from motia.authoring.encoding import lenient_json
from motia.authoring.invocation import current

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}


class Logger:
    """Writes log lines. Never waits, never raises: a field that is not JSON is written as its repr.

    Outside a worker (a unit test that calls a handler directly) lines go to `logging`.
    """

    def debug(self, message: object, fields: Mapping[str, Any] | None = None, **more: Any) -> None:
        """A line for whoever looks for a fault."""
        _write("debug", message, fields, more)

    def info(self, message: object, fields: Mapping[str, Any] | None = None, **more: Any) -> None:
        """A line about what happened."""
        _write("info", message, fields, more)

    def warn(self, message: object, fields: Mapping[str, Any] | None = None, **more: Any) -> None:
        """A line about what may become a fault."""
        _write("warn", message, fields, more)

    warning = warn

    def error(self, message: object, fields: Mapping[str, Any] | None = None, **more: Any) -> None:
        """A line about a fault."""
        _write("error", message, fields, more)


logger = Logger()


def _write(level: str, message: object, fields: Mapping[str, Any] | None, more: dict[str, Any]) -> None:
    invocation = current.get()
    if isinstance(fields, Mapping):
        more = {**fields, **more}
    elif fields is not None:
        more = {"fields": fields, **more}
    if invocation is None:
        logging.getLogger("motia.step").log(LEVELS[level], "%s %s", message, more or "")
        return
    text = message if isinstance(message, str) else str(message)
    invocation.port.log(invocation, level, text, lenient_json(more) if more else None, "logger")
