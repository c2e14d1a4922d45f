"""Flow control of one streamed response: the engine grants bytes, the handler waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from motia.authoring import Cancelled

CREDIT_BYTES_FIRST = 256 * 1024


class Outflow:
    """The body of a streamed response on its way out. On the loop's thread only."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._credit_bytes = CREDIT_BYTES_FIRST
        self._aborted_by = ""
        self._has_credit = asyncio.Event()
        self._has_credit.set()

    async def write(self, piece: bytes) -> None:
        """Send a piece once any credit is left; cancelled while it waits, nothing of it is sent.

        Raises:
            Cancelled: `abort` was called.
        """
        if self._credit_bytes <= 0 and piece:
            await self._has_credit.wait()
        if self._aborted_by:
            raise Cancelled(self._aborted_by)
        if not piece:
            return
        self._credit_bytes -= len(piece)
        if self._credit_bytes <= 0:
            self._has_credit.clear()
        self._send(piece)

    def grant(self, bytes_more: int) -> None:
        """The engine takes so many bytes more."""
        self._credit_bytes += bytes_more
        if self._credit_bytes > 0:
            self._has_credit.set()

    def abort(self, reason: str) -> None:
        """Nobody takes more: whoever waits to write gets `Cancelled`."""
        self._aborted_by = reason
        self._has_credit.set()
