from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from motia.python_worker.transport import UNSENT_BYTES_MAX, SocketTransport


@pytest.fixture
async def pair():
    here, there = socket.socketpair()
    there.settimeout(10)
    data: list[bytes] = []
    ended = asyncio.Event()
    transport = SocketTransport(here, data.append, ended.set)
    yield transport, there, data, ended
    transport.close()
    there.close()


def read_all(there: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        found += there.recv(1 << 20)
    return bytes(found)


async def test_bytes_arrive_in_order_also_when_the_socket_is_full(pair):
    transport, there, _, _ = pair
    pieces = [bytes([number % 251]) * 100_000 for number in range(40)]

    for piece in pieces:
        transport.write(piece)
    assert transport.unsent_bytes > 0
    found = await asyncio.to_thread(read_all, there, 4_000_000)

    assert found == b"".join(pieces)
    assert transport.unsent_bytes == 0


async def test_another_thread_may_write_while_the_loop_stands_still(pair):
    transport, there, _, _ = pair

    thread = threading.Thread(target=lambda: transport.write(b"beside"))
    thread.start()
    thread.join(10)

    assert there.recv(100) == b"beside"


async def test_the_end_of_file_is_told_once(pair):
    _, there, data, ended = pair

    there.sendall(b"last")
    there.close()
    await asyncio.wait_for(ended.wait(), 10)

    assert data == [b"last"]


async def test_a_peer_that_does_not_read_gets_nothing_more_in(pair):
    transport, there, data, _ = pair
    transport.write(b"x" * (UNSENT_BYTES_MAX + 2_000_000))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    there.sendall(b"more work")
    for _ in range(20):
        await asyncio.sleep(0)
    assert data == []

    await asyncio.to_thread(read_all, there, UNSENT_BYTES_MAX + 2_000_000)
    there.sendall(b"!")
    while not data:
        await asyncio.sleep(0)
    assert b"".join(data).startswith(b"more work")


async def test_a_write_after_the_end_is_dropped(pair):
    transport, there, _, _ = pair
    transport.write(b"before")
    transport.close()
    transport.close()

    transport.write(b"after")

    assert there.recv(100) == b"before"
    assert there.recv(100) == b""
