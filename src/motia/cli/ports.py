"""Finds free ports, and says who has a taken one."""

from __future__ import annotations

import errno
import socket

from motia.model import StartError

TRIES = 100


def is_free(host: str, port: int) -> bool:
    """Whether `port` can be listened on at `host` now; 0 always can.

    Raises:
        StartError: `host` is not an address of this machine, or the port needs more rights.
    """
    if port == 0:
        return True
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise StartError(
                f"cannot listen on {host}:{port}: {error.strerror or error}",
                hint="give an address of this machine with --host, and a port of 1024 or above with --port",
            ) from error
    return True


def next_free(host: str, port: int) -> int:
    """`port`, or the first one above it that is free.

    Raises:
        StartError: None of the next hundred is free.
    """
    for candidate in range(port, min(port + TRIES, 65_536)):
        if is_free(host, candidate):
            return candidate
    raise StartError(f"no port from {port} on is free", hint="name a free one with --port")


def owner_hint(port: int) -> str:
    """Who listens on `port`, as far as this user may see."""
    import psutil

    try:
        for connection in psutil.net_connections(kind="inet"):
            local = connection.laddr
            if connection.status == psutil.CONN_LISTEN and local and local[1] == port and connection.pid:
                name = psutil.Process(connection.pid).name()
                return f"process {connection.pid} ({name}) listens on port {port}"
    except psutil.Error:
        pass
    return f"another process listens on port {port}"
