"""The writer: the one thread that changes the database, by group commit, and checkpoints it.

Invariants
1. What waits is carried out in one transaction (at most `BATCH_MAX` operations), committed with a
   flush, and only then answered, all of it in one call back to the loop.
2. An operation that is refused (a MotiaError) has written nothing; its neighbours are committed. When
   one fails by a fault of ours, the transaction is undone and each is carried out alone.
3. When the disk fails (full, I/O error), the transaction is undone, every operation of it gets
   LedgerUnavailable, the connection is thrown away and the ledger refuses work. The flush is not tried
   again: a new connection must prove itself by a commit of its own, tried every `PROBE_S` seconds.
   The readers keep the index of the log alive meanwhile, so the frames of the undone transaction are
   not taken up again by the new connection, and its first commit overwrites them.
4. Nobody else checkpoints. It happens after answers are out: past `CHECKPOINT_PAGES` when nothing
   waits, past `CHECKPOINT_PAGES_MAX` in any case.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import apsw

from motia.ledger.sqlite import keeping_sql
from motia.ledger.sqlite.connection import is_fault_of_ours, open_writer
from motia.ledger.sqlite.courier import Answer, Courier, Errand
from motia.ledger.sqlite.migrations import migrate
from motia.ledger.sqlite.store import Store
from motia.model import InternalError, LedgerUnavailable, MotiaError, StartError
from motia.runtime import Clock

PENDING_MAX = 20_000
PROBE_S = 1.0
CHECKPOINT_PAGES = 1_000
CHECKPOINT_PAGES_MAX = 8_000

HINT_DISK = "make room or mend the disk; the engine goes on by itself"
HINT_DAMAGED = (
    "stop the engine, then restore a backup, or move the file away with its -wal and -shm to begin anew"
)

CommitPoint = Callable[[str], None]
"""Called with `<operation>:before-commit` and `<operation>:after-commit` on the writer's thread; must not raise."""


class Writer(Courier):
    """Each errand is `work(store, *args)` inside a transaction."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        on_commit_point: CommitPoint | None = None,
        vfs: str | None = None,
        synchronous: str = "FULL",
    ) -> None:
        """A writer of the database at `path`; `vfs` and `synchronous` are for crash tests."""
        super().__init__("motia-ledger-writer", pending_max=PENDING_MAX)
        self._path = path
        self._clock = clock
        self._on_commit_point = on_commit_point
        self._vfs = vfs
        self._synchronous = synchronous
        self._store: Store | None = None
        self._trouble = ""
        self._is_damaged = False
        self._wal_pages = 0
        self.commits = 0
        self.operations = 0
        self.failed_commits = 0
        self.stale = 0

    @property
    def is_available(self) -> bool:
        """Whether the last commit went well."""
        return self._store is not None

    def refusal(self) -> LedgerUnavailable:
        """The error for what is asked of a ledger whose disk failed."""
        return LedgerUnavailable(
            f"the ledger at {self._path} cannot commit: {self._trouble or 'it is not open'}",
            hint=HINT_DAMAGED if self._is_damaged else HINT_DISK,
        )

    # on the thread

    def _on_start(self) -> None:
        try:
            conn = open_writer(self._path, vfs=self._vfs, synchronous=self._synchronous)
            try:
                migrate(conn, now_ms=self._clock.now_ms())
                conn.execute(keeping_sql.DELETE_HTTP_IN_FLIGHT)
                self._adopt_connection(conn)
            except BaseException:
                conn.close()
                raise
        except apsw.Error as error:
            raise StartError(
                f"the database {self._path} cannot be used: {error}",
                hint="it may be damaged or not writable: restore a backup, or move it away, "
                "with its -wal and -shm, to begin anew",
            ) from error

    def _adopt_connection(self, conn: apsw.Connection) -> None:
        store = Store(conn, clock=self._clock)
        conn.set_wal_hook(self._after_wal)
        store.load()
        self._store = store

    def _after_wal(self, conn: apsw.Connection, name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _on_stop(self) -> None:
        store, self._store = self._store, None
        if store is None:
            return
        with contextlib.suppress(apsw.Error):
            store.conn.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        with contextlib.suppress(apsw.Error):
            store.conn.close()

    def _carry_out(self, batch: list[Errand]) -> list[Answer]:
        store = self._store
        if store is None:
            return [(errand.future, None, self.refusal()) for errand in batch]
        stale = store.stale
        try:
            answers = self._commit(store, batch)
        except Exception as error:
            store.stale = stale
            if not is_fault_of_ours(error):
                return self._disk_failed(store, batch, error)
            if not self._undo(store):
                return self._disk_failed(store, batch, error)
            if len(batch) == 1:
                return [(batch[0].future, None, _fault(batch[0], error))]
            return [answer for errand in batch for answer in self._carry_out([errand])]
        self._pass_points(batch, "after-commit")
        self.commits += 1
        self.operations += len(batch)
        self.stale += store.stale - stale
        return answers

    def _commit(self, store: Store, batch: list[Errand]) -> list[Answer]:
        answers: list[Answer] = []
        store.conn.execute("BEGIN IMMEDIATE")
        for errand in batch:
            try:
                answers.append((errand.future, errand.work(store, *errand.args), None))
            except InternalError:
                raise
            except MotiaError as error:
                answers.append((errand.future, None, error))
        store.flush()
        self._pass_points(batch, "before-commit")
        store.conn.execute("COMMIT")
        return answers

    def _pass_points(self, batch: list[Errand], when: str) -> None:
        if self._on_commit_point is not None:
            for kind in dict.fromkeys(errand.kind for errand in batch):
                self._on_commit_point(f"{kind}:{when}")

    def _undo(self, store: Store) -> bool:
        """Roll back and make the books anew; whether the database still answers."""
        try:
            if store.conn.in_transaction:
                store.conn.execute("ROLLBACK")
            store.load()
        except apsw.Error:
            return False
        return True

    def _disk_failed(self, store: Store, batch: list[Errand], error: BaseException) -> list[Answer]:
        self.failed_commits += 1
        self._note_trouble(error)
        self._store = None
        with contextlib.suppress(apsw.Error):
            if store.conn.in_transaction:
                store.conn.execute("ROLLBACK")
        with contextlib.suppress(apsw.Error):
            store.conn.close(force=True)
        refusals: list[Answer] = []
        for errand in batch:
            refusal = self.refusal()
            refusal.__cause__ = error
            refusals.append((errand.future, None, refusal))
        return refusals

    def _note_trouble(self, error: BaseException) -> None:
        self._trouble = str(error)
        self._is_damaged = isinstance(error, (apsw.CorruptError, apsw.NotADBError))

    def _after_batch(self) -> None:
        if self._store is None:
            return
        is_quiet = not self._has_waiting()
        if self._wal_pages >= (CHECKPOINT_PAGES if is_quiet else CHECKPOINT_PAGES_MAX):
            self._checkpoint(self._store)

    def _checkpoint(self, store: Store) -> None:
        try:
            store.conn.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.BusyError:
            return
        except apsw.Error as error:
            # The log still has every page: nothing is lost, but no further commit is promised.
            self._disk_failed(store, [], error)
            return
        self._wal_pages = 0

    def _idle_s(self) -> float | None:
        return PROBE_S if self._store is None else None

    def _on_idle(self) -> None:
        if self._store is None:
            self._probe()

    def _probe(self) -> None:
        """Open a new connection and have it commit; on success the ledger is available again."""
        conn: apsw.Connection | None = None
        try:
            conn = open_writer(self._path, vfs=self._vfs, synchronous=self._synchronous)
            conn.execute(keeping_sql.TOUCH_META)
            self._adopt_connection(conn)
        except (apsw.Error, OSError, StartError) as error:
            self._note_trouble(error)
            if conn is not None:
                with contextlib.suppress(apsw.Error):
                    conn.close(force=True)


def _fault(errand: Errand, error: BaseException) -> InternalError:
    if isinstance(error, InternalError):
        return error
    fault = InternalError(f"ledger operation {errand.kind}: {type(error).__name__}: {error}")
    fault.__cause__ = error
    return fault
