"""An edge on a free port, with workers inside the process: async functions as handlers."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from motia.edge import Edge
from motia.ledger import IdempotencyAnswer, StoredResponse
from motia.model import (
    LedgerUnavailable,
    Manifest,
    RequestSchemas,
    Source,
    SpanId,
    StepId,
    StepKind,
    StepSpec,
    TraceId,
)
from motia.project import Catalog, Config, Limits
from motia.protocol import Failure
from motia.runtime import SystemClock
from motia.workers import Answer, Died, Failed, Invocation, NoWorker, Responded

WAIT_S = 5.0
JSON = (("content-type", "application/json"),)

Handler = Callable[[Invocation], Awaitable[Answer]]


def answer(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = JSON) -> Responded:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Responded(status, headers, body, None, 5, 3)


def failed(kind: str = "error", **fields: Any) -> Failed:
    return Failed(Failure(invocation=1, **{"name": "ValueError", "message": "boom", "kind": kind, **fields}))


def died(reason: str = "signal 9") -> Died:
    return Died("python-1", reason, True)


class Pieces:
    """A streamed answer fed by the test; says when it was closed."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.closed = asyncio.Event()
        self.closings = 0

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        while (piece := await self.queue.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.closings += 1
        self.closed.set()

    def feed(self, *pieces: bytes | Exception | None) -> Pieces:
        for piece in pieces:
            self.queue.put_nowait(piece)
        return self

    def responded(self, kind: str = "text/event-stream") -> Responded:
        return Responded(200, (("content-type", kind),), b"", self, 1, 1)


class InProcessTicket:
    """A handler under way in this process."""

    def __init__(self, workers: InProcessWorkers, invocation: Invocation, handler: Handler) -> None:
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.cancelled_for: str | None = None
        self._workers = workers
        self._task = asyncio.ensure_future(handler(invocation))
        self._task.add_done_callback(self._done)

    def cancel(self, reason: str) -> None:
        if self.cancelled_for is None and not self.answer.done():
            self.cancelled_for = reason
            self._workers.cancelled.put_nowait(reason)
            self._task.cancel()

    def _done(self, task: asyncio.Task[Answer]) -> None:
        self._workers.busy -= 1
        if self.answer.done():
            return
        if task.cancelled():
            self.answer.set_result(failed("cancelled", name="Cancelled", message=""))
        elif (error := task.exception()) is not None:
            self.answer.set_result(failed(name=type(error).__name__, message=str(error)))
        else:
            self.answer.set_result(task.result())


class RefusedTicket:
    """An invocation that no worker took."""

    def __init__(self, reason: str) -> None:
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.answer.set_result(NoWorker(reason))

    def cancel(self, reason: str) -> None:
        pass


class InProcessWorkers:
    """Workers whose handlers are async functions of the test, with a bounded number of slots."""

    def __init__(self) -> None:
        self.handlers: dict[StepId, Handler] = {}
        self.slots = 1_000
        self.busy = 0
        self.seen: list[Invocation] = []
        self.cancelled: asyncio.Queue[str] = asyncio.Queue()

    def invoke(self, invocation: Invocation) -> Any:
        handler = self.handlers.get(invocation.step)
        if handler is None or self.busy >= self.slots:
            return RefusedTicket("all slots are taken")
        self.busy += 1
        self.seen.append(invocation)
        return InProcessTicket(self, invocation, handler)

    def free_slots(self, step: StepId) -> int:
        return 0

    @property
    def manifest(self) -> Manifest:
        return Manifest()

    def info(self) -> list[Any]:
        return []

    def has_step(self, step: StepId) -> bool:
        return step in self.handlers


class KeptRecords:
    """A recorder that keeps what it is told."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.logs: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    def new_trace(self) -> TraceId:
        return TraceId(f"{next(self._numbers):032x}")

    def new_span(self) -> SpanId:
        return SpanId(f"{next(self._numbers):016x}")

    def request(self, **fields: Any) -> None:
        self.requests.append(fields)

    def log(self, **fields: Any) -> None:
        self.logs.append(fields)

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **fields: None


class KeyLedger:
    """The Idempotency-Key part of a ledger, in memory."""

    def __init__(self) -> None:
        self.is_away = False
        self.kept: dict[tuple[str, str], tuple[str, StoredResponse | None]] = {}

    async def idempotency_begin(
        self, step: StepId, key: str, *, digest: str, ttl_ms: int
    ) -> IdempotencyAnswer:
        if self.is_away:
            raise LedgerUnavailable("the disk is full")
        found = self.kept.get((step, key))
        if found is None:
            self.kept[step, key] = (digest, None)
            return IdempotencyAnswer(outcome="started")
        if found[0] != digest:
            return IdempotencyAnswer(outcome="mismatch")
        if found[1] is None:
            return IdempotencyAnswer(outcome="in_flight")
        return IdempotencyAnswer(outcome="stored", response=found[1])

    async def idempotency_finish(self, step: StepId, key: str, response: StoredResponse | None) -> None:
        if response is None:
            del self.kept[step, key]
        else:
            self.kept[step, key] = (self.kept[step, key][0], response)


class App:
    """An edge that serves, and what a test needs around it."""

    answer = staticmethod(answer)
    failed = staticmethod(failed)
    died = staticmethod(died)
    Pieces = Pieces

    def __init__(self, root: Path, **settings: Any) -> None:
        limits = Limits(**{"header_timeout_s": 10.0, **settings.pop("limits", {})})
        self.config = Config(root=root, limits=limits, **settings)
        self.workers = InProcessWorkers()
        self.records = KeptRecords()
        self.ledger = KeyLedger()
        self.is_ready = True
        self.specs: list[StepSpec] = []
        self.sock = socket.socket()
        self.sock.bind(("127.0.0.1", 0))
        self.edge = Edge(
            config=self.config,
            workers=self.workers,
            recorder=self.records,  # type: ignore[arg-type]
            clock=SystemClock(),
            ledger=self.ledger,  # type: ignore[arg-type]
            sock=self.sock,
            is_ready=lambda: self.is_ready,
        )
        self.port = self.sock.getsockname()[1]
        self.client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", timeout=WAIT_S, trust_env=False
        )

    def step(
        self,
        method: str,
        path: str,
        handler: Handler,
        *,
        step: str = "",
        schema: dict[str, Any] | None = None,
        language: str = "python",
        **options: Any,
    ) -> None:
        """Add an api step and serve it from now on."""
        name = StepId(step or f"{method} {path}")
        parts = {part: msgspec.Raw(json.dumps(value).encode()) for part, value in (schema or {}).items()}
        self.specs.append(
            StepSpec(
                id=name,
                kind=StepKind.API,
                language=language,
                source=Source(file="steps/a.py"),
                method=method,
                path=path,
                request=RequestSchemas(**parts) if parts else None,
                **options,
            )
        )
        self.workers.handlers[name] = handler
        assert self.edge.use_catalog(Catalog(self.specs)) == ()

    async def raw(self, data: bytes, *, until_close: bool = True) -> bytes:
        """Send bytes on a connection of their own; what came back until the server closed it."""
        reader, writer = await self.connect()
        writer.write(data)
        try:
            return await asyncio.wait_for(reader.read() if until_close else reader.read(65_536), WAIT_S)
        finally:
            await self.close(writer)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def close(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def make_app(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[App]]]:
    apps: list[App] = []

    async def make(**settings: Any) -> App:
        app = App(tmp_path, **settings)
        apps.append(app)
        app.edge.use_catalog(Catalog())
        await app.edge.start()
        return app

    yield make
    for app in apps:
        await app.client.aclose()
        await app.edge.stop()


@pytest.fixture
async def app(make_app: Callable[..., Awaitable[App]]) -> App:
    return await make_app()
