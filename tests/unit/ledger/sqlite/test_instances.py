"""What the writer knows of open instances; what they mean is in the conformance tests."""

from __future__ import annotations

import apsw
import msgspec
from dispatch_world import workflow_spec

from motia.ledger.sqlite import accepting, instances
from motia.ledger.sqlite.migrations import migrate
from motia.ledger.sqlite.store import Store
from motia.model import Delivery, NewEvent, StepId, TraceId, TriggerKind
from motia.project import opening_of
from motia.runtime import FrozenClock

TRACE = TraceId("t" * 32)


def made_store() -> Store:
    conn = apsw.Connection(":memory:")
    migrate(conn, now_ms=1)
    store = Store(conn, clock=FrozenClock())
    store.load()
    return store


def start_event() -> NewEvent:
    spec = workflow_spec("w", "start", {"a": []})
    return NewEvent(
        target="start",
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=TRACE,
        deliveries=(Delivery(step=StepId("start")),),
        opens=(opening_of(spec),),
    )


def test_the_books_know_open_instances_also_after_a_rollback() -> None:
    store = made_store()
    store.conn.execute("BEGIN IMMEDIATE")
    accepting.accept(store, start_event(), None)
    store.flush()
    store.conn.execute("COMMIT")
    kept = dict(store.books.instances)

    store.conn.execute("BEGIN IMMEDIATE")
    other = msgspec.structs.replace(start_event(), trace=TraceId("u" * 32))
    accepting.accept(store, other, None)
    store.conn.execute("ROLLBACK")
    store.load()

    assert list(kept) == [TRACE]
    assert store.books.instances == kept


def test_a_record_comes_back_as_it_was_written() -> None:
    store = made_store()
    (instance,) = accepting.accept(store, start_event(), None).instances

    record = instances.read(store, instances.number_of_instance(instance))

    assert record is not None
    assert (record.id, record.trace, record.version) == (instance, TRACE, 1)
    assert [one.id for one in instances.read_open(store, TRACE)] == [instance]
    assert instances.read(store, -1) is None
