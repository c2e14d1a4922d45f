"""Nodes, cron, the state store, HTTP keys and the manifest. Functions of the writer's thread, reads apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from motia.ledger.numbers import number_of
from motia.ledger.seam import CronFire, IdempotencyAnswer, StateEntry, StateOp, StoredResponse
from motia.ledger.sqlite import keeping_sql as sql
from motia.ledger.sqlite.accepting import accept
from motia.ledger.sqlite.store import Store
from motia.ledger.state_ops import apply_ops
from motia.model import Accepted, NewEvent, NodeId, StepId, run_id_of

MANIFEST = "manifest"


def register(store: Store, node: NodeId, ttl_ms: int) -> None:
    """See `Ledger.register`."""
    store.write(sql.UPSERT_NODE, (node, store.now() + ttl_ms))


def renew(store: Store, node: NodeId, ttl_ms: int) -> bool:
    """See `Ledger.renew`."""
    now = store.now()
    return store.write(sql.RENEW_NODE, (now + ttl_ms, node, now)) > 0


def unregister(store: Store, node: NodeId) -> None:
    """See `Ledger.unregister`."""
    store.write(sql.DELETE_NODE, (node,))


def fire(store: Store, fire: CronFire, event: NewEvent | None) -> tuple[bool, Accepted | None]:
    """See `Ledger.fire`."""
    if store.row(sql.SELECT_FIRE, (fire.step, fire.instant_at)) is not None:
        return False, None
    accepted = None if event is None else accept(store, event, None)
    run = fire.run if accepted is None else accepted.run
    number = None if run is None else number_of(run)
    store.write(
        sql.INSERT_FIRE, (fire.step, fire.instant_at, fire.outcome, fire.fired_at, number, fire.reason)
    )
    return True, accepted


def cron_fires(conn: apsw.Connection, step: StepId, limit: int) -> list[CronFire]:
    """See `Ledger.cron_fires`."""
    return [
        CronFire(
            step=StepId(name),
            instant_at=instant_at,
            outcome=outcome,
            fired_at=fired_at,
            run=None if run is None else run_id_of(run),
            reason=reason,
        )
        for name, instant_at, outcome, fired_at, run, reason in conn.execute(sql.SELECT_FIRES, (step, limit))
    ]


def cron_seen(store: Store, step: StepId, schedule: str) -> int:
    """See `Ledger.cron_seen`."""
    found = store.row(sql.SELECT_SEEN, (step, schedule))
    if found is not None:
        return found[0]
    now = store.now()
    store.write(sql.UPSERT_SEEN, (step, schedule, now))
    return now


def state_get(conn: apsw.Connection, group: str, key: str) -> StateEntry | None:
    """See `Ledger.state_get`."""
    row = conn.execute(sql.SELECT_STATE, (group, key)).fetchone()
    return None if row is None else _entry(row)


def state_set(store: Store, group: str, key: str, value: bytes) -> StateEntry:
    """See `Ledger.state_set`."""
    return _put(store, _state(store, group, key), group, key, value)


def state_delete(store: Store, group: str, key: str) -> bool:
    """See `Ledger.state_delete`."""
    return store.write(sql.DELETE_STATE, (group, key)) > 0


def state_list(conn: apsw.Connection, group: str, limit: int, after: str) -> list[StateEntry]:
    """See `Ledger.state_list`."""
    return [_entry(row) for row in conn.execute(sql.SELECT_GROUP, (group, after, limit))]


def state_groups(conn: apsw.Connection, limit: int) -> dict[str, int]:
    """See `Ledger.state_groups`."""
    return dict(conn.execute(sql.COUNT_GROUPS, (limit,)))


def state_clear(store: Store, group: str) -> int:
    """See `Ledger.state_clear`."""
    return store.write(sql.CLEAR_GROUP, (group,))


def state_update(store: Store, group: str, key: str, ops: Sequence[StateOp]) -> StateEntry:
    """See `Ledger.state_update`."""
    before = _state(store, group, key)
    value = apply_ops(None if before is None else before.value, ops)
    return _put(store, before, group, key, value)


def state_compare_and_set(
    store: Store, group: str, key: str, version: int, value: bytes | None
) -> tuple[bool, StateEntry | None]:
    """See `Ledger.state_compare_and_set`."""
    before = _state(store, group, key)
    if (0 if before is None else before.version) != version:
        return False, before
    if value is None:
        state_delete(store, group, key)
        return True, None
    return True, _put(store, before, group, key, value)


def idempotency_begin(store: Store, step: StepId, key: str, digest: str, ttl_ms: int) -> IdempotencyAnswer:
    """See `Ledger.idempotency_begin`. What an engine's death left in flight is deleted at open."""
    now = store.now()
    found = store.row(sql.SELECT_HTTP_KEY, (step, key, now))
    if found is None:
        store.write(sql.INSERT_HTTP_KEY, (step, key, digest, now + ttl_ms))
        return IdempotencyAnswer(outcome="started")
    known, status, headers, body = found
    if known != digest:
        return IdempotencyAnswer(outcome="mismatch")
    if status is None:
        return IdempotencyAnswer(outcome="in_flight")
    fields = msgspec.json.decode(headers, type=tuple[tuple[str, str], ...])
    return IdempotencyAnswer(
        outcome="stored", response=StoredResponse(status=status, headers=fields, body=body)
    )


def idempotency_finish(store: Store, step: StepId, key: str, response: StoredResponse | None) -> None:
    """See `Ledger.idempotency_finish`."""
    if response is None:
        store.write(sql.DELETE_HTTP_KEY, (step, key))
        return
    headers = msgspec.json.encode(response.headers)
    store.write(sql.FINISH_HTTP_KEY, (response.status, headers, response.body, step, key))


def save_manifest(store: Store, manifest: bytes) -> None:
    """See `Ledger.save_manifest`."""
    store.write(sql.UPSERT_META, (MANIFEST, manifest))


def load_manifest(conn: apsw.Connection) -> bytes | None:
    """See `Ledger.load_manifest`."""
    row = conn.execute(sql.SELECT_META, (MANIFEST,)).fetchone()
    return None if row is None else row[0]


def _state(store: Store, group: str, key: str) -> StateEntry | None:
    row = store.row(sql.SELECT_STATE, (group, key))
    return None if row is None else _entry(row)


def _put(store: Store, before: StateEntry | None, group: str, key: str, value: bytes) -> StateEntry:
    version = 1 if before is None else before.version + 1
    entry = StateEntry(group=group, key=key, value=value, version=version, updated_at=store.now())
    store.write(sql.UPSERT_STATE, (entry.group, entry.key, entry.value, entry.version, entry.updated_at))
    return entry


def _entry(row: Any) -> StateEntry:
    group, key, value, version, updated_at = row
    return StateEntry(group=group, key=key, value=value, version=version, updated_at=updated_at)
