"""Where things are: the SDKs, a node's data directory, database and sockets, the record of a running engine."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from motia.model import StartError

if TYPE_CHECKING:
    from motia.project import Config

SOCKET_PATH_BYTES_MAX = 100
"""Unix socket paths end at 104 (macOS) or 108 bytes (Linux)."""


class EngineRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`.motia/engine.json`: how other commands find a running engine."""

    pid: int
    started_at: int
    version: str
    api: str
    control: str


def database_path(config: Config) -> Path:
    """The file that `database.url` names, relative to the project."""
    scheme, _, name = config.database_url.partition("://")
    if scheme != "sqlite" or not name:
        raise StartError(
            f"database.url: this version stores in SQLite only, not {scheme}://",
            hint="leave database.url out, or write sqlite://./.motia/motia.db",
        )
    return (config.root / name).resolve()


def make_data_dir(path: Path) -> None:
    """The data directory, readable by its owner only.

    Raises:
        StartError: It cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise StartError(
            f"the data directory {path} cannot be used: {error.strerror}",
            hint="make the project's directory writable for this account",
        ) from error


def bind(host: str, port: int) -> socket.socket:
    """A listening socket for the API.

    Raises:
        StartError: The port is taken, or the host is no address of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
            sock.listen(2_048)
            sock.setblocking(False)
        except BaseException:
            sock.close()
            raise
        return sock
    except OSError as error:
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            hint="stop what listens there, or choose another with --port",
        ) from error


def control_path(data_dir: Path) -> Path:
    """Where the control socket goes: the data directory, or a private one when that path is too long."""
    path = data_dir / "control.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX:
        return path
    return Path(tempfile.mkdtemp(prefix="motia-")) / "control.sock"
