"""`MemoryLedger`: the seam in plain Python, without threads; for tests and simulated time.

What it holds survives `close` and `open`, as a restart of an engine would find it, and is gone with
the object. Every method finishes without giving the loop a turn, so a run of it is deterministic.
"""

from __future__ import annotations

from motia.ledger.memory.advancing import MemoryAdvancing
from motia.ledger.memory.rows import Row, is_final
from motia.ledger.numbers import created_at_of
from motia.ledger.rules import check_limit
from motia.ledger.seam import LedgerStats
from motia.model import RunState
from motia.runtime import Clock


class MemoryLedger(MemoryAdvancing):
    """The ledger of tests; see `motia.ledger.seam.Ledger` for every method's contract."""

    def __init__(self, *, clock: Clock) -> None:
        """An empty ledger; usable without `open`."""
        super().__init__(clock=clock)
        self._is_open = False

    async def open(self) -> None:
        """See `Ledger.open`."""
        if not self._is_open:
            self._is_open = True
            self._http_keys = {name: key for name, key in self._http_keys.items() if key.response is not None}

    async def close(self) -> None:
        """See `Ledger.close`."""
        self._is_open = False

    async def prune(self, *, finished_before: int, size_bytes_max: int | None, limit: int = 500) -> int:
        """See `Ledger.prune`."""
        check_limit(limit)
        is_too_large = size_bytes_max is not None and self._table.bytes > size_bytes_max
        found: list[Row] = []
        for row in self._table.rows.values():
            if len(found) == limit:
                break
            if is_final(row) and (is_too_large or _finished_at(row) < finished_before):
                found.append(row)
        for row in list(self._table.parked.values())[:limit]:
            if created_at_of(row.number) < finished_before:
                row.reason = "expired"
                self._finish(row, RunState.CANCELLED)
        gone = self._instances.prune(None if is_too_large else finished_before, limit)
        gone += self._delete(found, frees_keys=False)
        return gone + self._prune_keys(finished_before, limit)

    def _prune_keys(self, finished_before: int, limit: int) -> int:
        now, gone = self.now(), 0
        for name in [name for name, key in self._event_keys.items() if key.expires_at <= now][:limit]:
            del self._event_keys[name]
            gone += 1
        for request in [name for name, key in self._http_keys.items() if key.expires_at <= now][:limit]:
            del self._http_keys[request]
            gone += 1
        for fires in self._fires.values():
            last = max(fires)
            old = [at for at, fire in fires.items() if fire.fired_at < finished_before and at != last]
            for instant in old:
                del fires[instant]
            gone += len(old)
        return gone

    def stats(self) -> LedgerStats:
        """See `Ledger.stats`; nothing is committed here, so commits and operations stay 0."""
        return LedgerStats(
            commits=0,
            operations=0,
            stale=self._stale,
            failed_commits=0,
            is_available=True,
            size_bytes=self._table.bytes,
        )


def _finished_at(row: Row) -> int:
    assert row.finished_at is not None
    return row.finished_at
