"""Where things are: the SDKs, a node's data directory, database and sockets, the record of a running engine."""

from __future__ import annotations

import contextlib
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
    workbench: str = ""
    """Address of the Workbench, without secrets; empty when it is not served."""


def write_record(data_dir: Path, record: EngineRecord) -> None:
    """Say in `data_dir` how to find this engine, in place of what was said before."""
    path = record_path(data_dir)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(record))
    new.replace(path)


def record_path(data_dir: Path) -> Path:
    """Where the record of a running engine is."""
    return data_dir / "engine.json"


def url_of(address: tuple[str, int]) -> str:
    """The http:// address of what listens at (host, port), as a person on this machine opens it."""
    host, port = address
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


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


WORKBENCH_PORTS_TRIED = 100


def bind_workbench(config: Config, *, tries_next: bool) -> socket.socket | None:
    """A listening socket for the Workbench, or None when it is switched off.

    With `tries_next` a taken port is replaced by the next free one that the API does not want: it is
    bound later, and two projects beside each other would both move on to the same port.

    Raises:
        StartError: No port could be had.
    """
    workbench = config.workbench
    if not workbench.enabled:
        return None
    first = workbench.port
    last = min(first + WORKBENCH_PORTS_TRIED, 65_535) if tries_next and first else first
    for port in range(first, last):
        if port == config.port:
            continue
        with contextlib.suppress(StartError):
            return bind(workbench.host, port)
    return bind(workbench.host, last, flag="--workbench-port")


def bind(host: str, port: int, *, flag: str = "--port") -> socket.socket:
    """A listening socket; `flag` is what would choose another port.

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
            hint=f"stop what listens there, or choose another with {flag}",
        ) from error


def control_path(data_dir: Path) -> Path:
    """Where the control socket goes: the data directory, or a private one when that path is too long."""
    path = data_dir / "control.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX:
        return path
    return Path(tempfile.mkdtemp(prefix="motia-")) / "control.sock"
