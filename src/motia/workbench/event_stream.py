"""Server-sent events over a feed subscription: one event an item, a comment when nothing happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.responses import StreamingResponse

from motia.runtime import Clock
from motia.telemetry import FeedItem, Subscription
from motia.workbench.instants import shown

HEARTBEAT_S = 15.0
ITEMS_PER_WRITE = 200


def event_stream(subscription: Subscription, *, clock: Clock) -> StreamingResponse:
    """The response that streams `subscription`, and closes it when either side leaves."""
    return _EventStream(subscription, clock)


class _EventStream(StreamingResponse):
    def __init__(self, subscription: Subscription, clock: Clock) -> None:
        super().__init__(
            _events(subscription, clock),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )
        self._subscription = subscription

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # A generator that is left in the middle is finished by the collector, whenever that runs.
        with self._subscription:
            await super().__call__(scope, receive, send)


async def _events(subscription: Subscription, clock: Clock) -> AsyncIterator[bytes]:
    with subscription:
        # Headers and this line go at once, so that the reader knows it is connected.
        yield b"retry: 1000\n\n"
        while not subscription.is_closed:
            timer = clock.call_later(HEARTBEAT_S, subscription.nudge)
            try:
                items = await subscription.next_batch(ITEMS_PER_WRITE)
            finally:
                timer.cancel()
            if items:
                yield b"".join(_event(item) for item in items)
            elif not subscription.is_closed:
                yield b": nothing new\n\n"


def _event(item: FeedItem) -> bytes:
    # JSON has no line breaks of its own, so that one `data:` line always holds it.
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        item.id,
        item.kind.encode(),
        msgspec.json.encode(shown(item)),
    )
