from __future__ import annotations

from typing import Any

from motia.edge.connection import BODY_RATE_GRACE_S, Connection
from motia.edge.exchange import Exchange
from motia.edge.listener import Listener
from motia.project import Limits
from motia.runtime import FrozenClock

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


class KeptWrites:
    """The transport of a connection without a socket."""

    def __init__(self) -> None:
        self.written = b""
        self.is_reading = True

    def get_extra_info(self, name: str) -> Any:
        return ("127.0.0.1", 1)

    def is_closing(self) -> bool:
        return False

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        pass

    def write(self, data: bytes) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True


def connected() -> tuple[Connection, KeptWrites, FrozenClock, list[Exchange]]:
    clock, served = FrozenClock(), []

    def serve(exchange: Exchange, now_mono: float) -> None:
        served.append(exchange)
        if exchange.fault is not None:
            exchange.send_fault(exchange.fault)

    listener = Listener(
        sockets=[], limits=Limits(), clock=clock, serve=serve, on_internal_error=lambda error: None
    )
    connection, transport = Connection(listener), KeptWrites()
    connection.connection_made(transport)  # type: ignore[arg-type]
    return connection, transport, clock, served


def test_a_body_slower_than_the_minimum_rate_is_cut_off() -> None:
    connection, transport, clock, _ = connected()
    connection.data_received(HEAD + b"x" * 1_000)

    connection.check(clock.mono() + BODY_RATE_GRACE_S - 0.1)
    assert transport.written == b""
    connection.check(clock.mono() + BODY_RATE_GRACE_S + 0.1)

    assert transport.written.startswith(b"HTTP/1.1 408")


def test_a_body_that_keeps_the_rate_is_left_alone() -> None:
    connection, transport, clock, _ = connected()
    connection.data_received(HEAD + b"x" * 50_000)

    connection.check(clock.mono() + 50.0)

    assert transport.written == b""


def test_reading_stops_while_many_requests_wait_and_that_time_is_not_the_clients() -> None:
    connection, transport, clock, served = connected()
    connection.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 20 + HEAD[:20])
    assert not transport.is_reading

    connection.check(clock.mono() + 1_000.0)
    assert transport.written == b""
    for number in range(20):
        served[number].send(200, b"", b"ok")

    assert transport.is_reading
    connection.check(clock.mono() + 1.0)
    assert transport.written.count(b"HTTP/1.1 200") == 20
    assert b"408" not in transport.written
