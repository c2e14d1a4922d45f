"""A worker inside the test, over memory; and projects of a few files."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia.protocol import (
    EngineMessage,
    FrameDecoder,
    Hello,
    Invoke,
    Load,
    LoadedManifest,
    Log,
    WorkerHello,
    WorkerMessage,
    encode_frame,
)
from motia.python_worker import PythonWorker

LIMIT_S = 10.0


class MemoryEngine:
    """The engine's side of an in-process worker."""

    def __init__(self) -> None:
        self._decoder: FrameDecoder[WorkerMessage] = FrameDecoder(WorkerMessage)
        self._messages: asyncio.Queue[tuple[WorkerMessage, bytes]] = asyncio.Queue()
        self.writes = 0
        self.closed = asyncio.Event()
        self.logs: list[Log] = []
        self.worker = PythonWorker(self._take, self.closed.set, in_process=True, now_ms=lambda: 42)

    def _take(self, data: bytes) -> None:
        self.writes += 1
        for frame in self._decoder.feed(data):
            self._messages.put_nowait(frame)

    def send(self, *messages: EngineMessage) -> None:
        self.worker.feed(b"".join(encode_frame(message) for message in messages))

    async def next(self) -> Any:
        while True:
            message, _ = await asyncio.wait_for(self._messages.get(), LIMIT_S)
            if not isinstance(message, Log):
                return message
            self.logs.append(message)

    async def load(self, root: Path, *files: str) -> LoadedManifest:
        self.send(Hello(protocol=1, engine="test", worker="w"))
        assert isinstance(await self.next(), WorkerHello)
        self.send(Load(root=str(root), files=files))
        return await self.next()

    def invoke(self, step: str, payload: object = None, *, number: int = 1) -> None:
        raw = msgspec.Raw(msgspec.json.encode(payload))
        self.send(
            Invoke(
                invocation=number,
                step=step,
                kind="event",
                trace="a" * 32,
                span="b" * 16,
                payload=raw,
                run="c" * 16,
            )
        )


@pytest.fixture
async def engine() -> AsyncIterator[MemoryEngine]:
    held = MemoryEngine()
    yield held
    held.worker.eof()
    held.worker.release()


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Write files below the project's motia folder."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / "motia" / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return tmp_path

    return write
