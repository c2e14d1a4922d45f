"""Readers: one snapshot an errand, read only, and every fault answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from motia.ledger.sqlite.connection import open_reader
from motia.ledger.sqlite.reader import Reader
from motia.model import InternalError, LedgerUnavailable, RunNotFound


@pytest.fixture
def database(tmp_path: Path) -> apsw.Connection:
    made = apsw.Connection(str(tmp_path / "motia.db"))
    for statement in (
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE numbers (n)",
        "INSERT INTO numbers VALUES (1)",
    ):
        made.execute(statement).fetchall()
    return made


@pytest.fixture
async def reader(database: apsw.Connection, tmp_path: Path) -> AsyncIterator[Reader]:
    made = Reader(tmp_path / "motia.db", name="test-reader")
    await made.start()
    yield made
    await made.stop()
    database.close()


def total(conn: apsw.Connection) -> Any:
    return conn.execute("SELECT sum(n) FROM numbers").get


async def test_an_errand_reads_what_is_committed(reader: Reader, database: apsw.Connection) -> None:
    assert await reader.submit("total", total) == 1

    database.execute("INSERT INTO numbers VALUES (41)")

    assert await reader.submit("total", total) == 42


async def test_an_errand_sees_one_snapshot(reader: Reader, database: apsw.Connection, tmp_path: Path) -> None:
    def twice(conn: apsw.Connection) -> tuple[Any, Any]:
        before = total(conn)
        with open_writer(tmp_path) as other:
            other.execute("INSERT INTO numbers VALUES (100)")
        return before, total(conn)

    assert await reader.submit("twice", twice) == (1, 1)
    assert await reader.submit("total", total) == 101


async def test_a_reader_cannot_write(reader: Reader) -> None:
    with pytest.raises(LedgerUnavailable, match="cannot be read"):
        await reader.submit("write", lambda conn: conn.execute("DELETE FROM numbers"))

    assert await reader.submit("total", total) == 1


async def test_an_error_of_the_contract_comes_as_it_is(reader: Reader) -> None:
    def refuse(conn: apsw.Connection) -> None:
        raise RunNotFound("no such run")

    with pytest.raises(RunNotFound, match="no such run"):
        await reader.submit("get", refuse)


async def test_a_fault_of_ours_is_named_and_the_reader_goes_on(reader: Reader) -> None:
    with pytest.raises(InternalError, match=r"odd: ZeroDivisionError"):
        await reader.submit("odd", lambda conn: 1 // 0)

    assert await reader.submit("total", total) == 1


def test_a_reader_of_no_database_is_an_error(tmp_path: Path) -> None:
    with pytest.raises((apsw.Error, LedgerUnavailable)):
        open_reader(tmp_path / "nothing.db")


class open_writer:
    """Another connection, which commits each statement."""

    def __init__(self, folder: Path) -> None:
        self.conn = apsw.Connection(str(folder / "motia.db"))

    def __enter__(self) -> apsw.Connection:
        return self.conn

    def __exit__(self, *_: object) -> None:
        self.conn.close()
