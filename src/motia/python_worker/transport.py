"""The worker's end of the socket: never blocks, and may be written from beside the loop.

Invariants
1. Bytes leave in the order of `write`; a lock makes a write from another thread whole.
2. Reading pauses while more than `UNSENT_BYTES_MAX` wait to leave: an engine that does not read
   gets no further work into this process.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

READ_BYTES = 256 * 1024
UNSENT_BYTES_MAX = 16 * 1024 * 1024


class SocketTransport:
    """A non-blocking stream socket on the running loop."""

    def __init__(
        self, sock: socket.socket, on_data: Callable[[bytes], None], on_eof: Callable[[], None]
    ) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._on_data = on_data
        self._on_eof = on_eof
        self._lock = threading.Lock()
        self._unsent = bytearray()
        self._is_writing = False
        self._is_reading = True
        self._is_closing = False
        self._loop.add_reader(sock.fileno(), self._read)

    @property
    def unsent_bytes(self) -> int:
        """What was written and has not left yet."""
        return len(self._unsent)

    def write(self, data: bytes) -> None:
        """Send `data`, now or when the socket takes it. Safe from any thread; after the end it is dropped."""
        with self._lock:
            if self._is_closing:
                return
            if not self._unsent:
                data = data[self._send(data) :]
                if not data:
                    return
            self._unsent += data
            if self._is_writing:
                return
            self._is_writing = True
        self._loop.call_soon_threadsafe(self._watch)

    def close(self) -> None:
        """Send what waits (for at most a second) and close. On the loop's thread."""
        if self._is_closing:
            return
        self._is_closing = True
        self._loop.remove_reader(self._sock.fileno())
        self._loop.remove_writer(self._sock.fileno())
        with self._lock:
            try:
                self._sock.settimeout(1.0)
                self._sock.sendall(self._unsent)
            except OSError:
                pass  # the engine is gone or does not read: there is nobody to tell
            self._sock.close()

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            # The peer is gone; the reader finds the end of file and ends the worker.
            return len(data)

    def _watch(self) -> None:
        if not self._is_closing:
            self._loop.add_writer(self._sock.fileno(), self._write_more)
            if len(self._unsent) > UNSENT_BYTES_MAX and self._is_reading:
                self._is_reading = False
                self._loop.remove_reader(self._sock.fileno())

    def _write_more(self) -> None:
        with self._lock:
            del self._unsent[: self._send(self._unsent)]
            if self._unsent:
                return
            self._is_writing = False
        self._loop.remove_writer(self._sock.fileno())
        if not self._is_reading and not self._is_closing:
            self._is_reading = True
            self._loop.add_reader(self._sock.fileno(), self._read)

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._on_data(data)
        else:
            self._loop.remove_reader(self._sock.fileno())
            self._on_eof()
