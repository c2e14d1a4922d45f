"""The worker inside the test's process: the same protocol, the same end."""

from __future__ import annotations

import asyncio
import os
import socket

from motia.protocol import Drain, FrameDecoder, Hello, WorkerHello, WorkerMessage, encode_frame
from motia.runtime import SystemClock
from motia.testing.process import KILLED, EmbeddedLauncher, EmbeddedProcess

LIMIT_S = 10.0


class Told:
    def __init__(self) -> None:
        self.exits: list[int] = []
        self.is_closed = False

    def on_closed(self) -> None:
        self.is_closed = True


async def start(told: Told) -> tuple[EmbeddedProcess, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    launcher = EmbeddedLauncher()
    process = launcher.process(
        SystemClock(), on_line=lambda fd, line: None, on_exit=told.exits.append, on_closed=told.on_closed
    )
    await process.start(launcher.argv(), env=launcher.env(), cwd=".", child=theirs)
    theirs.close()
    return process, ours


async def test_it_greets_and_ends_when_it_is_told_to() -> None:
    told = Told()
    process, ours = await start(told)
    loop = asyncio.get_running_loop()

    await loop.sock_sendall(ours, encode_frame(Hello(protocol=1, engine="0", worker="w")))
    decoder: FrameDecoder[WorkerMessage] = FrameDecoder(WorkerMessage)
    ((hello, _),) = decoder.feed(await asyncio.wait_for(loop.sock_recv(ours, 65_536), LIMIT_S))
    assert isinstance(hello, WorkerHello)
    assert (process.pid, told.exits) == (os.getpid(), [])
    await loop.sock_sendall(ours, encode_frame(Drain()))
    await asyncio.wait_for(process.wait_closed(), LIMIT_S)

    assert (told.exits, told.is_closed) == ([0], True)
    ours.close()


async def test_killed_it_says_so_and_the_connection_ends() -> None:
    told = Told()
    process, ours = await start(told)

    process.kill()
    await asyncio.wait_for(process.wait_closed(), LIMIT_S)

    assert told.exits == [KILLED]
    assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(ours, 10), LIMIT_S) == b""
    process.kill()
    ours.close()
