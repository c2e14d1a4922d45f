"""The front of a node: the control socket and, where it is switched on, the Workbench's port.

Both serve one API. The socket is for whoever owns the engine's files, the port for whoever logs in.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from motia.runtime import Duty
from motia.workbench.access import Access
from motia.workbench.app import ControlApi
from motia.workbench.audit import Audit
from motia.workbench.deps import ControlDeps
from motia.workbench.screens import Screens, screens_dir
from motia.workbench.server import ControlServer, HttpServer, bind_control_socket
from motia.workbench.session_file import SessionFile
from motia.workbench.site import Site

AUDIT_NAME = "audit.jsonl"
SESSIONS_NAME = "sessions.json"


class Front(Duty):
    """See the head of this file."""

    def __init__(
        self,
        deps: ControlDeps,
        *,
        control: Path,
        sock: socket.socket | None,
        tell: Callable[[str], None],
    ) -> None:
        """Serve the API over `deps`, to which the audit log and invitations are added.

        Args:
            deps: What the API stands on.
            control: Where the control socket goes; a folder of its own is removed at the end.
            sock: The bound port of the Workbench, taken over; None: it is not served.
            tell: Gets a sentence about what people should know.
        """
        super().__init__()
        config = deps.config
        self.control = control
        self._data_dir = config.data_dir
        self._sock = sock
        self._host, self._port = sock.getsockname()[:2] if sock is not None else ("", 0)
        self._base = config.workbench.base_path
        self._access = Access(config, clock=deps.clock, port=self._port)
        audit = Audit(config.data_dir / AUDIT_NAME, clock=deps.clock, tell=tell)
        self._api = ControlApi(
            msgspec.structs.replace(deps, audit=audit, invite=self.invite if sock is not None else None)
        )
        screens = Screens(screens_dir(), base=self._base)
        self._sessions = SessionFile(
            config.data_dir / SESSIONS_NAME, environment=config.environment, tell=tell
        )
        self._site = Site(
            config, api=self._api, access=self._access, screens=screens, sessions=self._sessions
        )
        self._servers: list[HttpServer] = []

    @property
    def address(self) -> str:
        """Where the Workbench is, without secrets; empty when it is not served."""
        if self._sock is None:
            return ""
        is_here = self._host in ("127.0.0.1", "::1", "0.0.0.0", "::")
        host = "localhost" if is_here else f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}{self._base}"

    def invite(self) -> str:
        """An address that logs in whoever opens it first, for some minutes."""
        return f"{self.address}/?code={self._access.issue_code()}"

    async def _start(self) -> None:
        self._servers.append(ControlServer(self._api, bind_control_socket(self.control)))
        if self._sock is not None:
            self._access.restore(await self._sessions.load())
            self._servers.append(HttpServer(self._site, self._sock, streams=self._api))
        for server in self._servers:
            await server.start()

    async def _stop(self) -> None:
        for server in reversed(self._servers):
            await server.stop()
        self._servers.clear()
        if self._sock is not None:
            self._sock.close()
        if self.control.parent != self._data_dir:
            shutil.rmtree(self.control.parent, ignore_errors=True)
