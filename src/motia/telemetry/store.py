"""The file telemetry.db: opening, setting a bad one aside, deleting by age and size.

Invariants
1. A file that is damaged, of another version or cannot be written is renamed, never repaired, and a
   new one is made; where not even that is possible the store lives in memory, bounded.
2. One thread owns the writing connection. A write that fails changed nothing.
3. `generation` rises whenever the file behind the path is another one: readers reopen.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from motia.telemetry import schema
from motia.telemetry.rollup import ROLLUP_WIDTHS_MS

CACHE_KIB = 8_192
MEMORY_BYTES_MAX = 64 * 1024 * 1024
BUSY_MS = 2_000
SET_ASIDE_KEPT = 2
PRUNE_BATCH = 500

_BAD_FILE = (
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.PermissionsError,
    apsw.FormatError,
)


class _OtherVersion(Exception):
    """The file was written by another version."""


class Store:
    """Owner of the writing connection; every method is called from one thread."""

    def __init__(self, path: Path | None) -> None:
        """A store in the file `path`, or in memory when it is None."""
        self.path = path
        self.generation = 0
        self.set_backs = 0
        """How often minutes that were over are written again, because the wall clock was set back."""
        self.set_aside_reason = ""
        self.is_in_memory = path is None
        self._connection: apsw.Connection | None = None
        self._last_id = 0

    @property
    def connection(self) -> apsw.Connection:
        """The writing connection; the store is open."""
        assert self._connection is not None, "the store is not open"
        return self._connection

    def open(self) -> None:
        """Open or create the file, as the first invariant says. Never raises for the file's faults."""
        if self._connection is not None:
            return
        if self.path is None:
            self._open_at(":memory:")
            return
        try:
            self._open_at(str(self.path))
        except (*_BAD_FILE, apsw.Error, OSError, _OtherVersion) as error:
            self.set_aside(error)

    def close(self) -> None:
        """Close the connection; the file is checkpointed. Safe twice."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with contextlib.suppress(apsw.Error):
                connection.close()

    def write(self, work: Callable[[apsw.Connection], None]) -> bool:
        """Do `work` in one transaction; False when it could not be written (disk full, I/O error).

        A damaged file is set aside and `work` done once more in the new one.
        """
        try:
            self._transact(work)
        except _BAD_FILE as error:
            self.set_aside(error)
            return self._try_again(work)
        except apsw.Error:
            return False
        return True

    def set_aside(self, reason: BaseException) -> None:
        """Go on in a new file, because of `reason`; in memory where there can be none."""
        self.close()
        self.set_aside_reason = str(reason) or type(reason).__name__
        self.generation += 1
        assert self.path is not None, "a store in memory cannot be damaged"
        try:
            _set_aside(self.path, "old" if isinstance(reason, _OtherVersion) else "corrupt")
            self._open_at(str(self.path))
        except (apsw.Error, OSError, _OtherVersion):
            self.close()
            self.is_in_memory = True
            self._open_at(":memory:")

    def next_id(self, now_ms: int) -> int:
        """A row id: above every earlier one, and by the time of writing."""
        self._last_id = max(self._last_id + 1, now_ms << schema.ROW_ID_SHIFT)
        return self._last_id

    def prune(self, *, cutoff_at: int, minutes_cutoff_at: int, bytes_max: int) -> int:
        """Delete one small batch of what is older than `cutoff_at`, or oldest while over `bytes_max`.

        Returns:
            How many rows went; 0 when there is nothing left to delete.
        """
        gone = 0
        before_id = cutoff_at << schema.ROW_ID_SHIFT
        is_over = self.size_bytes() > bytes_max

        def work(connection: apsw.Connection) -> None:
            nonlocal gone
            bound = 1 << 62 if is_over else before_id
            for table in ("logs", "spans"):
                gone += _delete(connection, table, bound)
            connection.execute(schema.FORGET_DROPPED, (cutoff_at, schema.DROPPED_ROWS_MAX))
            connection.execute("DELETE FROM errors WHERE last_seen_at < ?", (cutoff_at,))
            connection.execute("DELETE FROM minutes WHERE minute < ?", (minutes_cutoff_at,))
            for width_ms in ROLLUP_WIDTHS_MS:
                connection.execute(
                    "DELETE FROM rollups WHERE width_ms = ? AND at < ?", (width_ms, minutes_cutoff_at)
                )
            connection.execute("DELETE FROM failures WHERE minute < ?", (minutes_cutoff_at,))
            connection.execute("DELETE FROM edges WHERE last_seen_at < ?", (minutes_cutoff_at,))

        if not self.write(work):
            return 0
        if gone:
            with contextlib.suppress(apsw.Error):
                self.connection.execute("PRAGMA incremental_vacuum(500)").fetchall()
        return gone

    def size_bytes(self) -> int:
        """Bytes in use: pages of the file that are not free."""
        try:
            pages = _pragma(self.connection, "page_count") - _pragma(self.connection, "freelist_count")
            return pages * _pragma(self.connection, "page_size")
        except apsw.Error:
            return 0

    def _try_again(self, work: Callable[[apsw.Connection], None]) -> bool:
        try:
            self._transact(work)
        except apsw.Error:
            return False
        return True

    def _transact(self, work: Callable[[apsw.Connection], None]) -> None:
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            work(connection)
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(apsw.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise

    def _open_at(self, name: str) -> None:
        is_file = name != ":memory:"
        if is_file:
            Path(name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Made here so that its mode is right before SQLite, and its WAL after it, see it.
            os.close(os.open(name, os.O_RDWR | os.O_CREAT, 0o600))
            Path(name).chmod(0o600)
        connection = apsw.Connection(name)
        try:
            _prepare(connection, is_file=is_file)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._last_id = max(self._last_id, _last_id(connection))


def _prepare(connection: apsw.Connection, *, is_file: bool) -> None:
    connection.set_busy_timeout(BUSY_MS)
    version = _pragma(connection, "user_version")
    is_empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    if not is_empty and version != schema.VERSION:
        raise _OtherVersion(f"it has version {version}, this engine writes {schema.VERSION}")
    if is_empty:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    if is_file:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        # NORMAL flushes at a checkpoint only; few and large ones leave the ledger's flushes alone.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 4000").fetchall()
        connection.execute("PRAGMA journal_size_limit = 16777216").fetchall()
    else:
        connection.execute(f"PRAGMA max_page_count = {MEMORY_BYTES_MAX // 4_096}").fetchall()
    if is_empty:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(schema.TABLES)
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute("COMMIT")
    connection.execute(schema.LATER_ADDITIONS)
    for table, column, kind in schema.LATER_COLUMNS:
        known = connection.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column))
        if known.fetchone() is None:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def _set_aside(path: Path, word: str) -> None:
    """Rename the file and its side files; keep the last few set aside."""
    for number in range(1, 1_000):
        aside = path.with_name(f"{path.name}.{word}-{number}")
        if not aside.exists():
            break
    for suffix in ("-wal", "-shm", ""):
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.rename(path.with_name(aside.name + suffix))
    kept = sorted(
        (file for file in path.parent.glob(f"{path.name}.{word}-*") if file.name[-1].isdigit()),
        key=lambda file: file.stat().st_mtime,
    )
    for file in kept[:-SET_ASIDE_KEPT]:
        for suffix in ("-wal", "-shm", ""):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def _pragma(connection: apsw.Connection, name: str) -> int:
    row: Any = connection.execute(f"PRAGMA {name}").fetchone()
    return int(row[0]) if row else 0


def _last_id(connection: apsw.Connection) -> int:
    row: Any = connection.execute(
        "SELECT max(coalesce((SELECT max(id) FROM spans), 0), coalesce((SELECT max(id) FROM logs), 0))"
    ).fetchone()
    return int(row[0])


def _delete(connection: apsw.Connection, table: str, before_id: int) -> int:
    connection.execute(
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE id < ? ORDER BY id LIMIT ?)",
        (before_id, PRUNE_BATCH),
    )
    return connection.changes()
