"""`app(root)`: a whole engine inside the test, with a memory ledger and a clock that the test turns."""

from __future__ import annotations

import math
import os
import random as random_module
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from motia.dispatch import TriggerOptions
from motia.engine import Engine
from motia.ledger import MemoryLedger
from motia.model import LoadFault, Run, RunFilter, RunId, RunState, StartError, StepId, StepSpec, TriggerKind
from motia.project import load_config
from motia.telemetry import LogFilter, Telemetry
from motia.testing.clock import PATIENCE_S, AppClock
from motia.testing.http import Answer, send
from motia.testing.process import EmbeddedLauncher
from motia.workers import Launcher

START = datetime(2026, 1, 1, tzinfo=UTC)
IDLE_LIMIT_S = 10.0
PAGE = 1_000


class TestRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run as a test sees it; values are decoded."""

    __test__ = False

    id: str
    step: str
    state: str
    attempt: int
    payload: Any
    result: Any
    error: str | None
    """Message of the last failure."""
    reason: str | None
    trace: str
    trigger: str
    parent: str | None
    key: str | None


class AppClient:
    """The test's hands on the engine. Made by `app`."""

    def __init__(self, engine: Engine, clock: AppClock) -> None:
        """Wrap a started engine."""
        self.engine = engine
        self.clock = clock

    @property
    def faults(self) -> tuple[LoadFault, ...]:
        """What is wrong with the project."""
        return self.engine.faults

    @property
    def steps(self) -> Mapping[StepId, StepSpec]:
        """The steps that are loaded, by id."""
        return self.engine.catalog.steps

    @property
    def now(self) -> datetime:
        """The frozen time."""
        return datetime.fromtimestamp(self.clock.now_ms() / 1_000, UTC)

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes | str | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request to the API and return its answer.

        Args:
            method: HTTP method.
            path: Path, with or without a query.
            json: Body to be sent as JSON.
            body: Body as it stands; give its content type in `headers`.
            query: Query parameters; lists repeat their name.
            headers: More headers.
        """
        content = msgspec.json.encode(json) if json is not None else body or b""
        if isinstance(content, str):
            content = content.encode()
        host, port = self.engine.api_address
        lines = {"host": f"{host}:{port}", "connection": "close"}
        if content or method not in ("GET", "HEAD", "DELETE", "OPTIONS"):
            lines["content-length"] = str(len(content))
        if json is not None:
            lines["content-type"] = "application/json"
        lines |= {name.lower(): value for name, value in (headers or {}).items()}
        target = f"{path}?{urlencode(query, doseq=True)}" if query else path
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in lines.items()) + "\r\n"
        return await send((host, port), head.encode("latin-1"), content, is_head=method == "HEAD")

    async def trigger(
        self,
        target: str,
        payload: Any = None,
        *,
        delay: float | timedelta | None = None,
        key: str | None = None,
        idempotency_key: str | None = None,
        priority: int = 0,
    ) -> str:
        """Send an event, as from outside; the id of its run. `delay` in seconds."""
        delay_s = delay.total_seconds() if isinstance(delay, timedelta) else delay
        accepted = await self.engine.dispatcher.trigger(
            target,
            msgspec.json.encode(payload),
            options=TriggerOptions(
                delay_ms=None if delay_s is None else round(delay_s * 1_000),
                key=key,
                idempotency_key=idempotency_key,
                priority=priority,
            ),
            kind=TriggerKind.MANUAL,
        )
        return accepted.run

    async def fire(self, step: str) -> str:
        """Fire a cron step by hand; the id of its run."""
        return (await self.engine.cron.run_now(StepId(step))).run

    async def wait_idle(self, *, timeout_s: float = IDLE_LIMIT_S) -> None:
        """Return when nothing is running or ready; what is due later stays for `advance`.

        Args:
            timeout_s: Most seconds of real time, counted in steps of two.

        Raises:
            TimeoutError: Something still runs after that; it is named.
        """
        tries = max(1, math.ceil(timeout_s / PATIENCE_S))
        for left in reversed(range(tries)):
            await self.clock.settle()
            try:
                await self.engine.dispatcher.wait_idle(0.0)
            except TimeoutError:
                if not left:
                    raise
            else:
                return

    async def advance(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Turn the clock; delays, retries, timeouts and schedules on the way happen, in order."""
        span = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        await self.clock.advance(span.total_seconds())

    async def runs(self, *, step: str | None = None, state: str | None = None) -> list[TestRun]:
        """Runs, oldest first."""
        where = RunFilter(
            step=StepId(step) if step is not None else None,
            states=(RunState(state),) if state is not None else (),
        )
        found: list[Run] = []
        cursor: str | None = None
        while True:
            page = await self.engine.ledger.list_runs(where, limit=PAGE, cursor=cursor)
            found += page.runs
            cursor = page.cursor
            if cursor is None:
                return [_view(run) for run in reversed(found)]

    async def run(self, run: str) -> TestRun:
        """One run by its id.

        Raises:
            LookupError: There is none.
        """
        found = await self.engine.ledger.get(RunId(run))
        if found is None:
            raise LookupError(f"there is no run {run}")
        return _view(found)

    async def state(self, group: str) -> dict[str, Any]:
        """A group of the state store."""
        entries = await self.engine.ledger.state_list(group)
        return {entry.key: msgspec.json.decode(entry.value) for entry in entries}

    async def logs(self, *, step: str | None = None) -> list[str]:
        """Messages of the log, oldest first."""
        page = await self.engine.telemetry.logs(LogFilter(step=StepId(step) if step else None), limit=PAGE)
        return [line.message for line in reversed(page.logs)]


@asynccontextmanager
async def app(
    root: Path | str, *, start: datetime = START, seed: int = 1, strict: bool = True
) -> AsyncIterator[AppClient]:
    """A running engine for the project at `root`, in this process.

    The ledger is in memory, time stands still until `advance`, chance is seeded. Python steps run on
    the test's event loop, in the environment of the test; steps of other languages in workers of their own.

    Args:
        root: The project's directory.
        start: The time to start at, with a zone.
        seed: Seed of the engine's randomness (retry jitter, ids).
        strict: Refuse a project that has faults; False to look at them in `faults`.

    Raises:
        StartError: The configuration is wrong, or the project has faults (listed in `details`).
    """
    launchers = {"python": EmbeddedLauncher()}
    async with running(root, start=start, seed=seed, strict=strict, launchers=launchers) as client:
        yield client


@asynccontextmanager
async def running(
    root: Path | str,
    *,
    start: datetime = START,
    seed: int = 1,
    strict: bool = True,
    launchers: Mapping[str, Launcher] | None = None,
    on_log: Callable[[Mapping[str, Any]], None] | None = None,
) -> AsyncIterator[AppClient]:
    """The same as `app`, with the workers that `launchers` start, else with those of `motia dev`.

    `on_log` is called with every log line.
    """
    path = Path(root).resolve()
    settings = load_config(path, command="test", environment="test", flags={}, environ=os.environ)
    clock = AppClock(round(start.timestamp() * 1_000))
    chance = random_module.Random(seed)
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    sock.setblocking(False)
    engine = Engine(
        settings,
        mode="start" if strict else "dev",
        is_embedded=True,
        clock=clock,
        random=chance,
        ledger=MemoryLedger(clock=clock),
        telemetry=Telemetry(None, clock=clock, random=chance, config=settings.config),
        launchers=launchers,
        on_log=on_log,
        sock=sock,
    )
    try:
        await engine.start()
    except StartError as error:
        sock.close()
        listed = "".join(
            f"\n  {fault['file']}:{fault.get('line', 0)}  {fault['message']}" for fault in error.details or ()
        )
        raise StartError(error.message + listed, hint=error.hint, details=error.details) from None
    except BaseException:
        sock.close()
        raise
    clock.is_busy = lambda: engine.dispatcher.in_flight > 0
    try:
        yield AppClient(engine, clock)
    finally:
        async with clock.flowing():
            await engine.stop()


def _view(run: Run) -> TestRun:
    return TestRun(
        id=run.id,
        step=run.step,
        state=run.state.value,
        attempt=run.attempt,
        payload=msgspec.json.decode(run.payload),
        result=None if run.result is None else msgspec.json.decode(run.result),
        error=None if run.error is None else run.error.message,
        reason=run.reason,
        trace=run.trace,
        trigger=run.kind.value,
        parent=run.parent_run,
        key=run.key,
    )
