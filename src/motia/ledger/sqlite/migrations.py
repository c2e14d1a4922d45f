"""Migrations: append-only, forward only, each in one transaction with its record.

A published entry is never edited; a change of the schema is a new entry here and the same change in
`schema.SCHEMA`.
"""

from __future__ import annotations

from typing import NamedTuple

import apsw

from motia.ledger.sqlite import migration_0001, migration_0002, migration_0003
from motia.model import StartError


class Migration(NamedTuple):
    """One step of the schema; `version` counts from 1 without gaps."""

    version: int
    name: str
    sql: str


MIGRATIONS = (
    Migration(1, "first schema", migration_0001.SQL),
    Migration(2, "instances of workflows", migration_0002.SQL),
    Migration(3, "replays of a run", migration_0003.SQL),
)
VERSION = MIGRATIONS[-1].version


def migrate(conn: apsw.Connection, *, now_ms: int) -> None:
    """Bring the schema up to `VERSION`; does nothing when it is there.

    Raises:
        StartError: The database is newer than this engine; nothing was changed.
    """
    conn.execute("BEGIN IMMEDIATE")
    try:
        found = int(conn.execute("PRAGMA user_version").get)
        if found > VERSION:
            raise StartError(
                f"the database {conn.filename} has schema version {found}, "
                f"this engine knows versions up to {VERSION}",
                hint="start the newer engine that wrote it, or move the data directory away",
            )
        for migration in MIGRATIONS[found:]:
            conn.execute(migration.sql)
            conn.execute(
                "INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)",
                (migration.version, migration.name, now_ms),
            )
        if found != VERSION:
            conn.execute(f"PRAGMA user_version = {VERSION}")
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
