"""A bench: a supervisor over real processes of the scripted worker, and a record of what it told."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia.model import Manifest, RunId, SpanId, StepId, TraceId
from motia.project import Config, WorkerPools
from motia.protocol import Log, Request, Span, Stalled
from motia.runtime import Clock, SystemClock
from motia.workers import Answer, Invocation, Lane, Launcher, Origin, Returned, Supervisor, Ticket

SCRIPT = Path(__file__).with_name("scripted_worker.py")
LIMIT_S = 8.0


class ScriptedLauncher(Launcher):
    def __init__(self, language: str = "python", **environment: str) -> None:
        self.language = language
        self.environment = {**os.environ, "SCRIPT_LANGUAGE": language, **environment}

    def argv(self) -> list[str]:
        return [sys.executable, str(SCRIPT)]

    def env(self) -> Mapping[str, str]:
        return self.environment


class Told:
    """Records what the supervisor tells (implements `WorkerEvents`)."""

    def __init__(self) -> None:
        self.logs: list[tuple[Origin | None, str, Log]] = []
        self.spans: list[tuple[Origin, Span]] = []
        self.stalls: list[tuple[str, Stalled]] = []
        self.manifests: list[Manifest] = []
        self.changes: list[tuple[str, str]] = []
        self.capacity = 0
        self.dropped: list[Origin | None] = []

    def on_log(self, origin: Origin | None, worker: str, log: Log) -> None:
        self.logs.append((origin, worker, log))

    def on_log_dropped(self, origin: Origin | None) -> None:
        self.dropped.append(origin)

    def on_span(self, origin: Origin, span: Span) -> None:
        self.spans.append((origin, span))

    def on_stalled(self, worker: str, stalled: Stalled) -> None:
        self.stalls.append((worker, stalled))

    def on_manifest(self, manifest: Manifest) -> None:
        self.manifests.append(manifest)

    def on_worker(self, worker: str, change: str) -> None:
        self.changes.append((worker, change))

    def on_capacity(self) -> None:
        self.capacity += 1

    def has_logged(self, text: str) -> bool:
        return any(text in log.message for _, _, log in self.logs)


class Bench:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.told = Told()
        self.files: dict[str, tuple[str, ...]] = {}
        self.supervisor: Supervisor = None  # type: ignore[assignment]
        self.calls: list[tuple[Origin, str, bytes]] = []
        self.handler: Callable[[Origin, str, msgspec.Raw], Awaitable[bytes]] = self._handle
        self.made: list[Supervisor] = []

    def write(self, name: str, *steps: str, language: str = "python", **script: Any) -> None:
        """Write a step file with these event steps (`api:x` is an api step)."""
        specs = [
            {"id": step.removeprefix("api:"), "kind": "api" if step.startswith("api:") else "event"}
            for step in steps
        ]
        self.write_text(name, json.dumps({"steps": specs, **script}), language=language)

    def write_text(self, name: str, text: str, *, language: str = "python", is_step: bool = True) -> None:
        (self.root / name).write_text(text)
        if is_step:
            self.files[language] = tuple(dict.fromkeys((*self.files.get(language, ()), name)))

    async def start(
        self,
        *,
        clock: Clock | None = None,
        launchers: Mapping[str, Launcher] | None = None,
        production: bool = True,
        waits: bool = True,
        stands_by: bool = True,
        **pools: int,
    ) -> Supervisor:
        """Start a supervisor over the files; in production there is no standby."""

        async def handle(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
            self.calls.append((origin, op, bytes(args)))
            return await self.handler(origin, op, args)

        self.supervisor = Supervisor(
            config=Config(
                root=self.root,
                environment="production" if production else "development",
                workers=WorkerPools(**pools),
            ),
            clock=clock or SystemClock(),
            events=self.told,
            calls=handle,
            launchers=launchers or {"python": ScriptedLauncher()},
            files=self.files,
            engine_version="0",
            stands_by=stands_by,
        )
        self.made.append(self.supervisor)
        if waits:
            await self.supervisor.start()
        return self.supervisor

    def invoke(
        self, step: str = "a", *, lane: Lane = Lane.BACKGROUND, kind: str = "event", **more: Any
    ) -> Ticket:
        """Invoke with the payload made of the arguments that are not options of an invocation."""
        options = {
            name: more.pop(name) for name in ("timeout_ms", "is_alone", "body", "attempt") if name in more
        }
        request = Request(method="GET", url="/", path="/") if kind == "api" else None
        return self.supervisor.invoke(
            Invocation(
                step=StepId(step),
                kind=kind,
                trace=TraceId("0" * 32),
                span=SpanId("0" * 16),
                run=RunId("0" * 16),
                lane=Lane.REQUEST if kind == "api" else lane,
                payload=json.dumps(more).encode(),
                request=request,
                **options,
            )
        )

    async def answer(self, ticket: Ticket) -> Answer:
        async with asyncio.timeout(LIMIT_S):
            return await asyncio.shield(ticket.answer)

    async def value(self, ticket: Ticket) -> Any:
        answer = await self.answer(ticket)
        assert isinstance(answer, Returned), answer
        return json.loads(answer.value)

    async def until(self, holds: Callable[[], object]) -> None:
        """Give real processes time until the condition holds."""
        async with asyncio.timeout(LIMIT_S):
            while not holds():
                await asyncio.sleep(0.005)

    async def _handle(self, origin: Origin, op: str, args: msgspec.Raw) -> bytes:
        return b'{"ok":true}'


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A bench whose supervisors are stopped at the end."""
    made = Bench(tmp_path)
    yield made
    for supervisor in made.made:
        supervisor.kill()
        await supervisor.stop()


@pytest.fixture
def scripted() -> type[ScriptedLauncher]:
    """The launcher of scripted workers: `scripted(language, SCRIPT_HELLO=…)`."""
    return ScriptedLauncher
