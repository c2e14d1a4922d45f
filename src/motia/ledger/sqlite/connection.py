"""Connections to the database file and how each is set up.

Invariants
1. Only the writer's connection writes or checkpoints; the readers' are opened read-only.
2. A commit returns after the WAL is flushed (`synchronous=FULL`), whatever the library's default is.
"""

from __future__ import annotations

import os
from pathlib import Path

import apsw

from motia.model import StartError

VERSION_MIN = (3, 51, 3)
BUSY_TIMEOUT_MS = 5_000
WRITER_CACHE_KIB = 65_536
READER_CACHE_KIB = 16_384
WAL_BYTES_KEPT = 64 * 1024 * 1024


def check_library() -> None:
    """Refuse a SQLite that can corrupt a WAL.

    Raises:
        StartError: The library is older than 3.51.3.
    """
    found = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if found < VERSION_MIN:
        raise StartError(
            f"SQLite {apsw.sqlite_lib_version()} can corrupt a write-ahead log; 3.51.3 or newer is needed",
            hint="upgrade the apsw package",
        )


def open_writer(path: Path, *, vfs: str | None = None, synchronous: str = "FULL") -> apsw.Connection:
    """The connection that writes and checkpoints. `vfs` and `synchronous` are for crash tests only."""
    if vfs is None:
        _create_private(path)
    conn = apsw.Connection(str(path), vfs=vfs, statementcachesize=400)
    try:
        conn.set_busy_timeout(BUSY_TIMEOUT_MS)
        conn.execute("PRAGMA auto_vacuum = INCREMENTAL")
        if str(conn.execute("PRAGMA journal_mode = WAL").get).lower() != "wal":
            raise StartError(f"{path} cannot use a write-ahead log", hint="use a local file system")
        conn.execute(f"PRAGMA synchronous = {synchronous}")
        conn.execute("PRAGMA wal_autocheckpoint = 0")
        conn.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_KEPT}")
        conn.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        conn.close()
        raise
    return conn


def open_reader(path: Path, *, vfs: str | None = None) -> apsw.Connection:
    """A connection that only reads; it sees every commit that was made before its statement."""
    conn = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs, statementcachesize=100)
    conn.set_busy_timeout(BUSY_TIMEOUT_MS)
    conn.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    conn.execute("PRAGMA temp_store = MEMORY")
    return conn


def is_fault_of_ours(error: BaseException) -> bool:
    """Whether an error comes from a statement or our code, not from the disk."""
    if not isinstance(error, apsw.Error):
        return True
    return isinstance(
        error,
        (
            apsw.ConstraintError,
            apsw.SQLError,
            apsw.MismatchError,
            apsw.MisuseError,
            apsw.RangeError,
            apsw.BindingsError,
            apsw.TooBigError,
        ),
    )


def _create_private(path: Path) -> None:
    # SQLite gives the WAL and its index the mode of the database file.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)
