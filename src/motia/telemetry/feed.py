"""The live feed: what happens, in order, for as many subscribers as there are.

Invariants
1. Ids rise by one per item and never start again below an older process's: a subscriber that names
   the last id it saw gets what followed, as far as the last `RING_ITEMS` items reach.
2. A slow subscriber loses its oldest items, never anybody else's; the next item it gets says in
   `dropped` how many may have been lost at least.
3. Everything happens on the engine's loop; publishing never waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec

from motia.runtime import Clock
from motia.telemetry.records import LEVELS

RING_ITEMS = 10_000
BUFFER_ITEMS = 1_000
IDS_PER_MS = 1_000


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `kind`: run, instance, log, request, error, manifest, worker, step, state."""

    id: int
    kind: str
    at: int
    data: dict[str, Any]
    dropped: int = 0


class FeedFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which items; every field that is set must hold. `level` is the least level of log items."""

    kinds: tuple[str, ...] = ()
    step: str | None = None
    trace: str | None = None
    run: str | None = None
    level: str | None = None

    def fits(self, item: FeedItem) -> bool:
        """Whether `item` passes."""
        if self.kinds and item.kind not in self.kinds:
            return False
        data = item.data
        if self.step is not None and data.get("step") != self.step:
            return False
        if self.trace is not None and data.get("trace") != self.trace:
            return False
        if self.run is not None and data.get("run") != self.run:
            return False
        if self.level is not None and item.kind == "log":
            return LEVELS.get(data["level"], 0) >= LEVELS.get(self.level, 0)
        return True


class Subscription:
    """An async iterator over items; close it (or use it as a context) when done."""

    def __init__(self, feed: Feed, where: FeedFilter) -> None:
        """Made by `Feed.subscribe`."""
        self._feed = feed
        self._where = where
        self._items: deque[FeedItem] = deque()
        self._dropped = 0
        self._arrived = asyncio.Event()
        self.is_closed = False
        """Nothing follows what is buffered."""
        self._is_nudged = False

    def __enter__(self) -> Subscription:
        """The subscription itself."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> AsyncIterator[FeedItem]:
        """The items from now on."""
        return self

    async def __anext__(self) -> FeedItem:
        """Wait for the next item; ends when the subscription or the feed is closed."""
        while not self._items:
            if self.is_closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._pop()

    def try_next(self) -> FeedItem | None:
        """The next item if one is there."""
        return self._pop() if self._items else None

    async def next_batch(self, items_max: int) -> list[FeedItem]:
        """Wait for items; up to `items_max` of those that are there. Empty after `nudge` or when closed."""
        while not (self._items or self.is_closed or self._is_nudged):
            self._arrived.clear()
            await self._arrived.wait()
        self._is_nudged = False
        return [self._pop() for _ in range(min(items_max, len(self._items)))]

    def nudge(self) -> None:
        """Make a waiting `next_batch` return."""
        self._is_nudged = True
        self._arrived.set()

    def close(self) -> None:
        """Get no more items; a waiting `__anext__` ends. Safe twice."""
        self._feed.forget(self)
        self.is_closed = True
        self._arrived.set()

    def lose(self, count: int) -> None:
        """Note that `count` items were lost before they got here."""
        self._dropped += count

    def refill(self, items: Iterable[FeedItem]) -> None:
        """Take what was missed, beyond the buffer's bound: the ring it comes from is bounded."""
        self._items.extend(item for item in items if self._where.fits(item))
        self._arrived.set()

    def _pop(self) -> FeedItem:
        item = self._items.popleft()
        if self._dropped:
            item, self._dropped = msgspec.structs.replace(item, dropped=self._dropped), 0
        return item

    def offer(self, item: FeedItem) -> None:
        """Take `item` if it fits, in place of the oldest when the buffer is full."""
        if not self._where.fits(item):
            return
        if len(self._items) >= BUFFER_ITEMS:
            self._items.popleft()
            self._dropped += 1
        self._items.append(item)
        self._arrived.set()


class Feed:
    """See the head of this file."""

    def __init__(self, clock: Clock) -> None:
        """Number items from the time on, so that ids of a later process are higher."""
        self._clock = clock
        self._first_id = clock.now_ms() * IDS_PER_MS
        self._last_id = self._first_id
        self._ring: deque[FeedItem] = deque(maxlen=RING_ITEMS)
        self._subscriptions: set[Subscription] = set()
        self.is_heard = False
        """Whether anybody listens; not to be set."""

    @property
    def last_id(self) -> int:
        """Id of the newest item, or the id before the first."""
        return self._last_id

    @property
    def subscribers(self) -> int:
        """How many listen."""
        return len(self._subscriptions)

    def publish(self, kind: str, data: dict[str, Any], *, at: int | None = None) -> None:
        """Tell all subscribers; `at` is now when None. `data` is not changed afterwards."""
        self._last_id += 1
        item = FeedItem(id=self._last_id, kind=kind, at=self._clock.now_ms() if at is None else at, data=data)
        self._ring.append(item)
        for subscription in self._subscriptions:
            subscription.offer(item)

    def publish_all(self, entries: Iterable[tuple[str, int, dict[str, Any]]], *, dropped: int = 0) -> None:
        """Publish a batch; `dropped` items of it were left out, and their ids are never given."""
        if dropped:
            self._last_id += dropped
            for subscription in self._subscriptions:
                subscription.lose(dropped)
        for kind, at, data in entries:
            self.publish(kind, data, at=at)

    def subscribe(self, where: FeedFilter | None = None, *, after_id: int | None = None) -> Subscription:
        """Listen from now on, or from the item behind `after_id` as far as the ring reaches."""
        subscription = Subscription(self, where or FeedFilter())
        if after_id is not None and after_id < self._last_id:
            missed = [item for item in self._ring if item.id > after_id]
            if after_id < self._first_id:
                subscription.lose(1)
            else:
                # Ids that were given, or skipped for items left out, and are not in the ring.
                subscription.lose(self._last_id - after_id - len(missed))
            subscription.refill(missed)
        self._subscriptions.add(subscription)
        self.is_heard = True
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Send nothing more to `subscription`."""
        self._subscriptions.discard(subscription)
        self.is_heard = bool(self._subscriptions)

    def close(self) -> None:
        """End every subscription."""
        for subscription in list(self._subscriptions):
            subscription.close()
