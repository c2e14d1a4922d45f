"""What dispatch and edge see of the workers: invocations in, answers out.

Invariants
1. `invoke` never waits and never raises for a worker's fault: the answer says what happened.
2. Every ticket gets exactly one answer, also when its worker dies or the engine stops.
3. An invocation is sent only to a worker that loaded its step; it is never sent twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from motia.model import Manifest, RunId, SpanId, StepId, TraceId
from motia.protocol import Failure, Log, Request, Span, Stalled


class Lane(StrEnum):
    """Which workers take an invocation: in production each lane has processes of its own."""

    REQUEST = "request"
    BACKGROUND = "background"


class Invocation(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to be made by a worker."""

    step: StepId
    kind: str
    """api, or a `TriggerKind`."""
    trace: TraceId
    span: SpanId
    lane: Lane
    run: RunId | None = None
    attempt: int = 1
    timeout_ms: int = 0
    payload: bytes = b"null"
    retry_count: int = 0
    trigger: bytes = b"{}"
    request: Request | None = None
    body: bytes = b""
    is_alone: bool = False
    """Run it on a worker with nothing else in flight (a suspect after a crash)."""


class Returned(msgspec.Struct, frozen=True):
    """The handler returned `value` (JSON)."""

    value: bytes
    handler_us: int
    wait_us: int


class ResponseStream(Protocol):
    """The body of a streamed response."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Pieces as the handler yields them; raises `StreamBroken` when it failed on the way."""
        ...

    async def aclose(self) -> None:
        """Stop the handler (the client left)."""


class StreamBroken(Exception):
    """The handler of a streamed response failed, or its worker died, after the headers were sent."""


class Responded(msgspec.Struct, frozen=True):
    """An api handler answered: `body` whole, or `stream`."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    stream: ResponseStream | None
    handler_us: int
    wait_us: int


class Failed(msgspec.Struct, frozen=True):
    """The handler failed, refused its input or was cancelled; `failure.kind` says which."""

    failure: Failure


class Died(msgspec.Struct, frozen=True):
    """The worker process ended before it answered. `was_alone`: nothing else was in flight in it.

    `is_blameless`: the engine ended it on purpose for another run (a timeout that did not yield).
    """

    worker: str
    reason: str
    was_alone: bool
    is_blameless: bool = False


class NoWorker(msgspec.Struct, frozen=True):
    """Nothing was sent: no live worker has the step, all its slots are taken, or the node drains."""

    reason: str


Answer = Returned | Responded | Failed | Died | NoWorker


class Ticket(Protocol):
    """An invocation under way."""

    answer: asyncio.Future[Answer]

    def cancel(self, reason: str) -> None:
        """Ask the handler to stop (`timeout`, `cancel`, `shutdown`, `disconnect`); if it has not
        answered 5 s later its worker is killed."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The invocation that makes a call."""

    step: StepId
    trace: TraceId
    span: SpanId
    run: RunId | None
    attempt: int
    lane: Lane
    ticket: int
    """Unique per invocation in this engine; equal for all calls of one attempt."""


class Pending(Awaitable[bytes]):
    """The answer to a call once `work` is done, as `render` writes it.

    `work` belongs to whoever made it: it is watched, never cancelled.
    """

    __slots__ = ("render", "work")

    def __init__(self, work: asyncio.Future[Any], render: Callable[[Any], bytes]) -> None:
        """Both are called on the loop; `render` must not raise."""
        self.work = work
        self.render = render

    def __await__(self) -> Generator[Any, None, bytes]:
        return self.render((yield from asyncio.shield(self.work).__await__()))


CallHandler = Callable[[Origin, str, msgspec.Raw], Awaitable[bytes]]
"""Carries out an op (protocol/worker.md, "Calls") and returns its value as JSON; raises MotiaError."""


class WorkerEvents(Protocol):
    """Whom the workers tell; called on the engine's loop, must not block or raise."""

    def on_log(self, origin: Origin | None, worker: str, log: Log) -> None:
        """A log line of an invocation, or (None) of the worker itself."""

    def on_log_dropped(self, origin: Origin | None) -> None:
        """A log line was dropped because its worker wrote too many."""

    def on_span(self, origin: Origin, span: Span) -> None:
        """A span of the author's."""

    def on_stalled(self, worker: str, stalled: Stalled) -> None:
        """A worker's loop stands still."""

    def on_manifest(self, manifest: Manifest) -> None:
        """What is loaded changed (start, reload, worker lost for good). The merged manifest of all workers."""

    def on_worker(self, worker: str, change: str) -> None:
        """A worker became `ready`, `ended` as it was told to, or `died`."""

    def on_capacity(self) -> None:
        """Background slots became free, or a worker became ready, after `free_slots` said 0 or `invoke` "busy"."""


class WorkerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One worker process, for people."""

    name: str
    language: str
    runtime: str
    pid: int
    lane: str
    state: str
    """starting, ready, draining, dead, standby"""
    in_flight: int
    restarts: int
    started_at: int
    rss_bytes: int
    steps: int
    last_error: str = ""
    follows_death: str = ""
    """Why the process that it stands in for ended by itself; empty when none did."""


class Workers(Protocol):
    """All worker processes of this node."""

    def invoke(self, invocation: Invocation) -> Ticket:
        """Hand an invocation to a worker; see the invariants."""
        ...

    def free_slots(self, step: StepId) -> int:
        """Background invocations of `step` that would be sent at once now; 0 when no worker has it."""
        ...

    @property
    def manifest(self) -> Manifest:
        """Steps and faults of all languages; a step whose file no longer loads is there in its last good version."""
        ...

    def info(self) -> list[WorkerInfo]:
        """Every process."""
        ...

    def has_step(self, step: StepId) -> bool:
        """Whether a live worker has loaded the step."""
        ...
