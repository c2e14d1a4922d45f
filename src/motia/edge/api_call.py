"""One request on its way through a worker: invoked, answered, timed out, left by its client.

Invariants
1. The client gets one answer: the worker's, 504 at the deadline, or 503 when nobody could take it.
2. A client that leaves cancels the handler, unless an Idempotency-Key asks for the answer to be kept.
3. A streamed answer is closed exactly once, however it ends.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec

from motia.edge.exchange import NEVER, Exchange
from motia.edge.outcomes import Reply
from motia.workers import Answer, Invocation, NoWorker, Responded, ResponseStream, StreamBroken, Ticket

if TYPE_CHECKING:
    from motia.edge.api_steps import ApiSteps, Route

EVENT_STREAM: Final = "text/event-stream"
CLIENT_LEFT: Final = 499
"""Recorded for a request whose client did not wait for its answer, as nginx does; never sent."""
EVENT_STREAM_LINES: Final = b"cache-control: no-cache\r\nx-accel-buffering: no\r\n"


class ApiCall:
    """See the head of this file."""

    __slots__ = (
        "_is_released",
        "exchange",
        "invocation",
        "is_over",
        "is_start",
        "kept",
        "route",
        "steps",
        "ticket",
        "waits_until_mono",
    )

    def __init__(self, steps: ApiSteps, exchange: Exchange, route: Route, invocation: Invocation) -> None:
        self.steps = steps
        self.exchange = exchange
        self.route = route
        self.invocation = invocation
        self.ticket: Ticket | None = None
        self.kept: asyncio.Future[Answer] | None = None
        """Set when the answer goes to whoever keeps it (idempotency), not straight to the client."""
        self.is_over = False
        self.is_start = False
        """It starts a workflow, and its end is still to be told."""
        self.waits_until_mono = 0.0
        self._is_released = False

    def start(self) -> None:
        """Invoke the step; everything after happens by callbacks."""
        exchange = self.exchange
        exchange.deadline_mono = exchange.started_mono + self.route.timeout_s
        exchange.on_timeout = self._time_out
        exchange.on_disconnect = self._disconnect
        exchange.on_shutdown = self._shut_down
        self.steps.on_started()
        self.is_start = self.steps.starts.begin(self)
        if not self.steps.must_wait(self):
            self.try_send()

    def try_send(self) -> bool:
        """Hand the invocation to the workers; False when none could take it and the call waits."""
        ticket = self.steps.workers.invoke(self.invocation)
        answer = ticket.answer
        if answer.done():
            if isinstance(answer.result(), NoWorker):
                self.steps.wait(self)
                return False
            self.ticket = ticket
            self._answered(answer)
            return True
        self.ticket = ticket
        answer.add_done_callback(self._answered)
        return True

    def give_up(self, answer: Answer) -> None:
        """End a call that waits for a worker."""
        self._settle(answer)

    def _shut_down(self) -> None:
        """Ask the handler to stop; its answer still goes out."""
        if self.ticket is not None:
            self.ticket.cancel("shutdown")

    def _answered(self, future: asyncio.Future[Answer]) -> None:
        answer: Answer = NoWorker("the engine stops") if future.cancelled() else future.result()
        if isinstance(answer, NoWorker) and not self.is_over:
            self.ticket = None
            self.steps.wait(self)
            return
        self._settle(answer)

    def _settle(self, answer: Answer) -> None:
        self._release()
        if self.kept is not None:
            if not self.kept.done():
                self.kept.set_result(answer)
        elif self.is_over:
            self.drop(answer)
            self._conclude_unheard()
        elif self.is_start:
            self.steps.spawn(self._reply_concluded(answer))
        else:
            self.reply(self.reply_to(answer))

    async def concluded(self, reply: Reply) -> Reply:
        """The reply to be sent once what it means for workflows is committed."""
        if not self.is_start:
            return reply
        self.is_start = False
        return await self.steps.starts.conclude(self, reply)

    async def _reply_concluded(self, answer: Answer) -> None:
        reply = await self.concluded(self.reply_to(answer))
        if self.is_over:
            self.drop(answer)
        else:
            self.reply(reply)

    def _conclude_unheard(self) -> None:
        """Nobody heard an answer: that is no success, whatever the handler said."""
        if self.is_start:
            self.steps.spawn(self._conclude_as(499))

    async def _conclude_as(self, status: int) -> None:
        await self.concluded(Reply(status=status, headers=(), lines=b"", body=b""))

    def reply_to(self, answer: Answer) -> Reply:
        """The HTTP answer to what the worker said; a fault of ours is a 500, never a client left hanging."""
        outcomes, trace = self.steps.outcomes, self.exchange.trace
        try:
            return outcomes.reply_to(answer, trace)
        except Exception as error:
            self.drop(answer)
            return outcomes.hidden(500, "internal-error", trace, message=f"{type(error).__name__}: {error}")

    def reply(self, reply: Reply) -> None:
        """Send `reply`, streamed or whole, and record the request."""
        if reply.stream is not None:
            self.steps.spawn(self._stream(reply, reply.stream))
            return
        self.is_over = True
        self.exchange.send(reply.status, reply.lines, reply.body)
        self.steps.record(self, reply)

    def drop(self, answer: Answer) -> None:
        """Nobody waits for the answer any more: close it if it is a stream."""
        if isinstance(answer, Responded) and answer.stream is not None:
            self.steps.spawn(answer.stream.aclose())

    def _release(self) -> None:
        if not self._is_released:
            self._is_released = True
            self.steps.on_ended()

    def _time_out(self) -> None:
        if self.is_over:
            return
        if self.ticket is None:
            self.steps.forget_waiting(self)
            self.give_up(NoWorker("none became free in time"))
            return
        seconds = f"{self.route.timeout_s:g}"
        reply = self.steps.outcomes.refusal(
            504, "timeout", self.exchange.trace, message=f"the step did not answer within {seconds} s"
        )
        self.is_over = True
        self.exchange.send(reply.status, reply.lines, reply.body)
        self.steps.record(self, reply)
        self._abandon("timeout")

    def _disconnect(self) -> None:
        if self.is_over or self.kept is not None:
            return
        self.is_over = True
        self._record_left(Reply(status=CLIENT_LEFT, headers=(), lines=b"", body=b""))
        self._abandon("disconnect")

    def _record_left(self, reply: Reply) -> None:
        left = msgspec.structs.replace(reply, status=CLIENT_LEFT, error="the client left")
        self.steps.record(self, left)

    def _abandon(self, reason: str) -> None:
        self.steps.forget_waiting(self)
        if self.ticket is not None:
            self.ticket.cancel(reason)
        elif self.kept is None:
            self._release()
            self._conclude_unheard()
        else:
            self._settle(NoWorker("the request was given up"))

    async def _stream(self, reply: Reply, stream: ResponseStream) -> None:
        exchange = self.exchange
        is_events = _is_event_stream(reply)
        lines = (
            reply.lines + EVENT_STREAM_LINES
            if is_events and b"cache-control:" not in reply.lines
            else reply.lines
        )
        self.is_over = True
        error, has_left = "", False
        try:
            if exchange.begin_stream(reply.status, lines):
                exchange.deadline_mono = NEVER
                error = await self._pump(stream, ends_on_drain=is_events)
            # Whoever reads events ends them by leaving.
            has_left = exchange.is_gone and not is_events and not error
        finally:
            exchange.on_disconnect = exchange.on_drain = None
            await stream.aclose()
            if has_left:
                self._record_left(reply)
            else:
                self.steps.record(self, msgspec.structs.replace(reply, error=error))

    async def _pump(self, stream: ResponseStream, *, ends_on_drain: bool) -> str:
        """Send the pieces until the stream, the client or the engine ends; says what went wrong."""
        exchange = self.exchange
        stop = _Stopper()
        exchange.on_disconnect = exchange.on_shutdown = stop
        if ends_on_drain:
            exchange.on_drain = stop
        try:
            async for piece in stream:
                exchange.send_piece(piece)
                await exchange.connection.drained()
        except asyncio.CancelledError:
            if not stop.take_back():
                exchange.end_stream(broken=True)
                raise
        except StreamBroken as broken:
            exchange.end_stream(broken=True)
            return str(broken) or "the stream broke off"
        if not exchange.is_gone:
            exchange.end_stream()
        return ""


class _Stopper:
    """Cancels the task that made it, once, and can tell that cancellation from any other."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self.is_asked = False

    def __call__(self) -> None:
        if not self.is_asked and self._task is not None:
            self.is_asked = True
            self._task.cancel()

    def take_back(self) -> bool:
        """Whether the cancellation was ours; the task goes on then."""
        return self.is_asked and self._task is not None and self._task.uncancel() == 0


def _is_event_stream(reply: Reply) -> bool:
    return any(
        name.lower() == "content-type" and value.startswith(EVENT_STREAM) for name, value in reply.headers
    )
