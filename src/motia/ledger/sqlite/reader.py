"""The readers: read-only connections on threads of their own, so that no list delays a commit."""

from __future__ import annotations

import contextlib
from pathlib import Path

import apsw

from motia.ledger.sqlite.connection import open_reader
from motia.ledger.sqlite.courier import Answer, Courier, Errand
from motia.model import InternalError, LedgerUnavailable, MotiaError

PENDING_MAX = 10_000


class Reader(Courier):
    """One read-only connection; each errand is `work(connection, *args)` and sees one snapshot."""

    def __init__(self, path: Path, *, name: str, vfs: str | None = None) -> None:
        """A reader of the database at `path`, which is there already when the reader starts."""
        super().__init__(name, pending_max=PENDING_MAX)
        self._path = path
        self._vfs = vfs
        self._conn: apsw.Connection | None = None

    def _on_start(self) -> None:
        self._conn = open_reader(self._path, vfs=self._vfs)

    def _on_stop(self) -> None:
        if self._conn is not None:
            with contextlib.suppress(apsw.Error):  # a disk that fails to the last must not end in a traceback
                self._conn.close()

    def _carry_out(self, batch: list[Errand]) -> list[Answer]:
        return [self._read(errand) for errand in batch]

    def _read(self, errand: Errand) -> Answer:
        conn = self._conn
        assert conn is not None
        try:
            conn.execute("BEGIN")
            try:
                return (errand.future, errand.work(conn, *errand.args), None)
            finally:
                conn.execute("COMMIT")
        except MotiaError as error:
            return (errand.future, None, error)
        except apsw.Error as error:
            refusal = LedgerUnavailable(f"the ledger cannot be read: {error}", hint="check the disk")
            refusal.__cause__ = error
            return (errand.future, None, refusal)
        except Exception as error:
            fault = InternalError(f"{errand.kind}: {type(error).__name__}: {error}")
            fault.__cause__ = error
            return (errand.future, None, fault)
