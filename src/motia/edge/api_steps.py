"""Api steps: from a routed request to an invocation, and the bounded wait for a worker.

Invariants
1. At most `requests_in_flight` requests are with workers or wait for one; the next is answered 503.
2. A request waits for a worker at most `WAIT_S_MAX`, in order of arrival among those of its step.
3. Every answered request of a step is recorded once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any, Final

import msgspec

from motia.dispatch import StartRequests
from motia.edge.api_call import ApiCall
from motia.edge.bodies import parse_form, read_body
from motia.edge.exchange import Exchange
from motia.edge.faults import HttpFault
from motia.edge.idempotency import KEY_BYTES_MAX, KEY_HEADER, SAFE_METHODS, Idempotency
from motia.edge.outcomes import Outcomes, Reply, invalid_body
from motia.edge.responses import JSON_LINE
from motia.edge.validation import RequestSchema
from motia.edge.workflow_starts import WorkflowStarts
from motia.ledger import Ledger
from motia.model import Problem, StepId, StepSpec, timeout_ms_of
from motia.project import Config
from motia.protocol import Request
from motia.runtime import Clock
from motia.telemetry import Recorder
from motia.workers import Invocation, Lane, NoWorker, Workers

WAIT_S_MAX: Final = 5.0
RETRY_TICK_S: Final = 0.01
HEADER_NAMES_CACHED: Final = 512
_RETRY_AFTER: Final = b"retry-after: 1\r\n"
_encode = msgspec.json.Encoder().encode


class Route:
    """An api step, compiled."""

    __slots__ = ("schema", "starts_workflow", "step", "timeout_ms", "timeout_s", "trigger")

    def __init__(self, step: StepSpec, *, timeout_s_max: float, starts_workflow: bool = False) -> None:
        """Compile the step's schemas; raises ValueError when one cannot be read."""
        self.step = step
        self.schema = RequestSchema(step)
        self.starts_workflow = starts_workflow
        self.timeout_s = min(timeout_ms_of(step) / 1_000, timeout_s_max)
        self.timeout_ms = int(self.timeout_s * 1_000)
        self.trigger = _encode({"method": step.method, "path": step.path})
        """What the context says of the trigger."""


class ApiSteps:
    """See the head of this file."""

    def __init__(
        self,
        *,
        config: Config,
        workers: Workers,
        recorder: Recorder,
        clock: Clock,
        ledger: Ledger,
        requests: StartRequests | None = None,
    ) -> None:
        """`requests` is told of those that start a workflow; without it none does."""
        self.starts = WorkflowStarts(requests, bytes_max=config.limits.payload_bytes)
        self.workers = workers
        self.outcomes = Outcomes(shows_errors=not config.is_production)
        self._recorder = recorder
        self._clock = clock
        self._limit = config.limits.requests_in_flight
        self._idempotency = Idempotency(ledger=ledger, recorder=recorder, clock=clock)
        self._waiting: dict[StepId, deque[ApiCall]] = {}
        self._is_ticking = False
        self._names: dict[bytes, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.in_flight = 0
        """Requests that workers have or that wait for one."""

    def serve(self, exchange: Exchange, route: Route, *, names: tuple[str, ...], values: list[str]) -> None:
        """Answer a request of `route`, now or later.

        Raises:
            HttpFault: The request cannot be read; nothing was invoked.
        """
        if self.in_flight >= self._limit:
            raise HttpFault(
                503, "overloaded", message="too many requests are in flight", headers=_RETRY_AFTER
            )
        request = self._read(exchange, route, names=names, values=values)
        if request is None:
            return
        invocation = Invocation(
            step=route.step.id,
            kind="api",
            trace=exchange.trace,
            span=exchange.span,
            lane=Lane.REQUEST,
            timeout_ms=route.timeout_ms,
            trigger=route.trigger,
            request=request,
            body=exchange.body,
        )
        call = ApiCall(self, exchange, route, invocation)
        key = exchange.index.get(KEY_HEADER)
        if key is None or exchange.method in SAFE_METHODS:
            call.start()
        else:
            self.spawn(self._idempotency.run(call, _key(key)))

    def _read(
        self, exchange: Exchange, route: Route, *, names: tuple[str, ...], values: list[str]
    ) -> Request | None:
        """The request as the worker gets it; None when it was answered 422."""
        schema = route.schema
        texts = parse_form(exchange.query.encode()) if exchange.query else {}
        params, problems = schema.read_params(names, values) if names else ({}, [])
        query, more = schema.read_query(texts) if texts or schema.query else ({}, [])
        body = read_body(exchange.body, exchange.index, schema)
        if more or problems or body.problems or schema.headers is not None:
            every = (*problems, *more, *schema.check_headers(exchange.headers), *body.problems)
            if every:
                self._refuse(exchange, route, every)
                return None
        known = self._names
        headers = tuple(
            [
                (known.get(name) or self._name(name), value.decode("latin-1"))
                for name, value in exchange.headers
            ]
        )
        return Request(
            method=exchange.method,
            url=exchange.target,
            path=exchange.path,
            params=params,
            query=query,
            headers=headers,
            media=body.media,
            form=body.form,
            files=body.files,
            client=exchange.connection.client,
        )

    def _name(self, raw: bytes) -> str:
        name = raw.decode("latin-1")
        if len(self._names) < HEADER_NAMES_CACHED:
            self._names[raw] = name
        return name

    def _refuse(self, exchange: Exchange, route: Route, problems: tuple[Problem, ...]) -> None:
        body = invalid_body(problems, exchange.trace)
        exchange.send(422, JSON_LINE, body)
        self._record(exchange, route.step.id, status=422, error="validation failed")

    # the bounded wait

    def must_wait(self, call: ApiCall) -> bool:
        """Queue `call` behind others of its step that wait already; False when none do."""
        if call.route.step.id not in self._waiting:
            return False
        self.wait(call)
        return True

    def wait(self, call: ApiCall) -> None:
        """Try `call` again when something ended, or a moment later."""
        if not call.waits_until_mono:
            call.waits_until_mono = self._clock.mono() + min(WAIT_S_MAX, call.route.timeout_s)
        waiting = self._waiting.setdefault(call.route.step.id, deque())
        waiting.append(call)
        self._tick_later()

    def forget_waiting(self, call: ApiCall) -> None:
        """`call` is over; it waits no more."""
        waiting = self._waiting.get(call.route.step.id)
        if waiting is not None and call in waiting:
            waiting.remove(call)
            if not waiting:
                del self._waiting[call.route.step.id]

    def on_started(self) -> None:
        """A request goes to the workers or waits for one."""
        self.in_flight += 1

    def on_ended(self) -> None:
        """A request was answered, or given up: another may go."""
        self.in_flight -= 1
        if self._waiting:
            self._try_waiting()

    def _tick_later(self) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            self._clock.call_later(RETRY_TICK_S, self._tick)

    def _tick(self) -> None:
        self._is_ticking = False
        self._try_waiting()
        if self._waiting:
            self._tick_later()

    def _try_waiting(self) -> None:
        """Send as many of those that wait as the workers take."""
        now_mono = self._clock.mono()
        for step in list(self._waiting):
            queue = self._waiting.pop(step, None)
            while queue:
                call = queue.popleft()
                if call.is_over:
                    continue
                if now_mono > call.waits_until_mono:
                    call.give_up(NoWorker("none became free in time"))
                elif not call.try_send():
                    # `wait` put it at the end of a new queue: it is the head of the old one.
                    queue.extendleft(reversed(self._waiting.pop(step, ())))
                    break
            if queue:
                queue.extend(self._waiting.pop(step, ()))
                self._waiting[step] = queue

    def refuse_waiting(self) -> None:
        """The engine drains: nobody waits any longer."""
        waiting, self._waiting = self._waiting, {}
        for queue in waiting.values():
            for call in queue:
                call.give_up(NoWorker("the engine stops"))

    # records and tasks

    def record(self, call: ApiCall, reply: Reply) -> None:
        """Tell telemetry how a request ended."""
        step = call.route.step.id
        self._record(
            call.exchange,
            step,
            status=reply.status,
            error=reply.error,
            stack=reply.stack,
            wait_us=reply.wait_us,
            handler_us=reply.handler_us,
        )
        if reply.error and reply.status >= 500:
            # 503: what is wrong is elsewhere, and may be so for every request of the next hour.
            stack = f"\n{reply.stack.rstrip()}" if reply.stack and reply.status != 503 else ""
            what = f"{call.exchange.method} {call.exchange.path} answered {reply.status}: {reply.error}"
            self._recorder.log(
                level="error",
                message=what + stack,
                at=self._clock.now_ms(),
                step=step,
                trace=call.exchange.trace,
            )

    def _record(
        self,
        exchange: Exchange,
        step: StepId,
        *,
        status: int,
        error: str = "",
        stack: str = "",
        wait_us: int = 0,
        handler_us: int = 0,
    ) -> None:
        self._recorder.request(
            trace=exchange.trace,
            span=exchange.span,
            parent=exchange.parent,
            step=step,
            method=exchange.method,
            path=exchange.path,
            status=status,
            started_at=exchange.started_at,
            total_us=int((self._clock.mono() - exchange.started_mono) * 1_000_000),
            wait_us=wait_us,
            handler_us=handler_us,
            error=error,
            stack=stack,
        )

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` until `stop`."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._recorder.log(
                level="error", message=f"edge: {type(error).__name__}: {error}", at=self._clock.now_ms()
            )

    async def finish(self, grace_s: float) -> None:
        """Return when nothing runs any more, clients or not, or `grace_s` has passed."""
        if not self._tasks:
            return
        ended = asyncio.Event()
        timer = self._clock.call_later(grace_s, ended.set)
        waiting = asyncio.gather(*self._tasks, return_exceptions=True)
        waiting.add_done_callback(lambda _: ended.set())
        await ended.wait()
        timer.cancel()

    async def stop(self) -> None:
        """Cancel what still runs and return when nothing does."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _key(raw: bytes) -> str:
    if not 0 < len(raw) <= KEY_BYTES_MAX:
        raise HttpFault(400, "bad-request", message=f"an Idempotency-Key has 1 to {KEY_BYTES_MAX} bytes")
    return raw.decode("latin-1")
