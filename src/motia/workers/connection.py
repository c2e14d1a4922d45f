"""One connection to a worker: an asyncio protocol that joins its writes.

Invariants
1. Frames leave in the order of `send`, joined into few writes.
2. While the worker does not read, it is not read from: what it asks for cannot pile up as replies.
3. `on_lost` is called exactly once.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import cast

WRITE_HIGH_BYTES = 1024 * 1024
FRAMES_A_WRITE = 20
"""Frames that are written before the turn ends: with all of a busy turn in one write, the engine and
its worker would work in turns instead of side by side."""
BACKLOG_BYTES_MAX = 64 * 1024 * 1024
"""A worker with so much unread gets no further invocation until it has read."""


class Connection(asyncio.Protocol):
    """Bytes to and from one worker."""

    def __init__(self, *, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Call `on_data` with what arrives, `on_lost` when the other end is gone or after `close`."""
        self.data_received = on_data  # type: ignore[method-assign]  # one call less on the hot path
        self._on_lost = on_lost
        self._outbox: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._is_writing = True
        self._is_lost = False
        self._fd = -1

    @classmethod
    async def open(
        cls, sock: socket.socket, *, on_data: Callable[[bytes], None], on_lost: Callable[[], None]
    ) -> Connection:
        """Take over a connected Unix stream socket."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_unix_connection(
            lambda: cls(on_data=on_data, on_lost=on_lost), sock=sock
        )
        return connection

    @property
    def is_clogged(self) -> bool:
        """Whether the worker has left so much unread that nothing more should be sent."""
        transport = self._transport
        return (
            not self._is_writing
            and transport is not None
            and transport.get_write_buffer_size() >= BACKLOG_BYTES_MAX
        )

    def send(self, frame: bytes) -> None:
        """Send a whole frame at the end of this turn of the loop; dropped when the connection is gone."""
        outbox = self._outbox
        if self._is_lost:
            return
        outbox.append(frame)
        if len(outbox) == 1:
            self._loop.call_soon(self._flush)
        elif len(outbox) >= FRAMES_A_WRITE:
            self._flush()

    def close(self) -> None:
        """Close, after what was sent has left; safe twice."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once, dropping what is unsent; safe twice."""
        self._outbox.clear()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        # uvloop's transports are no subclasses of asyncio's
        self._transport = transport = cast("asyncio.Transport", transport)
        transport.set_write_buffer_limits(high=WRITE_HIGH_BYTES)
        self._fd = transport.get_extra_info("socket").fileno()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._is_lost = True
        self._transport = None
        self._outbox.clear()
        self._on_lost()

    def pause_writing(self) -> None:
        """Called by the loop when the worker does not read."""
        self._is_writing = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Called by the loop when the worker has read."""
        self._is_writing = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _flush(self) -> None:
        outbox, transport = self._outbox, self._transport
        if not outbox or transport is None:
            return
        self._outbox = []
        if transport.is_closing():
            return
        data = outbox[0] if len(outbox) == 1 else b"".join(outbox)
        # uvloop's transport writes when the turn ends; the worker should begin now.
        if self._is_writing and not transport.get_write_buffer_size():
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                pass  # the socket is full: the transport waits for room
            except OSError:
                return  # the worker is gone; the transport tells so
        if data:
            transport.write(data)
