"""Launchers: how a worker of each language is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from motia.runtime import Clock
from motia.workers.process import Process, WorkerProcess

NODE_FLAGS: Final = ("--enable-source-maps", "--disable-warning=ExperimentalWarning")
LOCALE_VARIABLES: Final = ("LC_ALL", "LC_CTYPE", "LANG")


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


class NodeLauncher(Launcher):
    """Starts `dist/worker.mjs` of the Node SDK."""

    language = "node"

    def __init__(self, program: str, sdk: Path, *, environment: Mapping[str, str]) -> None:
        """Run `program` (a Node) on the SDK at `sdk`, in the project's environment."""
        self._program = program
        self._worker = sdk / "dist" / "worker.mjs"
        self._environment = dict(environment)

    def argv(self) -> Sequence[str]:
        """The command; ours is on it, so that the author's NODE_OPTIONS stay as they are."""
        return (self._program, *NODE_FLAGS, str(self._worker))

    def env(self) -> Mapping[str, str]:
        """The project's environment."""
        return self._environment


class RubyLauncher(Launcher):
    """Starts `lib/motia/worker/main.rb` of the Ruby SDK, with the gems of the project's Gemfile."""

    language = "ruby"

    def __init__(self, program: str, sdk: Path, *, root: Path, environment: Mapping[str, str]) -> None:
        """Run `program` (a Ruby) on the SDK at `sdk`, for the project at `root`, in its environment."""
        self._program = program
        self._lib = sdk / "lib"
        self._gemfile = root / "Gemfile"
        self._environment = dict(environment)

    def argv(self) -> Sequence[str]:
        """The command; a Gemfile may come and go while the engine runs, so it is looked for each time."""
        bundler = ("-rbundler/setup",) if self._gemfile.is_file() else ()
        main = self._lib / "motia" / "worker" / "main.rb"
        return (self._program, f"-I{self._lib}", *bundler, str(main))

    def env(self) -> Mapping[str, str]:
        """The project's environment; text is UTF-8 where it does not say otherwise, as in containers."""
        environment = dict(self._environment)
        if not any(environment.get(name) for name in LOCALE_VARIABLES):
            environment["LANG"] = "C.UTF-8"
        if self._gemfile.is_file():
            environment.setdefault("BUNDLE_GEMFILE", str(self._gemfile))
        return environment
