"""What people did: a line of JSON for every call that needs `operate`, whoever made it and whatever came of it.

Invariants
1. Lines are only added. The file is bounded: at `FILE_BYTES_MAX` it becomes the second one, in place
   of the one before.
2. Both files are for their owner alone (0600).
3. No line holds a payload, a token or a header: ids and codes only, cut to `FIELD_CHARS_MAX`.
4. What is refused for want of permission is noted too, but not so often that it could push out the rest.
5. A line that cannot be written is counted and told once; what it tells of has happened all the same.
"""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

import msgspec

from motia.runtime import Clock
from motia.workbench.bucket import Bucket

FILE_BYTES_MAX = 4 * 1024 * 1024
FIELD_CHARS_MAX = 300
REFUSED_BURST = 60
REFUSED_REFILL_S = 5.0
REFUSED = "permission-denied"


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to what, and what came of it: `ok`, or the code of the error."""

    id: int
    at: int
    who: str
    action: str
    target: str
    outcome: str


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, newest first; `cursor` asks for older ones."""

    entries: tuple[AuditEntry, ...]
    cursor: str | None = None


class Audit:
    """The log at `path`; see the head of this file."""

    def __init__(self, path: Path, *, clock: Clock, tell: Callable[[str], None]) -> None:
        """Open nothing yet; `tell` gets a sentence when a line could not be written."""
        self._path = path
        self._older = path.with_suffix(".1.jsonl")
        self._clock = clock
        self._tell = tell
        self._last_id = 0
        self._writing = asyncio.Lock()
        self._refused = Bucket(clock, burst=REFUSED_BURST, refill_s=REFUSED_REFILL_S)
        self.lost = 0
        """Entries that could not be written, or were refusals beyond what is noted."""

    async def note(self, *, who: str, action: str, target: str, outcome: str) -> None:
        """Add an entry; never raises."""
        if outcome == REFUSED and not self._refused.take():
            self.lost += 1
            return
        at = self._clock.now_ms()
        async with self._writing:
            # Microseconds since the epoch, and one more each: in order over restarts.
            self._last_id = max(self._last_id + 1, at * 1_000)
            entry = AuditEntry(
                id=self._last_id,
                at=at,
                who=who[:FIELD_CHARS_MAX],
                action=action[:FIELD_CHARS_MAX],
                target=target[:FIELD_CHARS_MAX],
                outcome=outcome[:FIELD_CHARS_MAX],
            )
            try:
                await asyncio.to_thread(self._append, msgspec.json.encode(entry) + b"\n")
            except OSError as error:
                if not self.lost:
                    self._tell(f"the audit log {self._path} cannot be written: {error.strerror}")
                self.lost += 1

    async def page(self, *, limit: int, cursor: str | None = None) -> AuditPage:
        """Up to `limit` entries, those before the entry `cursor` when it is given."""
        before = int(cursor) if cursor is not None and cursor.isascii() and cursor.isdigit() else None
        found = await asyncio.to_thread(self._newest, limit + 1, before)
        page = tuple(found[:limit])
        return AuditPage(entries=page, cursor=str(page[-1].id) if len(found) > limit else None)

    def _append(self, line: bytes) -> None:
        if self._path.exists() and self._path.stat().st_size + len(line) > FILE_BYTES_MAX:
            self._path.replace(self._older)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(line)

    def _newest(self, limit: int, before: int | None) -> list[AuditEntry]:
        """Up to `limit` entries, newest first; no more lines are decoded than it takes to find them."""
        entries: list[AuditEntry] = []
        for path in (self._path, self._older):
            try:
                lines = path.read_bytes().splitlines()
            except OSError:
                continue
            end = len(lines) if before is None else bisect_left(lines, before, key=_id_of)
            for line in reversed(lines[:end]):
                if len(entries) == limit:
                    return entries
                entry = _entry_of(line)
                if entry is not None and (before is None or entry.id < before):
                    entries.append(entry)
        return entries


def _entry_of(line: bytes) -> AuditEntry | None:
    try:
        return msgspec.json.decode(line, type=AuditEntry)
    except msgspec.MsgspecError:
        return None  # the end of a line that a full disk or a crash cut off


def _id_of(line: bytes) -> int:
    entry = _entry_of(line)
    return 0 if entry is None else entry.id
