"""A port over memory, and a way to collect what decorators declare."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from typing import Any

import msgspec
import pytest

from motia.authoring import Collector, Invocation, activate, current, deactivate


class MemoryPort:
    """Answers calls from a table and keeps what was sent."""

    payload_bytes_max = 1_000

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.logs: list[tuple[str, str, dict[str, Any], str]] = []
        self.spans: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, list[Any]] = {}
        self.thread = threading.get_ident()

    def call(self, invocation: Invocation, op: str, args: bytes) -> Future[msgspec.Raw]:
        self.sent.append((op, msgspec.json.decode(args)))
        future: Future[msgspec.Raw] = Future()
        answer = self.answers[op].pop(0) if self.answers.get(op) else None
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif not isinstance(answer, Future):
            future.set_result(msgspec.Raw(msgspec.json.encode(answer)))
        return answer if isinstance(answer, Future) else future

    def keep(self, invocation: Invocation, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        return asyncio.ensure_future(work)

    def log(
        self, invocation: Invocation | None, level: str, message: str, fields: bytes | None, source: str
    ) -> None:
        self.logs.append((level, message, msgspec.json.decode(fields) if fields else {}, source))

    def span(
        self,
        invocation: Invocation,
        name: str,
        span: str,
        started_at: int,
        duration_us: int,
        fields: bytes | None,
    ) -> None:
        self.spans.append((name, msgspec.json.decode(fields) if fields else {}))

    def is_loop_thread(self) -> bool:
        return threading.get_ident() == self.thread


def invocation_of(port: MemoryPort, **more: Any) -> Invocation:
    values: dict[str, Any] = {
        "number": 1,
        "step": "here",
        "kind": "event",
        "trace": "a" * 32,
        "span": "b" * 16,
        "run": "c" * 16,
        "attempt": 2,
        "retry_count": 1,
        "trigger": msgspec.Raw(b'{"target":"topic"}'),
        "port": port,
        **more,
    }
    return Invocation(**values)


@pytest.fixture
def port() -> MemoryPort:
    return MemoryPort()


@pytest.fixture
def invocation(port: MemoryPort) -> Invocation:
    return invocation_of(port)


@pytest.fixture
def here(invocation: Invocation) -> Iterator[Invocation]:
    """The invocation, current for the test."""
    token = current.set(invocation)
    yield invocation
    current.reset(token)


@pytest.fixture
def collector(tmp_path) -> Iterator[Collector]:
    gathered = Collector(str(tmp_path))
    activate(gathered)
    yield gathered
    deactivate(gathered)


@pytest.fixture
def in_thread(invocation: Invocation) -> Callable[[Callable[[], Any]], Any]:
    """Run a plain function on a thread, as a plain handler runs."""

    def run(function: Callable[[], Any]) -> Any:
        outcome: list[Any] = []

        def body() -> None:
            current.set(invocation)
            try:
                outcome.append(function())
            except Exception as error:
                outcome.append(error)

        thread = threading.Thread(target=body)
        thread.start()
        thread.join(10)
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    return run
