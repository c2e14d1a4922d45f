"""Accepts connections on the sockets handed in, watches their deadlines, and closes them.

Invariants
1. At most `connections` connections are open; one more is told 503 and closed.
2. All connections together hold at most `BODIES_MAX` bodies of the largest size, plus one read.
3. After `close` no connection is left, whatever its client does.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Final

from motia.edge.connection import Connection
from motia.edge.exchange import Exchange
from motia.edge.responses import DateLine
from motia.project import Limits
from motia.runtime import Clock, Timer

SWEEP_S_MAX: Final = 0.1
MANY_CONNECTIONS: Final = 2_000
MANY_SLOWER: Final = 5
"""How much rarer the sweep is when there are many connections: it looks at each."""
SWEEP_S_MIN: Final = 0.01
SWEEPS_PER_LIMIT: Final = 8
BACKLOG: Final = 2_048
BODIES_MAX: Final = 64
"""Bodies of the largest size that all connections together may hold in memory."""

Serve = Callable[[Exchange, float], None]


class Listener:
    """The connections of one edge."""

    def __init__(
        self,
        *,
        sockets: Sequence[socket.socket],
        limits: Limits,
        clock: Clock,
        serve: Serve,
        on_internal_error: Callable[[BaseException], None],
    ) -> None:
        self.limits = limits
        self.clock = clock
        self.serve = serve
        self.on_internal_error = on_internal_error
        self._sockets = list(sockets)
        self._servers: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._date = DateLine()
        self.held_bytes = 0
        """Bytes of request bodies in memory."""
        self._held_max = BODIES_MAX * limits.body_bytes
        self._sweep: Timer | None = None
        self.is_draining = False
        self._changed = asyncio.Event()
        shortest_s = min(limits.header_timeout_s, limits.keep_alive_s, limits.request_timeout_s)
        self._sweep_s = min(SWEEP_S_MAX, max(SWEEP_S_MIN, shortest_s / SWEEPS_PER_LIMIT))

    async def open(self) -> None:
        """Accept connections from now on."""
        loop = asyncio.get_running_loop()
        for sock in self._sockets:
            sock.setblocking(False)
            self._servers.append(
                await loop.create_server(lambda: Connection(self), sock=sock, backlog=BACKLOG)
            )

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """(host, port) of each socket."""
        return [sock.getsockname()[:2] for sock in self._sockets]

    def admit(self, connection: Connection) -> bool:
        """Take a connection in; False when there are too many, it may then only be told so."""
        is_welcome = len(self._connections) < self.limits.connections and not self.is_draining
        self._connections.add(connection)
        if self._sweep is None:
            self._sweep_later()
        return is_welcome

    def hold(self, count: int) -> bool:
        """Account for bytes of a body; False when all bodies together are too many."""
        self.held_bytes += count
        return self.held_bytes <= self._held_max

    def forget(self, connection: Connection) -> None:
        """A connection is gone."""
        self._connections.discard(connection)
        if self.is_draining:
            self._changed.set()

    def on_answered(self, connection: Connection) -> None:
        """A connection has answered; in a drain it has nothing more to do."""
        if self.is_draining:
            self._changed.set()

    def date_line(self) -> bytes:
        """The `date` header line of now."""
        return self._date.at(self.clock.now_ms())

    async def drain(self, grace_s: float) -> bool:
        """Accept no more, close what is idle, wait for what is under way; False when the grace ran out."""
        self.is_draining = True
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            connection.close_when_done()
        until_mono = self.clock.mono() + grace_s
        while self._connections:
            self._changed.clear()
            left_s = until_mono - self.clock.mono()
            if left_s <= 0:
                return False
            timer = self.clock.call_later(left_s, self._changed.set)
            await self._changed.wait()
            timer.cancel()
        return True

    @property
    def active(self) -> list[Exchange]:
        """Exchanges being served."""
        return [connection.active for connection in self._connections if connection.active is not None]

    @property
    def connection_count(self) -> int:
        """Open connections."""
        return len(self._connections)

    async def close(self) -> None:
        """Cut every connection and stop accepting; the sockets are closed."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        self.is_draining = True
        for server in self._servers:
            server.close()
        while self._connections:
            self._changed.clear()
            for connection in list(self._connections):
                connection.abort()
            await self._changed.wait()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    def _sweep_later(self) -> None:
        slower = MANY_SLOWER if len(self._connections) > MANY_CONNECTIONS else 1
        self._sweep = self.clock.call_later(self._sweep_s * slower, self._check)

    def _check(self) -> None:
        """Enforce the time limits of every connection; stops by itself when none is left."""
        self._sweep = None
        now_mono = self.clock.mono()
        for connection in list(self._connections):
            connection.check(now_mono)
        if self._connections:
            self._sweep_later()
