"""The worker's side of a session: which message is allowed when. Sans-I/O.

| from | to | message or event | when |
|---|---|---|---|
| connected | greeted | hello | the engine speaks version 1 |
| greeted | loading | load | |
| greeted | closed | drain | nothing was loaded |
| loading | ready | `loaded()` | the manifest is sent |
| loading | draining | `loaded()` | the manifest is sent and drain came meanwhile |
| ready | draining | drain | |
| draining | closed | `close()` | everything in flight is answered |
| any | closed | `close()`, a protocol fault | |

Invariants
1. A message that the state does not allow is a protocol fault; nothing of it is carried out.
2. `closed` is final.
"""

from __future__ import annotations

from enum import StrEnum

from motia.protocol import (
    PROTOCOL_VERSION,
    Cancel,
    Drain,
    EngineMessage,
    FrameDecoder,
    Hello,
    Invoke,
    Load,
    Ping,
    ProtocolFault,
    Pull,
    Reply,
)


class State(StrEnum):
    """Where a worker is in its life."""

    CONNECTED = "connected"
    GREETED = "greeted"
    LOADING = "loading"
    READY = "ready"
    DRAINING = "draining"
    CLOSED = "closed"


ALLOWED: dict[State, frozenset[type]] = {
    State.CONNECTED: frozenset({Hello}),
    State.GREETED: frozenset({Load, Ping, Drain}),
    State.LOADING: frozenset({Ping, Drain}),
    State.READY: frozenset({Invoke, Cancel, Reply, Pull, Ping, Drain}),
    State.DRAINING: frozenset({Cancel, Reply, Pull, Ping}),
    State.CLOSED: frozenset(),
}


class Session:
    """Decodes what the engine sends and keeps the state."""

    def __init__(self) -> None:
        self._decoder: FrameDecoder[EngineMessage] = FrameDecoder(EngineMessage)
        self._drain_came = False
        self.state = State.CONNECTED

    def feed(self, data: bytes) -> list[tuple[EngineMessage, bytes]]:
        """Take bytes; the messages that are complete now. Call `accept` for each before acting on it.

        Raises:
            ProtocolFault: The bytes are no frames of this protocol.
        """
        return self._decoder.feed(data)

    def accept(self, message: EngineMessage) -> None:
        """Move on with `message`.

        Raises:
            ProtocolFault: The state does not allow it, or the engine speaks another version.
        """
        kind = type(message)
        if kind not in ALLOWED[self.state]:
            raise ProtocolFault(f"{kind.__name__.lower()} is not allowed in the state {self.state}")
        if kind is Invoke or kind is Reply:
            return
        if isinstance(message, Hello):
            if message.protocol != PROTOCOL_VERSION:
                raise ProtocolFault(
                    f"the engine speaks version {message.protocol} of the worker protocol, "
                    f"this worker version {PROTOCOL_VERSION}"
                )
            self.state = State.GREETED
        elif kind is Load:
            self.state = State.LOADING
        elif kind is Drain:
            self._drain()

    def loaded(self) -> None:
        """The manifest is sent."""
        if self.state is State.LOADING:
            self.state = State.DRAINING if self._drain_came else State.READY

    def close(self) -> None:
        """The session is over."""
        self.state = State.CLOSED

    def _drain(self) -> None:
        if self.state is State.READY:
            self.state = State.DRAINING
        elif self.state is State.GREETED:
            self.state = State.CLOSED
        else:
            self._drain_came = True
