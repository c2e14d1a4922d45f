"""The files of the built Workbench: found, compressed, kept in memory once somebody asks.

Invariants
1. What is served is what was listed below the folder; a path from a request is only looked up in the
   list, and never touches the file system.
2. Hashed files are immutable; the page itself is never kept by anybody.
3. Nothing is read before the first request.
"""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
import os
import re
from pathlib import Path

import msgspec

FILE_BYTES_MAX = 16 * 1024 * 1024
COMPRESS_FROM_BYTES = 1_024
PAGE = "index.html"
_BASE = re.compile(rb'<base href="[^"]*"')
_TEXT = ("text/", "application/json", "image/svg+xml")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class Screen(msgspec.Struct, frozen=True):
    """A file as it goes out; `gzipped` is empty when that is no shorter."""

    content: bytes
    gzipped: bytes
    media: str
    is_immutable: bool


class Screens:
    """The files below `folder`; see the head of this file."""

    def __init__(self, folder: Path, *, base: str) -> None:
        """Serve them below the path `base` (see `workbench.base_path`)."""
        self._folder = folder
        self._base = base
        self._files: dict[str, Path] = {}
        self._read: dict[str, Screen] = {}
        self._built_ns = 0
        self._reading = asyncio.Lock()

    async def find(self, path: str) -> Screen | None:
        """The file that `path` (no slash in front) names, or None."""
        async with self._reading:
            if path == PAGE or not self._files:
                await asyncio.to_thread(self._look)
            if path in self._files and path not in self._read:
                self._read[path] = await asyncio.to_thread(self._load, path)
            return self._read.get(path)

    def _look(self) -> None:
        """List the files again when they were built anew."""
        try:
            built_ns = (self._folder / PAGE).stat().st_mtime_ns
        except OSError:
            self._files, self._read, self._built_ns = {}, {}, 0
            return
        if built_ns == self._built_ns:
            return
        self._files = {
            str(path.relative_to(self._folder)).replace(os.sep, "/"): path
            for path in self._folder.rglob("*")
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= FILE_BYTES_MAX
        }
        self._read = {}
        self._built_ns = built_ns

    def _load(self, name: str) -> Screen:
        content = self._files[name].read_bytes()
        if name == PAGE:
            content = _BASE.sub(b'<base href="%b/"' % self._base.encode(), content, count=1)
        suffix = os.path.splitext(name)[1].lower()
        media = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        is_text = media.startswith(_TEXT)
        gzipped = (
            gzip.compress(content, 9, mtime=0) if is_text and len(content) >= COMPRESS_FROM_BYTES else b""
        )
        return Screen(
            content=content,
            gzipped=gzipped if len(gzipped) < len(content) else b"",
            media=f"{media}; charset=utf-8" if is_text else media,
            is_immutable=name.startswith("assets/"),
        )


def screens_dir() -> Path:
    """Where the built Workbench is: in the package, or in a checkout beside it; it may be missing."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "workbench" / "static"
    return packed if packed.is_dir() else package.parents[1] / "workbench" / "dist"
