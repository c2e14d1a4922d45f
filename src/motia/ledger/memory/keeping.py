"""Nodes, cron, state, HTTP keys and the manifest of the memory ledger; contracts are in the seam."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from motia.ledger.memory.views import MemoryViews
from motia.ledger.rules import check_limit
from motia.ledger.seam import CronFire, IdempotencyAnswer, StateEntry, StateOp, StoredResponse
from motia.ledger.state_ops import apply_ops
from motia.model import Accepted, NewEvent, NodeId, StepId
from motia.runtime import Clock


class HttpKey(msgspec.Struct):
    """A request with an Idempotency-Key; without a response it is in flight."""

    digest: str
    expires_at: int
    response: StoredResponse | None = None


class MemoryKeeping(MemoryViews):
    """The part of `MemoryLedger` that is not about runs."""

    def __init__(self, *, clock: Clock) -> None:
        """An empty ledger."""
        super().__init__(clock=clock)
        self._nodes: dict[NodeId, int] = {}
        self._fires: dict[StepId, dict[int, CronFire]] = {}
        self._seen: dict[StepId, tuple[str, int]] = {}
        self._state: dict[str, dict[str, StateEntry]] = {}
        self._http_keys: dict[tuple[StepId, str], HttpKey] = {}
        self._manifest: bytes | None = None

    async def register(self, node: NodeId, *, ttl_ms: int) -> None:
        """See `Ledger.register`."""
        self._nodes[node] = self.now() + ttl_ms

    async def renew(self, node: NodeId, *, ttl_ms: int) -> bool:
        """See `Ledger.renew`."""
        if self._nodes.get(node, -1) < self.now():
            return False
        self._nodes[node] = self.now() + ttl_ms
        return True

    async def unregister(self, node: NodeId) -> None:
        """See `Ledger.unregister`."""
        self._nodes.pop(node, None)

    async def fire(self, fire: CronFire, event: NewEvent | None) -> tuple[bool, Accepted | None]:
        """See `Ledger.fire`."""
        if fire.instant_at in self._fires.get(fire.step, {}):
            return False, None
        accepted = None if event is None else self._accept(event, None)
        run = fire.run if accepted is None else accepted.run
        self._fires.setdefault(fire.step, {})[fire.instant_at] = msgspec.structs.replace(fire, run=run)
        return True, accepted

    async def cron_fires(self, step: StepId, *, limit: int = 20) -> list[CronFire]:
        """See `Ledger.cron_fires`."""
        fires = self._fires.get(step, {})
        return [fires[instant] for instant in sorted(fires, reverse=True)[: check_limit(limit)]]

    async def cron_seen(self, step: StepId, schedule: str) -> int:
        """See `Ledger.cron_seen`."""
        known = self._seen.get(step)
        if known is None or known[0] != schedule:
            known = self._seen[step] = (schedule, self.now())
        return known[1]

    async def state_get(self, group: str, key: str) -> StateEntry | None:
        """See `Ledger.state_get`."""
        return self._state.get(group, {}).get(key)

    async def state_set(self, group: str, key: str, value: bytes) -> StateEntry:
        """See `Ledger.state_set`."""
        return self._put(group, key, value)

    async def state_delete(self, group: str, key: str) -> bool:
        """See `Ledger.state_delete`."""
        return self._drop(group, key)

    async def state_list(self, group: str, *, limit: int = 10_000, after: str = "") -> list[StateEntry]:
        """See `Ledger.state_list`; the order is that of UTF-8, as in SQL."""
        entries = self._state.get(group, {})
        keys = sorted((key for key in entries if key.encode() > after.encode()), key=str.encode)
        return [entries[key] for key in keys[:limit]]

    async def state_groups(self, *, limit: int = 10_000) -> dict[str, int]:
        """See `Ledger.state_groups`."""
        return {group: len(self._state[group]) for group in sorted(self._state, key=str.encode)[:limit]}

    async def state_clear(self, group: str) -> int:
        """See `Ledger.state_clear`."""
        return len(self._state.pop(group, {}))

    async def state_update(self, group: str, key: str, ops: Sequence[StateOp]) -> StateEntry:
        """See `Ledger.state_update`."""
        before = self._state.get(group, {}).get(key)
        return self._put(group, key, apply_ops(None if before is None else before.value, ops))

    async def state_compare_and_set(
        self, group: str, key: str, *, version: int, value: bytes | None
    ) -> tuple[bool, StateEntry | None]:
        """See `Ledger.state_compare_and_set`."""
        before = self._state.get(group, {}).get(key)
        if (0 if before is None else before.version) != version:
            return False, before
        if value is None:
            self._drop(group, key)
            return True, None
        return True, self._put(group, key, value)

    def _put(self, group: str, key: str, value: bytes) -> StateEntry:
        before = self._state.get(group, {}).get(key)
        version = 1 if before is None else before.version + 1
        entry = StateEntry(group=group, key=key, value=value, version=version, updated_at=self.now())
        self._state.setdefault(group, {})[key] = entry
        return entry

    def _drop(self, group: str, key: str) -> bool:
        entries = self._state.get(group, {})
        was_there = entries.pop(key, None) is not None
        if not entries:
            self._state.pop(group, None)
        return was_there

    async def idempotency_begin(
        self, step: StepId, key: str, *, digest: str, ttl_ms: int
    ) -> IdempotencyAnswer:
        """See `Ledger.idempotency_begin`."""
        known = self._http_keys.get((step, key))
        if known is None or known.expires_at <= self.now():
            self._http_keys[step, key] = HttpKey(digest, self.now() + ttl_ms)
            return IdempotencyAnswer(outcome="started")
        if known.digest != digest:
            return IdempotencyAnswer(outcome="mismatch")
        if known.response is None:
            return IdempotencyAnswer(outcome="in_flight")
        return IdempotencyAnswer(outcome="stored", response=known.response)

    async def idempotency_finish(self, step: StepId, key: str, response: StoredResponse | None) -> None:
        """See `Ledger.idempotency_finish`."""
        if response is None:
            self._http_keys.pop((step, key), None)
        elif (step, key) in self._http_keys:
            self._http_keys[step, key].response = response

    async def save_manifest(self, manifest: bytes) -> None:
        """See `Ledger.save_manifest`."""
        self._manifest = manifest

    async def load_manifest(self) -> bytes | None:
        """See `Ledger.load_manifest`."""
        return self._manifest
