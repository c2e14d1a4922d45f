"""The connection: one write a turn, no reading while the worker does not read."""

from __future__ import annotations

import asyncio
import socket

import pytest

from motia.workers import connection as connection_room
from motia.workers.connection import FRAMES_A_WRITE, WRITE_HIGH_BYTES, Connection


class Peer:
    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.theirs.setblocking(False)
        self.got: list[bytes] = []
        self.lost = asyncio.Event()
        self.arrived = asyncio.Event()

    async def open(self) -> Connection:
        return await Connection.open(self.ours, on_data=self._on_data, on_lost=self.lost.set)

    def _on_data(self, data: bytes) -> None:
        self.got.append(data)
        self.arrived.set()


async def test_frames_of_one_turn_leave_in_one_write() -> None:
    peer = Peer()
    connection = await peer.open()

    for frame in (b"a", b"b", b"c"):
        connection.send(frame)

    with pytest.raises(BlockingIOError):
        peer.theirs.recv(100)
    assert await asyncio.get_running_loop().sock_recv(peer.theirs, 100) == b"abc"
    connection.abort()
    await peer.lost.wait()
    peer.theirs.close()


async def test_many_frames_of_one_turn_begin_to_leave_before_it_ends() -> None:
    peer = Peer()
    connection = await peer.open()

    for _ in range(FRAMES_A_WRITE + 1):
        connection.send(b"a")

    assert peer.theirs.recv(100) == b"a" * FRAMES_A_WRITE
    assert await asyncio.get_running_loop().sock_recv(peer.theirs, 100) == b"a"
    connection.abort()
    await peer.lost.wait()
    peer.theirs.close()


async def test_a_worker_that_does_not_read_is_not_read_from() -> None:
    peer = Peer()
    connection = await peer.open()
    connection.send(bytes(WRITE_HIGH_BYTES * 4))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    peer.theirs.send(b"call")
    for _ in range(20):
        await asyncio.sleep(0)
    assert peer.got == []
    left = WRITE_HIGH_BYTES * 4
    while left:
        left -= len(await asyncio.get_running_loop().sock_recv(peer.theirs, 1_000_000))

    await asyncio.wait_for(peer.arrived.wait(), 5)
    assert peer.got == [b"call"]
    connection.abort()
    await peer.lost.wait()
    peer.theirs.close()


async def test_a_backlog_over_its_bound_clogs_the_connection(monkeypatch: object) -> None:
    peer = Peer()
    connection = await peer.open()
    assert not connection.is_clogged

    connection.send(bytes(connection_room.BACKLOG_BYTES_MAX + 2_000_000))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert connection.is_clogged
    connection.abort()
    await peer.lost.wait()
    peer.theirs.close()


async def test_the_end_of_the_other_side_is_told_once_and_sending_is_harmless_then() -> None:
    peer = Peer()
    connection = await peer.open()

    peer.theirs.close()
    await asyncio.wait_for(peer.lost.wait(), 5)
    connection.send(b"late")
    connection.close()
    connection.abort()

    assert connection._outbox == []
