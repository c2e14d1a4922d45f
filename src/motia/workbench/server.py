"""Serves the control API on a Unix-domain socket that only its owner can open."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from motia.model import StartError
from motia.runtime import Duty
from motia.workbench.app import ControlApi

START_LIMIT_S = 10.0
STOP_GRACE_S = 2
PATH_BYTES_MAX = 100
"""A socket's path has 104 bytes on macOS and 108 on Linux, its final zero included."""


class ControlServer(Duty):
    """Serves `app` on `sock` (bound, see `bind_control_socket`) from `start` to `stop`.

    `stop` ends followed feeds, gives requests in flight two seconds, closes the socket and removes
    its file.
    """

    def __init__(self, app: ControlApi, sock: socket.socket) -> None:
        """Take over `sock`: it is closed by `stop`."""
        super().__init__()
        self._app = app
        self._sock = sock
        # uvicorn closes the socket itself, and a closed one does not know its name.
        self._name: str = sock.getsockname()
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def _start(self) -> None:
        config = uvicorn.Config(
            self._app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=STOP_GRACE_S,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._sock]), name="control-server")
        ready = asyncio.ensure_future(self._server.is_up.wait())
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if not self._server.started:
            raise StartError("the control API could not be served", hint="look for an error above this line")

    async def _stop(self) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            self._app.close_streams()
            await asyncio.wait({self._task})
        self._server = self._task = None
        self._sock.close()
        _remove(self._name)


class _Server(uvicorn.Server):
    """uvicorn's server, with signals left to the engine and a way to know that it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then say so."""
        await super().startup(sockets=sockets)
        self.is_up.set()


def bind_control_socket(path: Path) -> socket.socket:
    """A listening-ready socket at `path`, mode 0600, in place of one that nobody serves any more.

    Raises:
        StartError: Another process serves at `path`, the path is too long, or it cannot be bound.
    """
    if len(os.fsencode(path)) > PATH_BYTES_MAX:
        raise StartError(
            f"the path of the control socket is too long: {path}",
            hint=f"at most {PATH_BYTES_MAX} bytes; move the project, or put the socket elsewhere",
        )
    if path.exists() and _is_served(path):
        raise StartError(
            f"another engine serves {path}", hint="stop it first; `motia doctor` tells which it is"
        )
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        # Nobody can connect before `listen`, which comes after the mode is set.
        sock.bind(str(path))
        path.chmod(0o600)
    except OSError as error:
        sock.close()
        raise StartError(f"the control socket {path} cannot be made: {error.strerror}") from error
    return sock


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _remove(name: str) -> None:
    Path(name).unlink(missing_ok=True)
