"""An engine for a test in another language: orders in, answers and log lines out, one JSON object a line.

The test's library starts `motia serve-test` and speaks this with it; requests go to the API itself.
First comes `{"ready": {"api", "version"}}` or `{"failed": error}`. An order is `{"id", "op", "args"}`;
its answer `{"id", "value"}` or `{"id", "error"}`, in order. `{"log": {...}}` comes at any time.
An error is `{"code", "message", "hint", "details"}`. End of file on the input stops the engine.

Invariants
1. Orders are carried out one after another.
2. A reader that does not read holds up no engine: log lines that do not fit are counted and left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec

from motia import __version__
from motia.model import CallerError, MotiaError
from motia.testing.embedded import START, AppClient, TestRun, running

LOG_BACKLOG_BYTES = 1024 * 1024
LOG_FIELDS = ("at", "level", "message", "step", "run", "trace", "source")


class Sink(Protocol):
    """Where lines go: an `asyncio.WriteTransport` of the program that asked."""

    def write(self, data: bytes, /) -> Any:
        """Write without waiting."""

    def get_write_buffer_size(self) -> int:
        """Bytes that the reader has not taken yet."""
        ...


class OrderError(CallerError):
    """An order of a test cannot be carried out."""

    code = "test-order"


async def serve_remote(
    root: Path,
    orders: asyncio.StreamReader,
    sink: Sink,
    *,
    start: datetime | None = None,
    seed: int = 1,
    strict: bool = True,
    format_log: Callable[[Mapping[str, Any]], str] = lambda line: str(line.get("message", "")),
) -> int:
    """Run an engine for the project at `root` until `orders` end; the exit code for a process.

    Args:
        root: The project's directory.
        orders: Lines of the test; the limit of the reader is the largest order.
        sink: Where answers go.
        start: The time to start at, with a zone; None: 2026-01-01.
        seed: Seed of the engine's randomness.
        strict: Refuse a project that has faults.
        format_log: Makes a log line what a person reads.
    """
    remote = Remote(sink, format_log=format_log)
    try:
        async with running(root, start=start or START, seed=seed, strict=strict, on_log=remote.log) as client:
            await remote.serve(client, orders)
    except MotiaError as error:
        remote.failed(error)
        return 1
    return 0


class Remote:
    """One test's line to its engine."""

    def __init__(self, sink: Sink, *, format_log: Callable[[Mapping[str, Any]], str]) -> None:
        """Write to `sink`; `format_log` makes a log line what a person reads."""
        self._sink = sink
        self._format_log = format_log
        self._lost = 0

    def log(self, line: Mapping[str, Any]) -> None:
        """Pass a log line on."""
        if self._sink.get_write_buffer_size() > LOG_BACKLOG_BYTES:
            self._lost += 1
            return
        told = {name: line[name] for name in LOG_FIELDS if line.get(name)}
        if self._lost:
            told["lost"], self._lost = self._lost, 0
        self._tell({"log": told | {"text": self._format_log(line)}})

    def failed(self, error: Exception) -> None:
        """Say that there is no engine."""
        self._tell({"failed": _described(error)})

    async def serve(self, client: AppClient, orders: asyncio.StreamReader) -> None:
        """Carry out `orders` until they end."""
        host, port = client.engine.api_address
        self._tell({"ready": {"api": f"http://{host}:{port}", "version": __version__}})
        while line := await orders.readline():
            order = msgspec.json.decode(line)
            try:
                value = await _carry_out(client, order["op"], order.get("args") or {})
            except Exception as error:
                self._tell({"id": order["id"], "error": _described(error)})
            else:
                self._tell({"id": order["id"], "value": value})

    def _tell(self, told: Mapping[str, Any]) -> None:
        self._sink.write(msgspec.json.encode(told) + b"\n")


async def _carry_out(client: AppClient, op: str, args: dict[str, Any]) -> Any:
    work = OPS.get(op)
    if work is None:
        raise OrderError(f"there is no order {op!r}", hint="is the library of the engine's own version?")
    return await work(client, **args)


async def _trigger(client: AppClient, target: str, payload: Any = None, **options: Any) -> dict[str, str]:
    if options.get("delay") is not None:
        options["delay"] = timedelta(seconds=options["delay"])
    run = await client.run(await client.trigger(target, payload, **options))
    return {"runId": run.id, "traceId": run.trace}


async def _fire(client: AppClient, step: str) -> dict[str, str]:
    run = await client.run(await client.fire(step))
    return {"runId": run.id, "traceId": run.trace}


async def _run(client: AppClient, run: str) -> TestRun:
    return await client.run(run)


async def _runs(client: AppClient, step: str | None = None, state: str | None = None) -> list[TestRun]:
    return await client.runs(step=step, state=state)


async def _wait_idle(client: AppClient, timeout: float | None = None) -> None:
    await (client.wait_idle() if timeout is None else client.wait_idle(timeout_s=timeout))


async def _advance(client: AppClient, seconds: float) -> None:
    await client.advance(seconds=seconds)


async def _state(client: AppClient, group: str) -> dict[str, Any]:
    return await client.state(group)


async def _logs(client: AppClient, step: str | None = None) -> list[str]:
    return await client.logs(step=step)


async def _now(client: AppClient) -> str:
    return client.now.isoformat()


OPS: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "trigger": _trigger,
    "fire": _fire,
    "run": _run,
    "runs": _runs,
    "wait_idle": _wait_idle,
    "advance": _advance,
    "state": _state,
    "logs": _logs,
    "now": _now,
}


def _described(error: Exception) -> dict[str, Any]:
    if isinstance(error, MotiaError):
        return {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "details": error.details or None,
        }
    code = "timeout" if isinstance(error, TimeoutError) else "test-order"
    return {"code": code, "message": str(error) or type(error).__name__, "hint": "", "details": None}
