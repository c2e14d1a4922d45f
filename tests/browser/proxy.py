"""A reverse proxy as nginx is one with `location /ops/`: it keeps the path or takes it off, and may break.

One request a connection: what comes back is passed on as it comes, so that a live feed streams.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

HEAD_BYTES_MAX = 64 * 1024
PIECE_BYTES = 64 * 1024


class Proxy:
    """Passes requests on to `to`."""

    def __init__(self, to: str, *, path: str, strips: bool) -> None:
        self._to = urlsplit(to)
        self._path = path
        self._strips = strips
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def address(self) -> str:
        """Where a browser finds it, without a slash at the end."""
        return f"http://localhost:{self.port}{self._path}"

    async def mend(self) -> None:
        """Take connections, on the port that it had."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Take none, and end those that are open."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            there, back = await asyncio.open_connection(self._to.hostname, self._to.port)
            self._open.add(back)
            try:
                back.write(self._passed_on(head))
                sending = asyncio.create_task(_copy(reader, back))
                await _copy(there, writer)
                sending.cancel()
            finally:
                self._open.discard(back)
                back.close()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def _passed_on(self, head: bytes) -> bytes:
        method, target, version = head.split(b"\r\n", 1)[0].split(b" ")
        path = self._path.encode()
        assert target.startswith(path + b"/"), f"the browser asks for {target!r}, which is not ours"
        if self._strips:
            target = target.removeprefix(path)
        lines = [line for line in head.split(b"\r\n")[1:-2] if not line.lower().startswith(b"connection:")]
        more = [b"Connection: close", b"X-Forwarded-Proto: http", b"X-Forwarded-For: 127.0.0.1"]
        return b"\r\n".join([b" ".join((method, target, version)), *lines, *more, b"", b""])


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE_BYTES):
        writer.write(piece)
        await writer.drain()


@asynccontextmanager
async def running_proxy(to: str, *, path: str = "", strips: bool = False) -> AsyncIterator[Proxy]:
    """A proxy before the engine at `to`, on a port of its own."""
    proxy = Proxy(to, path=path, strips=strips)
    await proxy.mend()
    try:
        yield proxy
    finally:
        proxy.cut()
