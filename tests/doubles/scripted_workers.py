"""Workers inside the process for tests: steps are async Python functions, workers die on command.

Keeps the invariants of `motia.workers.seam`: `invoke` never waits nor raises, each ticket gets one
answer, an invocation is sent to one worker that has its step, and never twice.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from motia.model import Manifest, StepId, StepSpec
from motia.protocol import Failure
from motia.runtime import Clock
from motia.workers import (
    Answer,
    Died,
    Failed,
    Invocation,
    NoWorker,
    Origin,
    Returned,
    WorkerInfo,
)


class Fails(Exception):
    """Raised by a handler to answer this failure."""

    def __init__(self, message: str = "boom", *, kind: str = "error", retry_after_ms: int = 0) -> None:
        super().__init__(message)
        self.failure = Failure(
            invocation=0,
            name="Boom",
            message=message,
            kind=kind,
            stack="at boom",
            retry_after_ms=retry_after_ms,
        )


class Crashes(BaseException):
    """Raised by a handler to end its worker's process, as a segmentation fault would."""


class Call:
    """What a handler gets."""

    def __init__(self, workers: ScriptedWorkers, invocation: Invocation, ticket: ScriptedTicket) -> None:
        self._workers = workers
        self._ticket = ticket
        self.invocation = invocation
        self.payload: Any = msgspec.json.decode(invocation.payload)
        self.run = invocation.run
        self.attempt = invocation.attempt

    async def op(self, name: str, **args: Any) -> Any:
        """Call the engine."""
        return msgspec.json.decode(
            await self._workers.call_handler(
                self._ticket.origin, name, msgspec.Raw(msgspec.json.encode(args))
            )
        )

    async def trigger(self, target: str, payload: Any = None, **options: Any) -> Any:
        """The op `trigger`."""
        return await self.op("trigger", target=target, payload=payload, **options)

    async def sleep(self, delay_s: float) -> None:
        """Sleep on the injected clock."""
        await self._workers.clock.sleep(delay_s)


Handler = Callable[[Call], Awaitable[Any]]


class ScriptedTicket:
    """An invocation under way."""

    def __init__(self, worker: _Worker, invocation: Invocation, number: int) -> None:
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.worker = worker
        self.invocation = invocation
        self.origin = Origin(
            step=invocation.step,
            trace=invocation.trace,
            span=invocation.span,
            run=invocation.run,
            attempt=invocation.attempt,
            lane=invocation.lane,
            ticket=number,
        )
        self.cancelled_by: str | None = None
        self.task: asyncio.Task[None] | None = None

    def cancel(self, reason: str) -> None:
        """Ask the handler to stop."""
        if self.cancelled_by is None and not self.answer.done():
            self.cancelled_by = reason
            self.worker.owner.on_cancel(self)

    def settle(self, answer: Answer) -> None:
        if self in self.worker.in_flight:
            self.worker.in_flight.remove(self)
            self.worker.owner.on_settled(self.worker)
        if not self.answer.done():
            self.answer.set_result(answer)


class _Worker:
    def __init__(self, owner: ScriptedWorkers, name: str) -> None:
        self.owner = owner
        self.name = name
        self.in_flight: list[ScriptedTicket] = []
        self.is_alive = True
        self.restarts = 0


class ScriptedWorkers:
    """A pool of one language; see the head of this file."""

    def __init__(self, clock: Clock, *, processes: int = 1, slots: int = 8, restart_s: float = 0.1) -> None:
        self.clock = clock
        self.slots = slots
        self.restart_s = restart_s
        self.handlers: dict[str, Handler] = {}
        self.specs: dict[str, StepSpec] = {}
        self.pool = [_Worker(self, f"python-{number}") for number in range(1, processes + 1)]
        self.call_handler: Callable[[Origin, str, msgspec.Raw], Awaitable[bytes]] = _no_calls
        self.on_capacity: Callable[[], None] = lambda: None
        self.invocations: list[Invocation] = []
        self.tickets: list[ScriptedTicket] = []
        self.ignores_cancel: set[str] = set()
        self.started: dict[str, int] = {}
        self.running: dict[str, int] = {}
        self.peak: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._is_starved = False
        self.is_dead = False

    def step(self, spec: StepSpec, handler: Handler) -> None:
        """Load a step."""
        self.specs[spec.id] = spec
        self.handlers[spec.id] = handler

    # the seam

    def invoke(self, invocation: Invocation) -> ScriptedTicket:
        worker = self._pick(invocation)
        if worker is None:
            ticket = ScriptedTicket(self.pool[0], invocation, next(self._numbers))
            ticket.answer.set_result(NoWorker("no worker is free"))
            return ticket
        ticket = ScriptedTicket(worker, invocation, next(self._numbers))
        worker.in_flight.append(ticket)
        self.invocations.append(invocation)
        self.tickets.append(ticket)
        ticket.task = asyncio.create_task(self._run(ticket))
        return ticket

    def free_slots(self, step: StepId) -> int:
        if step not in self.handlers:
            self._is_starved = True
            return 0
        free = sum(self.slots - len(worker.in_flight) for worker in self.pool if self._is_open(worker))
        if free <= 0:
            self._is_starved = True
        return max(free, 0)

    @property
    def manifest(self) -> Manifest:
        return Manifest(steps=tuple(self.specs.values()))

    def info(self) -> list[WorkerInfo]:
        return [
            WorkerInfo(
                name=worker.name,
                language="python",
                runtime="scripted",
                pid=0,
                lane="background",
                state="ready" if worker.is_alive else "starting",
                in_flight=len(worker.in_flight),
                restarts=worker.restarts,
                started_at=0,
                rss_bytes=0,
                steps=len(self.handlers),
            )
            for worker in self.pool
        ]

    def has_step(self, step: StepId) -> bool:
        return step in self.handlers and any(worker.is_alive for worker in self.pool)

    # what tests do

    def kill(self, worker: _Worker, *, is_blameless: bool = False) -> None:
        """End a worker's process: everything in flight in it is answered `Died`; it restarts later."""
        tickets = list(worker.in_flight)
        worker.is_alive = False
        worker.in_flight.clear()
        was_alone = len(tickets) == 1
        for ticket in tickets:
            if ticket.task is not None:
                ticket.task.cancel()
            ticket.settle(Died(worker.name, "killed", was_alone, is_blameless))
        self.clock.call_later(self.restart_s, lambda: self._restart(worker))

    def abandon(self) -> None:
        """The node died: nothing is answered any more."""
        self.is_dead = True
        for worker in self.pool:
            worker.is_alive = False
            for ticket in worker.in_flight:
                if ticket.task is not None:
                    ticket.task.cancel()
            worker.in_flight.clear()

    def on_cancel(self, ticket: ScriptedTicket) -> None:
        """A cancel reached the worker: the handler is cancelled unless it does not yield."""
        if ticket.invocation.step in self.ignores_cancel:
            self.clock.call_later(5.0, lambda: self._kill_for(ticket))
        elif ticket.task is not None:
            ticket.task.cancel()

    def on_settled(self, worker: _Worker) -> None:
        if self._is_starved:
            self._is_starved = False
            asyncio.get_running_loop().call_soon(self.on_capacity)

    def _kill_for(self, ticket: ScriptedTicket) -> None:
        if not ticket.answer.done() and ticket.worker.is_alive:
            worker = ticket.worker
            kind = "timeout" if ticket.cancelled_by == "timeout" else "cancelled"
            ticket.settle(_failed("Killed", "did not yield", kind))
            self.kill(worker, is_blameless=True)

    def _restart(self, worker: _Worker) -> None:
        if not self.is_dead:
            worker.is_alive = True
            worker.restarts += 1
            self.on_capacity()

    def _is_open(self, worker: _Worker) -> bool:
        return worker.is_alive and not any(ticket.invocation.is_alone for ticket in worker.in_flight)

    def _pick(self, invocation: Invocation) -> _Worker | None:
        if invocation.step not in self.handlers:
            return None
        most = 1 if invocation.is_alone else self.slots
        usable = [w for w in self.pool if self._is_open(w) and len(w.in_flight) < most]
        return min(usable, key=lambda worker: len(worker.in_flight), default=None)

    async def _run(self, ticket: ScriptedTicket) -> None:
        invocation = ticket.invocation
        step = invocation.step
        timer = None
        if invocation.timeout_ms:
            timer = self.clock.call_later(invocation.timeout_ms / 1_000, lambda: ticket.cancel("timeout"))
        self.started[step] = self.started.get(step, 0) + 1
        self.running[step] = self.running.get(step, 0) + 1
        self.peak[step] = max(self.peak.get(step, 0), self.running[step])
        try:
            value = await self.handlers[step](Call(self, invocation, ticket))
        except Fails as failure:
            ticket.settle(Failed(failure.failure))
        except Crashes:
            self.kill(ticket.worker)
        except asyncio.CancelledError:
            if ticket.cancelled_by is not None:
                kind = "timeout" if ticket.cancelled_by == "timeout" else "cancelled"
                ticket.settle(_failed("Cancelled", f"stopped: {ticket.cancelled_by}", kind))
        except Exception as error:
            ticket.settle(_failed(type(error).__name__, str(error), "error"))
        else:
            ticket.settle(Returned(msgspec.json.encode(value), 10, 5))
        finally:
            self.running[step] -= 1
            if timer is not None:
                timer.cancel()


def _failed(name: str, message: str, kind: str) -> Failed:
    return Failed(Failure(invocation=0, name=name, message=message, kind=kind))


async def _no_calls(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
    raise AssertionError("no engine answers calls here")
