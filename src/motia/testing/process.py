"""A Python worker inside this process: the same worker and protocol, without a process of the system.

Steps run on the test's own event loop, so that a test can patch, debug and measure them.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping, Sequence

from motia.python_worker import PythonWorker, SocketTransport
from motia.runtime import Clock
from motia.workers import Launcher

KILLED = -9


class EmbeddedProcess:
    """Implements `motia.workers.WorkerProcess`. `kill` cancels what runs; it cannot interrupt a busy loop."""

    def __init__(
        self, clock: Clock, *, on_exit: Callable[[int], None], on_closed: Callable[[], None]
    ) -> None:
        """Prepare; `start` starts it."""
        self.pid = 0
        self.was_killed = False
        self._clock = clock
        self._on_exit = on_exit
        self._on_closed = on_closed
        self._worker: PythonWorker | None = None
        self._transport: SocketTransport | None = None
        self._closed = asyncio.get_running_loop().create_future()

    async def start(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, child: socket.socket
    ) -> None:
        """Start a worker that speaks over `child`; there is nothing to run, so `argv` is not looked at."""
        self._transport = transport = SocketTransport(
            child.dup(), lambda data: worker.feed(data), lambda: worker.eof()
        )
        worker = self._worker = PythonWorker(
            transport.write, self._on_close, in_process=True, now_ms=self._clock.now_ms
        )
        self.pid = os.getpid()

    def kill(self) -> None:
        """End the worker at once; its handlers are cancelled."""
        self.was_killed = True
        if self._worker is not None:
            self._worker.eof()

    async def wait_closed(self) -> None:
        """Return when the worker has ended."""
        await asyncio.shield(self._closed)

    def _on_close(self) -> None:
        assert self._transport is not None
        assert self._worker is not None
        self._transport.close()
        self._worker.release()
        asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        if not self._closed.done():
            self._on_exit(KILLED if self.was_killed else 0)
            self._closed.set_result(None)
            self._on_closed()


class EmbeddedLauncher(Launcher):
    """Starts Python workers inside this process."""

    language = "python"

    def argv(self) -> Sequence[str]:
        """Nothing: no program is started."""
        return ()

    def env(self) -> Mapping[str, str]:
        """Nothing: steps see the environment of this process."""
        return {}

    def process(
        self,
        clock: Clock,
        *,
        on_line: Callable[[int, str], None],
        on_exit: Callable[[int], None],
        on_closed: Callable[[], None],
    ) -> EmbeddedProcess:
        """A worker that will live in this process."""
        return EmbeddedProcess(clock, on_exit=on_exit, on_closed=on_closed)
