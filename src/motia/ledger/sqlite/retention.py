"""What goes: finished runs by age, size or hand, expired keys, old firings; and the file's free pages.

Looking for what may go is a read of its own; the writer only deletes a small list of ids, after
asking for their state again.
"""

from __future__ import annotations

import apsw
import msgspec

from motia.ledger.numbers import first_number_at
from motia.ledger.sqlite import instances_sql, runs_sql
from motia.ledger.sqlite import keeping_sql as sql
from motia.ledger.sqlite.executing import unblock_next
from motia.ledger.sqlite.store import Store, ids_json
from motia.model import RunState

VACUUM_PAGES = 2_048
"""Free pages given back to the file system by one batch: 8 MiB."""
EVER = 1 << 62


class FileSize(msgspec.Struct, frozen=True):
    """Bytes of the database file, and how many of them hold something."""

    bytes: int
    used_bytes: int


def size_of(conn: apsw.Connection) -> FileSize:
    """The size of the file as this connection's snapshot has it."""
    page_bytes = int(conn.execute("PRAGMA page_size").get)
    pages = int(conn.execute("PRAGMA page_count").get)
    free = int(conn.execute("PRAGMA freelist_count").get)
    return FileSize(pages * page_bytes, (pages - free) * page_bytes)


def find_finished(
    conn: apsw.Connection, after: int, finished_before: int, size_bytes_max: int | None, limit: int
) -> list[int]:
    """Numbers above `after` of the oldest finished runs that may go, for their age or the file's size."""
    is_too_large = size_bytes_max is not None and size_of(conn).used_bytes > size_bytes_max
    # What finished before an instant was created before it.
    until = (EVER, EVER) if is_too_large else (first_number_at(finished_before), finished_before)
    return [number for (number,) in conn.execute(sql.SELECT_FINISHED, (after, *until, limit))]


def expire_parked(store: Store, finished_before: int, limit: int) -> int:
    """Parked -> cancelled (`expired`) for what was accepted before `finished_before`."""
    rows = store.rows(sql.SELECT_PARKED_BEFORE, (first_number_at(finished_before), limit))
    now = store.now()
    for number, step in rows:
        store.write(runs_sql.MARK_CANCELLED, ("expired", now, number))
        store.books.moved(step, None, RunState.PARKED, None)
    return len(rows)


def delete_runs(store: Store, numbers: list[int], *, frees_keys: bool) -> int:
    """Delete those of `numbers` that are finished and in no open workflow instance; how many.

    A dead run that blocks others stays, unless `frees_keys` (a purge by hand): then the next goes on.
    """
    gone: list[int] = []
    for number, step, key, in_queue in store.rows(sql.SELECT_TO_DELETE, (ids_json(numbers),)):
        if in_queue:
            is_blocking = store.row(sql.SELECT_BEHIND, (step, key, number)) is not None
            if is_blocking and not frees_keys:
                continue
            store.write(runs_sql.MARK_OUT_OF_KEY, (number,))
            unblock_next(store, step, key)
        gone.append(number)
    if gone:
        ids = ids_json(gone)
        store.write(sql.UPSERT_META, ("last_run_number", store.numbers.last))
        store.write(sql.DELETE_ATTEMPTS, (ids,))
        store.write(instances_sql.DELETE_MEMBER_RUNS, (ids,))
        store.write(sql.DELETE_RUNS, (ids,))
        store.write(sql.DELETE_TRACE_BLOCKS)
    return len(gone)


def delete_instances(store: Store, finished_before: int, size_bytes_max: int | None, limit: int) -> int:
    """Delete workflow instances that are over, for their age or the file's size; how many."""
    is_too_large = size_bytes_max is not None and size_of(store.conn).used_bytes > size_bytes_max
    gone = [
        number
        for (number,) in store.rows(
            instances_sql.DELETE_INSTANCES, (EVER if is_too_large else finished_before, limit)
        )
    ]
    if gone:
        store.write(sql.UPSERT_META, ("last_run_number", store.numbers.last))
        store.write(instances_sql.DELETE_RUNS_OF, (ids_json(gone),))
    return len(gone)


def prune(
    store: Store, numbers: list[int], finished_before: int, size_bytes_max: int | None, limit: int
) -> int:
    """One batch of `Ledger.prune`: `numbers` came from `find_finished`."""
    now = store.now()
    expire_parked(store, finished_before, limit)
    gone = delete_instances(store, finished_before, size_bytes_max, limit)
    gone += delete_runs(store, numbers, frees_keys=False)
    gone += store.write(sql.DELETE_EVENT_KEYS, (now, limit))
    gone += store.write(sql.DELETE_HTTP_KEYS, (now, limit))
    gone += store.write(sql.DELETE_FIRES, (finished_before, limit))
    if size_bytes_max is not None and size_of(store.conn).bytes > size_bytes_max:
        store.conn.execute(f"PRAGMA incremental_vacuum({VACUUM_PAGES})").fetchall()
    return gone
