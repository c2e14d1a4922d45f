"""Migrations lead to the schema, once, and never backwards."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from motia.ledger import SqliteLedger
from motia.ledger.sqlite import connection, migrations
from motia.ledger.sqlite.migrations import MIGRATIONS, VERSION, Migration, migrate
from motia.ledger.sqlite.schema import SCHEMA
from motia.model import StartError
from motia.runtime import FrozenClock


def schema_of(conn: apsw.Connection) -> list[tuple[str, ...]]:
    rows = conn.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
    return [(kind, name, table, " ".join((sql or "").split())) for kind, name, table, sql in rows]


def test_the_schema_is_all_migrations() -> None:
    written, migrated = apsw.Connection(":memory:"), apsw.Connection(":memory:")
    written.execute(SCHEMA)
    migrate(migrated, now_ms=1)

    assert schema_of(migrated) == schema_of(written)


def test_versions_count_without_gaps() -> None:
    assert [migration.version for migration in MIGRATIONS] == list(range(1, VERSION + 1))


def test_a_migration_is_recorded_and_made_once() -> None:
    conn = apsw.Connection(":memory:")
    migrate(conn, now_ms=1)
    migrate(conn, now_ms=2)

    assert conn.execute("SELECT version, applied_at FROM migrations").fetchall() == [
        (version, 1) for version in range(1, VERSION + 1)
    ]
    assert conn.execute("PRAGMA user_version").get == VERSION


def test_a_migration_that_breaks_leaves_the_schema_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    conn = apsw.Connection(":memory:")
    migrate(conn, now_ms=1)
    before = schema_of(conn)
    broken = Migration(VERSION + 1, "broken", "CREATE TABLE half (x); CREATE TABLE half (x);")
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, broken))
    monkeypatch.setattr(migrations, "VERSION", VERSION + 1)

    with pytest.raises(apsw.SQLError):
        migrate(conn, now_ms=2)

    assert schema_of(conn) == before
    assert conn.execute("PRAGMA user_version").get == VERSION


async def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "motia.db"
    conn = apsw.Connection(str(path))
    conn.execute("PRAGMA user_version = 99")
    conn.close()

    with pytest.raises(StartError, match=f"version 99.*up to {VERSION}") as caught:
        await SqliteLedger(path, clock=FrozenClock()).open()

    assert "newer engine" in caught.value.hint
    conn = apsw.Connection(str(path))
    assert schema_of(conn) == []
    conn.close()


@pytest.mark.parametrize("damage", ["no database", "torn"])
async def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "motia.db"
    ledger = SqliteLedger(path, clock=FrozenClock())
    await ledger.open()
    await ledger.close()
    content = path.read_bytes()
    path.write_bytes(b"no database at all" * 500 if damage == "no database" else content[:5_000])

    with pytest.raises(StartError, match="cannot be used") as caught:
        await ledger.open()
    assert "with its -wal and -shm" in caught.value.hint, "a log left behind is deleted with what it holds"

    path.write_bytes(content)
    await ledger.open()
    await ledger.close()


def test_an_old_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.40.1")

    with pytest.raises(StartError, match=r"SQLite 3\.40\.1"):
        connection.check_library()
