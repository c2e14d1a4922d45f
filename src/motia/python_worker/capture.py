"""print, stderr and `logging` inside a handler become log lines of its run.

Outside a handler they become lines of the worker itself. A line without an end is kept with its
invocation until the end comes or the invocation is answered, at most `LINE_CHARS_MAX` of it.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

from motia.authoring import current, lenient_json
from motia.python_worker.running import Running

LINE_CHARS_MAX = 65_536
LogLine = Callable[[Running | None, str, str, bytes | None, str], None]
"""(invocation, level, message, fields, source), from any thread."""

_KNOWN_ATTRIBUTES = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
_LEVEL_NAMES = ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info"))


class RunStream(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr."""

    def __init__(self, log: LogLine, *, source: str, level: str, original: Any) -> None:
        super().__init__()
        self._log = log
        self._source = source
        self._level = level
        self._original = original
        self._lock = threading.Lock()
        self._own: dict[str, str] = {}

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Always UTF-8."""
        return "utf-8"

    @property
    def buffer(self) -> Any:
        """The real stream's bytes: what is written there is the worker's own output."""
        return self._original.buffer

    def fileno(self) -> int:
        """The real stream's descriptor."""
        return self._original.fileno()

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """It never is a terminal."""
        return False

    def write(self, text: str) -> int:
        """Take text; each finished line is logged at once."""
        running = current.get()
        assert running is None or isinstance(running, Running)
        with self._lock:
            held = self._own if running is None else running.printed
            if held is None:
                assert running is not None
                held = running.printed = {}
            whole = held.get(self._source, "") + text
            *lines, rest = whole.split("\n")
            if len(rest) > LINE_CHARS_MAX:
                lines.append(rest)
                rest = ""
            held[self._source] = rest
        alive = running if running is not None and not running.is_over else None
        for line in lines:
            if line:
                self._log(alive, self._level, line, None, self._source)
        return len(text)

    def flush(self) -> None:
        """Nothing waits but unfinished lines."""


class RunHandler(logging.Handler):
    """The root logger's handler: records become log lines."""

    def __init__(self, log: LogLine) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on; one whose arguments do not fit its text is passed on as it is."""
        try:
            message = record.getMessage()
        except Exception:  # a wrong format string is the author's, and logging must not raise
            message = f"{record.msg} {record.args}"
        fields: dict[str, Any] = {"logger": record.name}
        fields.update({k: v for k, v in record.__dict__.items() if k not in _KNOWN_ATTRIBUTES})
        if record.exc_info and record.exc_info[0] is not None:
            fields["exception"] = logging.Formatter().formatException(record.exc_info)
        level = next((name for least, name in _LEVEL_NAMES if record.levelno >= least), "debug")
        running = current.get()
        alive = running if isinstance(running, Running) and not running.is_over else None
        self._log(alive, level, message, lenient_json(fields), "logging")


def flush_printed(running: Running, log: LogLine) -> None:
    """Log what an invocation printed without a line end."""
    for source, rest in (running.printed or {}).items():
        if rest:
            log(running, "info" if source == "print" else "warn", rest, None, source)
    running.printed = None


class Capture:
    """Replaces the process's output streams; only in a process that is a worker."""

    def __init__(self, log: LogLine) -> None:
        self._streams = (sys.stdout, sys.stderr)
        self._handler = RunHandler(log)
        sys.stdout = RunStream(log, source="print", level="info", original=sys.stdout)
        sys.stderr = RunStream(log, source="stderr", level="warn", original=sys.stderr)
        root = logging.getLogger()
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)

    def close(self) -> None:
        """Put the streams back."""
        logging.getLogger().removeHandler(self._handler)
        sys.stdout, sys.stderr = self._streams
