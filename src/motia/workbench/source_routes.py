"""The source of a step, for reading.

Invariants
1. Only files that a loaded step names are read; no path comes from the caller.
2. Only regular files below the project's root, after every symbolic link is resolved.
3. At most `SOURCE_BYTES_MAX` bytes.
"""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import msgspec

from motia.model import CallerError, PayloadTooLarge
from motia.workbench.endpoint import Call, Endpoint, Permission
from motia.workbench.step_routes import step_of

SOURCE_BYTES_MAX = 1024 * 1024


class SourceNotFound(CallerError):
    """The file of the step is not there, or not inside the project."""

    code = "source-not-found"
    status = 404


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A step's file as it is on disk now, relative to the project; `line` is where the step begins, from 1."""

    file: str
    language: str
    line: int
    text: str


async def get_source(call: Call) -> SourceView:
    """The file that a step is written in."""
    spec = step_of(call)
    text = await asyncio.to_thread(read_source, call.deps.config.root, spec.source.file)
    return SourceView(file=spec.source.file, language=spec.language, line=spec.source.line, text=text)


def read_source(root: Path, file: str) -> str:
    """The text of `file` below `root`; what is not UTF-8 is shown with replacement characters.

    Raises:
        SourceNotFound: There is no such regular file inside the project.
        PayloadTooLarge: It is larger than `SOURCE_BYTES_MAX`.
    """
    base = os.path.realpath(root)
    try:
        path = os.path.realpath(os.path.join(base, file))
        if not path.startswith(base + os.sep):
            raise _not_found(file)
        # Looked at once it is open: what is read is what was checked. A pipe is not waited for.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except (OSError, ValueError) as error:
        raise _not_found(file) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _not_found(file)
        content = _read(handle, SOURCE_BYTES_MAX + 1)
    finally:
        os.close(handle)
    if len(content) > SOURCE_BYTES_MAX:
        raise PayloadTooLarge(
            f"{file} is larger than {SOURCE_BYTES_MAX:,} bytes", hint="open it in an editor"
        )
    return content.decode("utf-8", "replace")


def _read(handle: int, bytes_max: int) -> bytes:
    content = b""
    while len(content) < bytes_max and (piece := os.read(handle, bytes_max - len(content))):
        content += piece
    return content


def _not_found(file: str) -> SourceNotFound:
    return SourceNotFound(f"{file} is not a file of this project", hint="was it moved or deleted?")


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/steps/{step}/source",
        permission=Permission.VIEW,
        summary="The file that a step is written in",
        handler=get_source,
        answer=SourceView,
    ),
)
