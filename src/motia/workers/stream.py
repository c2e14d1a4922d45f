"""The body of a streamed response, with credit so that a slow client bounds a fast handler.

Invariants
1. At most `FIRST_CREDIT` bytes and one further piece are buffered.
2. A piece leaves at most once, in order; after the end come neither pieces nor pulls.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from motia.workers.seam import StreamBroken

FIRST_CREDIT = 256 * 1024
PULL_BYTES = FIRST_CREDIT // 4
"""Credit is given back in pulls of at least so many bytes: one frame for many small pieces."""


class Stream:
    """Implements `ResponseStream`: one reader, fed by the session."""

    def __init__(self, *, pull: Callable[[int], None], abandon: Callable[[], None]) -> None:
        """`pull` gives the worker so many bytes more; `abandon` stops the handler (the client left)."""
        self._pull = pull
        self._abandon = abandon
        self._pieces: deque[bytes] = deque()
        self._credit = FIRST_CREDIT
        self._owed = 0
        self._error: str | None = None
        self._is_over = False
        self._is_abandoned = False
        self._waiter: asyncio.Future[None] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Pieces in order; raises `StreamBroken` after the last good one when the handler failed."""
        return self

    async def __anext__(self) -> bytes:
        """The next piece. Cancelling takes none."""
        while not self._pieces:
            if self._error is not None:
                raise StreamBroken(self._error)
            if self._is_over or self._is_abandoned:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        piece = self._pieces.popleft()
        self._give_back(len(piece))
        return piece

    async def aclose(self) -> None:
        """Stop the handler and drop what is buffered; safe twice and after the end."""
        self.abandon()

    def abandon(self) -> None:
        """As `aclose`, for callers that are not coroutines."""
        if self._is_abandoned:
            return
        self._is_abandoned = True
        self._pieces.clear()
        self._wake()
        if not self._is_over:
            self._abandon()

    def feed(self, piece: bytes) -> bool:
        """Take a piece from the worker; False when it had no credit for it."""
        if self._is_abandoned:
            return True
        if self._credit <= 0 and piece:
            return False
        self._credit -= len(piece)
        if piece:
            self._pieces.append(piece)
            self._wake()
        return True

    def finish(self, error: str = "") -> None:
        """No piece follows; a non-empty `error` says what broke it. The first call counts."""
        if self._is_over:
            return
        self._is_over = True
        if error:
            self._error = error
        self._wake()

    def _give_back(self, size: int) -> None:
        self._owed += size
        if self._owed >= PULL_BYTES and not self._is_over:
            self._credit += self._owed
            owed, self._owed = self._owed, 0
            self._pull(owed)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
