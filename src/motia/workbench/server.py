"""Serves an ASGI app on a bound socket: the control API on a Unix socket that only its owner can open,
the Workbench on a port.

Invariants
1. Heads are bounded (`HEAD_BYTES_MAX`), and so are connections (`CONNECTIONS_MAX`).
2. A connection always has a deadline while it waits for its client: for a head, for a body, for the
   client to read. A byte now and then extends none of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from motia.model import StartError
from motia.runtime import Duty

START_LIMIT_S = 10.0
STOP_GRACE_S = 2
PATH_BYTES_MAX = 100
"""A socket's path has 104 bytes on macOS and 108 on Linux, its final zero included."""
HEAD_BYTES_MAX = 16 * 1024
CONNECTIONS_MAX = 256
KEEP_ALIVE_S = 5
HEAD_LIMIT_S = 10.0
BODY_LIMIT_S = 60.0
READING_LIMIT_S = 60.0
"""How long a client may leave unread what it was sent."""

_REFUSAL = (
    b'{"error":{"code":"malformed-request","message":"this is no HTTP request, or its head is too large",'
)
_REFUSAL += b'"hint":"","details":null}}'
_NOT_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nx-content-type-options: nosniff\r\n"
    b"content-security-policy: default-src 'none'\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b"
) % (len(_REFUSAL), _REFUSAL)


class App(Protocol):
    """What is served."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""


class Streams(Protocol):
    """What has answers without an end."""

    def close_streams(self) -> None:
        """End them."""


class HttpServer(Duty):
    """Serves `app` on `sock` (bound) from `start` to `stop`.

    `stop` ends followed feeds, gives requests in flight two seconds and closes the socket.
    """

    def __init__(self, app: App, sock: socket.socket, *, streams: Streams) -> None:
        """Take over `sock`: it is closed by `stop`."""
        super().__init__()
        self._app = app
        self._sock = sock
        self._streams = streams
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def _start(self) -> None:
        config = uvicorn.Config(
            self._app,
            http=TimedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",  # what a client gets wrong is no news for the terminal
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whom to believe is decided in `arrivals`
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_GRACE_S,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._sock]), name="workbench-server")
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
            self._streams.close_streams()
            await asyncio.wait({self._task})
        self._server = self._task = None
        self._sock.close()


class ControlServer(HttpServer):
    """Serves the control API on a Unix socket (see `bind_control_socket`), whose file `stop` removes."""

    def __init__(self, app: Any, sock: socket.socket) -> None:
        """Take over `sock`: it is closed by `stop`."""
        super().__init__(app, sock, streams=app)
        # uvicorn closes the socket itself, and a closed one does not know its name.
        self._name: str = sock.getsockname()

    async def _stop(self) -> None:
        await super()._stop()
        _remove(self._name)


class TimedProtocol(H11Protocol):
    """uvicorn's protocol with the deadlines of the head of this file."""

    _deadline: asyncio.TimerHandle | None = None
    _waits_for: str = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connected: its first head is due."""
        super().connection_made(transport)
        self._wait("head", HEAD_LIMIT_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._wait("", 0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came: begin, go on with, or end a deadline."""
        if not self._waits_for:
            self._expect()
        super().data_received(data)
        self._expect()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, or not one way only: two hosts, two lengths, a head without an end."""
        self.transport.write(_NOT_HTTP)
        self.transport.close()

    def pause_writing(self) -> None:
        """The client does not read what it is sent."""
        super().pause_writing()
        self._wait("reading", READING_LIMIT_S)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._wait("", 0)

    def _expect(self) -> None:
        """The deadline of what the client owes now; one that runs already is left running."""
        if self._waits_for == "reading":
            return
        state = self.conn.their_state
        owes = "head" if state is h11.IDLE else "body" if state is h11.SEND_BODY else ""
        if owes != self._waits_for:
            self._wait(owes, BODY_LIMIT_S if owes == "body" else HEAD_LIMIT_S)

    def _wait(self, what: str, limit_s: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._waits_for = what
        self._deadline = self.loop.call_later(limit_s, self.transport.abort) if what else None


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
            f"another engine serves {path}",
            hint="`motia workbench` opens it; to start this one, end that one first: `motia doctor` tells its pid",
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
