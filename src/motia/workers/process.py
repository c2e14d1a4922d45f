"""One operating-system process of a worker: its group, its output, its end.

Invariants
1. The process leads a group of its own, and the whole group is killed when the process ends.
2. Its standard output and error are read as long as they are open, whatever becomes of the lines.
3. After `closed` no pipe, socket or zombie of it is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from motia.runtime import Clock, Timer
from motia.workers.output import LineCutter

FD_VARIABLE = "MOTIA_WORKER_FD"
STDOUT, STDERR = 1, 2
PIPE_GRACE_S = 1.0
"""How long a pipe may stay open after the group was killed: a grandchild that left the group has it."""


class WorkerProcess(Protocol):
    """What a worker runs in: a process of the system, or in tests a stand-in inside this one."""

    pid: int
    was_killed: bool

    async def start(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, child: socket.socket
    ) -> None:
        """Start `argv` with `child` as its end of the connection; the caller closes `child` afterwards."""

    def kill(self) -> None:
        """End it at once."""

    async def wait_closed(self) -> None:
        """Return when nothing of it is left."""


class Process(asyncio.SubprocessProtocol):
    """See the head of this file."""

    def __init__(
        self,
        clock: Clock,
        *,
        on_line: Callable[[int, str], None],
        on_exit: Callable[[int], None],
        on_closed: Callable[[], None],
    ) -> None:
        """Prepare; `start` starts it.

        Args:
            clock: Times how long pipes may outlive the process.
            on_line: Told lines as `(STDOUT or STDERR, text)`.
            on_exit: Told the exit code, negative for a signal, once.
            on_closed: Told once, later, that nothing of it is left.
        """
        self._clock = clock
        self._on_line = on_line
        self._on_exit = on_exit
        self._on_closed = on_closed
        self._cutters = {STDOUT: LineCutter(), STDERR: LineCutter()}
        self._transport: asyncio.SubprocessTransport | None = None
        self._pipe_timer: Timer | None = None
        self._is_ended = False
        self._closed = asyncio.get_running_loop().create_future()
        self.pid = 0
        self.was_killed = False
        """Whether `kill` came before the process ended by itself."""

    async def start(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, child: socket.socket
    ) -> None:
        """Start `argv` with `child` inherited and named in its environment.

        Raises:
            OSError: It could not be started; nothing is left of it.
            asyncio.CancelledError: It was started all the same when `pid` is set: `kill` it.
        """
        loop = asyncio.get_running_loop()
        starting = loop.create_task(
            loop.subprocess_exec(
                lambda: self,
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=cwd,
                env={**env, FD_VARIABLE: str(child.fileno())},
                pass_fds=(child.fileno(),),
                start_new_session=True,
            )
        )
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            # asyncio forgets to tell the end of a process whose start is cancelled half way:
            # start it, and leave the killing to the one who cancelled.
            await asyncio.wait((starting,))
            raise

    def kill(self) -> None:
        """Kill the whole group, as soon as it is there; nothing happens when it is gone."""
        if not self._is_ended:
            self.was_killed = True
            if self.pid:
                self._kill_group()

    async def wait_closed(self) -> None:
        """Return when the process is reaped and its pipes are closed."""
        await asyncio.shield(self._closed)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop when the process runs."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()
        if self.was_killed:
            self._kill_group()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Called by the loop with output."""
        for line in self._cutters[fd].feed(data):
            self._on_line(fd, line)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Called by the loop when the last writer of a pipe is gone."""
        cutter = self._cutters.get(fd)
        for line in cutter.finish() if cutter else ():
            self._on_line(fd, line)

    def process_exited(self) -> None:
        """Called by the loop when the process is reaped."""
        assert self._transport is not None
        self._is_ended = True
        self._kill_group()  # grandchildren
        self._pipe_timer = self._clock.call_later(PIPE_GRACE_S, self._transport.close)
        code = self._transport.get_returncode()
        self._on_exit(0 if code is None else code)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop when the process is reaped and its pipes are closed."""
        if self._pipe_timer is not None:
            self._pipe_timer.cancel()
        if self._transport is not None:
            self._transport.close()
        if not self._closed.done():
            self._closed.set_result(None)
            self._on_closed()

    def _kill_group(self) -> None:
        # Nobody may be left; macOS says EPERM when only zombies are.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def describe_exit(code: int, *, was_killed: bool) -> str:
    """How a process ended, for people."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if -code == signal.SIGKILL and not was_killed:
        return f"killed by {name}, perhaps for want of memory (see the kernel's log)"
    return f"killed by {name}"
