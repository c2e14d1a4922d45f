"""Serves the project's `web/` directory: whole files, types, validators, ranges.

Invariants
1. Only regular files below the directory are served, after every symbolic link is resolved; no name
   that begins with a dot, no backslash, no `..` however it is encoded.
2. Only GET and HEAD.
"""

from __future__ import annotations

import asyncio
import mimetypes
import os
import re
import stat
from concurrent.futures import Executor
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Final

import msgspec

from motia.edge.exchange import Exchange
from motia.edge.faults import HttpFault
from motia.edge.routing import decode_segments

PIECE_BYTES: Final = 256 * 1024
WHOLE_BYTES_MAX: Final = 1024 * 1024
"""Larger files go out in pieces."""

_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
_TEXT_TYPES: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")
_TYPES: Final = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".map": "application/json",
}


class FoundFile(msgspec.Struct, frozen=True):
    """A file that may be served."""

    path: str
    size: int
    mtime_ns: int
    is_redirect: bool = False
    """The path names a directory without its trailing slash."""

    @property
    def etag(self) -> str:
        """A validator that changes with the file."""
        return f'"{self.mtime_ns:x}-{self.size:x}"'


class StaticFiles:
    """See the head of this file."""

    def __init__(self, root: Path, *, pool: Executor) -> None:
        """Serve what is below `root`; reads happen on `pool`."""
        self._root = os.path.realpath(root)
        self._pool = pool

    def exists(self) -> bool:
        """Whether the directory is there."""
        return os.path.isdir(self._root)

    async def find(self, path: str) -> FoundFile | None:
        """The file that `path` (as received) names; a directory stands for its `index.html`."""
        segments = decode_segments(path)
        if any(segment.startswith(".") or "/" in segment or "\\" in segment for segment in segments):
            return None
        if any(not segment for segment in segments[:-1]):
            return None
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._find, segments)

    def _find(self, segments: list[str]) -> FoundFile | None:
        path = os.path.join(self._root, *segments)
        if os.path.isdir(path):
            index = self._stat(os.path.join(path, "index.html"))
            if index is None or not segments[-1:] or not segments[-1]:
                return index
            return FoundFile(index.path, index.size, index.mtime_ns, is_redirect=True)
        return self._stat(path) if segments[-1] else None

    def _stat(self, path: str) -> FoundFile | None:
        real = os.path.realpath(path)
        if not real.startswith(self._root + os.sep):
            return None
        if any(part.startswith(".") for part in os.path.relpath(real, self._root).split(os.sep)):
            return None
        try:
            found = os.stat(real)
        except (OSError, ValueError):
            return None
        return FoundFile(real, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None

    async def send(self, exchange: Exchange, file: FoundFile) -> None:
        """Answer with `file`, a part of it, 304, or a redirect to its directory."""
        if file.is_redirect:
            location = (
                "/" + exchange.path.lstrip("/") + "/" + (f"?{exchange.query}" if exchange.query else "")
            )
            exchange.send(308, b"location: %b\r\n" % location.encode())
            return
        lines = _lines_of(file)
        if _is_unchanged(exchange, file):
            exchange.send(304, lines)
            return
        part = _range_of(exchange, file)
        start, end = part or (0, file.size)
        if part is not None:
            lines += f"content-range: bytes {start}-{end - 1}/{file.size}\r\n".encode()
        await self._send_bytes(exchange, file, 206 if part else 200, lines, start=start, end=end)

    async def _send_bytes(
        self, exchange: Exchange, file: FoundFile, status: int, lines: bytes, *, start: int, end: int
    ) -> None:
        loop = asyncio.get_running_loop()
        if end - start <= WHOLE_BYTES_MAX:
            exchange.send(status, lines, await loop.run_in_executor(self._pool, _read, file.path, start, end))
            return
        if not exchange.begin_stream(status, lines):
            return
        while start < end and not exchange.is_gone:
            piece = await loop.run_in_executor(
                self._pool, _read, file.path, start, min(start + PIECE_BYTES, end)
            )
            if not piece:
                exchange.end_stream(broken=True)
                return
            start += len(piece)
            exchange.send_piece(piece)
            await exchange.connection.drained()
        exchange.end_stream()


def _read(path: str, start: int, end: int) -> bytes:
    with open(path, "rb") as file:
        file.seek(start)
        return file.read(end - start)


def _lines_of(file: FoundFile) -> bytes:
    extension = os.path.splitext(file.path)[1].lower()
    kind = _TYPES.get(extension) or mimetypes.guess_type(file.path)[0] or "application/octet-stream"
    if kind.startswith(_TEXT_TYPES):
        kind += "; charset=utf-8"
    modified = formatdate(file.mtime_ns // 1_000_000_000, usegmt=True)
    return (
        f"content-type: {kind}\r\netag: {file.etag}\r\nlast-modified: {modified}\r\n"
        "cache-control: no-cache\r\naccept-ranges: bytes\r\nx-content-type-options: nosniff\r\n"
    ).encode()


def _is_unchanged(exchange: Exchange, file: FoundFile) -> bool:
    tags = exchange.index.get(b"if-none-match")
    if tags is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags.decode("latin-1").split(",")]
        return "*" in known or file.etag in known
    since = exchange.index.get(b"if-modified-since")
    if since is None:
        return False
    try:
        return file.mtime_ns // 1_000_000_000 <= parsedate_to_datetime(since.decode("latin-1")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return False


def _range_of(exchange: Exchange, file: FoundFile) -> tuple[int, int] | None:
    """First byte and end of a single range; None when the whole file is asked for.

    Raises:
        HttpFault: 416, the range lies outside the file.
    """
    asked = exchange.index.get(b"range")
    if asked is None or exchange.index.get(b"if-range", file.etag.encode()) != file.etag.encode():
        return None
    found = _RANGE.match(asked.decode("latin-1").strip())
    if found is None or not (found[1] or found[2]) or len(asked) > 64:
        return None
    if found[1]:
        start = int(found[1])
        end = min(int(found[2]) + 1, file.size) if found[2] else file.size
    else:
        start, end = max(file.size - int(found[2]), 0), file.size
    if start >= end:
        raise HttpFault(
            416,
            "range-not-satisfiable",
            message=f"the file has {file.size} bytes",
            headers=f"content-range: bytes */{file.size}\r\n".encode(),
        )
    return start, end
