import os
import stat

import apsw
import pytest

from motia.telemetry import schema
from motia.telemetry.schema import ROW_ID_SHIFT, VERSION
from motia.telemetry.store import PRUNE_BATCH, Store

LOG = "INSERT INTO logs VALUES (?, 1, 20, 'a', NULL, NULL, 0, 'print', ?, NULL)"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "telemetry.db"


@pytest.fixture
def store(path):
    made = Store(path)
    made.open()
    yield made
    made.close()


def put(store, at, message="x", count=1):
    store.write(lambda db: db.executemany(LOG, [(store.next_id(at), message) for _ in range(count)]) and None)


def count(store):
    return store.connection.execute("SELECT count(*) FROM logs").fetchone()[0]


def test_the_file_is_for_its_owner_alone(store, path):
    put(store, 1)

    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_was_written_is_there_after_reopening(store, path):
    put(store, 1, count=3)
    store.close()

    store.open()

    assert count(store) == 3
    assert store.set_aside_reason == ""


def test_a_damaged_file_is_set_aside_and_made_anew(path):
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 1_000)
    store = Store(path)

    store.open()
    put(store, 1)

    assert count(store) == 1
    assert store.set_aside_reason
    assert [file.name for file in path.parent.glob("*.corrupt-*")] == ["telemetry.db.corrupt-1"]
    store.close()


def test_a_file_damaged_while_it_is_open_is_set_aside_and_the_batch_kept(store, path):
    for _ in range(50):
        put(store, 1, "y" * 3_000, count=20)
    store.close()
    content = bytearray(path.read_bytes())
    for place in range(8_192, len(content) - 4_096, 4_096):
        content[place : place + 64] = b"\xff" * 64
    path.write_bytes(content)
    store.open()

    for _ in range(200):
        put(store, 2, "new", count=20)

    assert store.generation >= 1
    assert list(path.parent.glob("*.corrupt-*"))
    assert count(store) > 0


def test_only_the_last_two_damaged_files_are_kept(path):
    path.parent.mkdir()
    for _ in range(5):
        path.write_bytes(b"this is no database" * 1_000)
        store = Store(path)
        store.open()
        store.close()

    assert len(list(path.parent.glob("*.corrupt-*"))) == 2


def test_a_file_of_another_version_is_set_aside(store, path):
    store.connection.execute(f"PRAGMA user_version = {VERSION + 1}").fetchall()
    store.close()

    store.open()

    assert list(path.parent.glob("*.old-*"))
    assert count(store) == 0


def test_a_path_that_cannot_be_a_file_leads_to_memory(tmp_path):
    (tmp_path / "file").write_text("x")
    store = Store(tmp_path / "file" / "telemetry.db")

    store.open()
    put(store, 1)

    assert store.is_in_memory
    assert count(store) == 1
    store.close()


def test_a_full_disk_refuses_the_batch_and_leaves_the_store_usable(store):
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchall()

    refused = [
        store.write(lambda db: db.execute(LOG, (store.next_id(1), "z" * 4_000)) and None) for _ in range(20)
    ]
    store.connection.execute("PRAGMA max_page_count = 100000").fetchall()
    put(store, 2)

    assert False in refused
    assert store.generation == 0
    assert count(store) == refused.count(True) + 1


def test_an_error_of_the_work_leaves_nothing_behind(store):
    def fail(db):
        db.execute(LOG, (store.next_id(1), "x"))
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        store.write(fail)

    assert count(store) == 0
    assert not store.connection.in_transaction


def test_row_ids_rise_with_time_and_when_the_clock_steps_back(store):
    ids = [store.next_id(at) for at in (5, 5, 9, 3, 10)]

    assert ids == sorted(set(ids))
    assert ids[-1] >> ROW_ID_SHIFT == 10


def test_row_ids_go_on_after_reopening(store):
    put(store, 1_000)
    last = store.next_id(1_000)
    store.close()
    put_again = Store(store.path)
    put_again.open()

    assert put_again.next_id(1) >= last
    put_again.close()
    store.open()


def test_age_is_pruned_in_small_batches_and_the_rest_stays(store):
    put(store, 1_000, count=PRUNE_BATCH + 10)
    put(store, 5_000, count=7)

    gone = [store.prune(cutoff_at=2_000, minutes_cutoff_at=0, bytes_max=1 << 40) for _ in range(3)]

    assert gone == [PRUNE_BATCH, 10, 0]
    assert count(store) == 7


def test_over_the_size_cap_the_oldest_go_whatever_their_age(store):
    for at in range(1_000, 1_040):
        put(store, at, "w" * 1_000, count=50)
    size = store.size_bytes()
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]

    while store.prune(cutoff_at=0, minutes_cutoff_at=0, bytes_max=size // 2):
        pass

    assert store.size_bytes() <= size // 2
    assert store.connection.execute("PRAGMA page_count").fetchone()[0] < pages
    assert count(store) > 0
    oldest = store.connection.execute("SELECT min(id) FROM logs").fetchone()[0]
    assert oldest >> ROW_ID_SHIFT > 1_000


def test_a_file_that_may_not_be_written_does_not_stop_the_engine(store, path):
    store.close()
    path.chmod(0o400)
    store.open()
    put(store, 1)

    assert count(store) == 1


def test_a_reader_beside_the_writer_sees_only_whole_batches(store, path):
    reader = apsw.Connection(os.fspath(path), flags=apsw.SQLITE_OPEN_READONLY)
    seen = []

    def work(db):
        db.execute(LOG, (store.next_id(1), "x"))
        seen.append(reader.execute("SELECT count(*) FROM logs").fetchone()[0])

    store.write(work)

    assert seen == [0]
    assert reader.execute("SELECT count(*) FROM logs").fetchone()[0] == 1
    reader.close()


def test_a_file_that_has_no_later_columns_gets_them_and_keeps_its_rows(store, path):
    store.connection.execute("ALTER TABLE spans DROP COLUMN accepted_at")
    store.connection.execute("INSERT INTO edges VALUES ('a', 'b', 1, 1, 1)")
    store.close()

    again = Store(path)
    again.open()

    columns = [row[0] for row in again.connection.execute("SELECT name FROM pragma_table_info('spans')")]
    assert columns[-1] == "accepted_at"
    assert again.connection.execute("SELECT count(*) FROM edges").fetchone() == (1,)
    again.close()


def test_counts_of_dropped_lines_are_pruned_by_age_and_number(store, monkeypatch):
    monkeypatch.setattr(schema, "DROPPED_ROWS_MAX", 2)
    rows = [(f"t{at}", "", at, 1) for at in range(1, 7)]
    store.connection.executemany(schema.ADD_DROPPED, rows)

    store.prune(cutoff_at=3, minutes_cutoff_at=0, bytes_max=1 << 40)
    aged = store.connection.execute("SELECT trace FROM dropped_lines ORDER BY 1").fetchall()

    assert aged == [("t4",), ("t5",), ("t6",)]
