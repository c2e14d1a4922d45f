"""Launchers: how a worker of each language is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from motia.runtime import Clock
from motia.workers.process import Process, WorkerProcess


class Launcher(Protocol):
    """Knows one language's command line. Called before every start; must not block for long."""

    language: str
    """`python`, `node` or `ruby`; the worker's `hello` must say the same."""

    def argv(self) -> Sequence[str]:
        """The command.

        Raises:
            WorldError: The runtime is not there; the message and hint say what to install.
        """
        ...

    def env(self) -> Mapping[str, str]:
        """The whole environment of the process; the supervisor adds `MOTIA_WORKER_FD` to it."""
        ...

    def process(
        self,
        clock: Clock,
        *,
        on_line: Callable[[int, str], None],
        on_exit: Callable[[int], None],
        on_closed: Callable[[], None],
    ) -> WorkerProcess:
        """What runs `argv`; see `Process` for the callbacks."""
        return Process(clock, on_line=on_line, on_exit=on_exit, on_closed=on_closed)


class PythonLauncher(Launcher):
    """Starts `python -m motia.python_worker`."""

    language = "python"

    def __init__(
        self, interpreter: str | None = None, *, environment: Mapping[str, str] | None = None
    ) -> None:
        """Use `interpreter` (None: the engine's own).

        Args:
            interpreter: Path of a Python that can import motia.
            environment: The project's environment; None: the engine's own.
        """
        self._interpreter = interpreter or sys.executable
        # The engine's environment is what a worker inherits; nothing here is read from it.
        self._environment = dict(os.environ if environment is None else environment)

    def argv(self) -> Sequence[str]:
        """The command; -P because the project has a folder `motia` that must not hide the package."""
        return (self._interpreter, "-P", "-m", "motia.python_worker")

    def env(self) -> Mapping[str, str]:
        """The environment, with output that is not held back and in UTF-8."""
        return {**self._environment, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
