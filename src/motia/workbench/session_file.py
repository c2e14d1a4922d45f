"""The sessions that outlive the engine: one small file in the data directory.

Invariants
1. The file holds digests of session secrets and marks of what opened them, never a secret: whoever
   reads it logs in nowhere.
2. It is for its owner alone (0600) and replaced whole. One that is another account's, open to others,
   a link, not regular, too large or not what we write is not believed: nobody is logged in by it.
3. At most `SESSIONS_MAX` sessions and `FILE_BYTES_MAX` bytes; expired ones are not written.
4. What cannot be written is removed, so that a restart cannot bring back who logged out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec

from motia.workbench.sessions import DIGEST_BYTES, SESSIONS_MAX, Kept

FILE_BYTES_MAX = 1024 * 1024
WHO_CHARS_MAX = 300
VERSION = 1


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says. `environment`: a session of development opens nothing in production."""

    version: int
    environment: str
    sessions: tuple[Kept, ...]


class SessionFile:
    """The file at `path`; see the head of this file."""

    def __init__(self, path: Path, *, environment: str, tell: Callable[[str], None]) -> None:
        """Open nothing yet; `tell` gets a sentence about a file that is not believed or not written."""
        self._path = path
        self._environment = environment
        self._tell = tell
        self._writing = asyncio.Lock()
        self._is_told = False

    async def load(self) -> tuple[Kept, ...]:
        """The sessions of the file, oldest first; none when there is no file that can be believed."""
        return await asyncio.to_thread(self._load)

    async def save(self, kept: Callable[[], tuple[Kept, ...]]) -> None:
        """Write what `kept` gives once it is this call's turn; never raises for the file's faults."""
        async with self._writing:
            content = msgspec.json.encode(
                _File(version=VERSION, environment=self._environment, sessions=kept())
            )
            try:
                await asyncio.to_thread(self._write, content)
            except OSError as error:
                if not self._is_told:
                    self._is_told = True
                    self._tell(
                        f"{self._path} cannot be written: {error.strerror}; log-ins end with the engine"
                    )

    def _load(self) -> tuple[Kept, ...]:
        try:
            content = _read_own(self._path)
            read = msgspec.json.decode(content, type=_File)
            _check(read)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            self._tell(f"{self._path} is not used ({why}): log in to the Workbench again")
            return ()
        return read.sessions if read.environment == self._environment else ()

    def _write(self, content: bytes) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            # Whatever lies in its place is not written through: a link neither, and its mode is ours.
            fresh.unlink(missing_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            fresh.replace(self._path)
        except OSError:
            for path in (fresh, self._path):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
            raise


def _read_own(path: Path) -> bytes:
    """The content of a regular file that is ours alone.

    Raises:
        FileNotFoundError: There is none.
        OSError: It is a link, or cannot be opened.
        ValueError: It is not regular, another account's, open to others, or too large.
    """
    # Looked at once it is open: what is read is what was checked. A pipe is not waited for.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is no file")
        if found.st_uid != os.geteuid():
            raise ValueError("it belongs to another account")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise ValueError("others may open it")
        content = file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise ValueError("it is too large")
    return content


def _check(read: _File) -> None:
    """Raise ValueError unless the file is one that we wrote."""
    if read.version != VERSION:
        raise ValueError(f"its version is {read.version}")
    if len(read.sessions) > SESSIONS_MAX:
        raise ValueError("it holds too many sessions")
    for one in read.sessions:
        if len(one.digest) != DIGEST_BYTES or one.expires_at < 0 or len(one.who) > WHO_CHARS_MAX:
            raise ValueError("a session in it is none")
