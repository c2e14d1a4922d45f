"""The engine's side of one connection as a state machine, without I/O: bytes in, frames and events out.

Invariants
1. A message that the state does not allow is a `ProtocolFault`; so is one that cannot be read.
2. A flight is in `in_flight` from its `invoke` frame until its last answering frame, then never again.
3. A call is answered by at most one `reply`; none is sent after `close`.

| from | to | method | when |
|---|---|---|---|
| connected | greeted | receive | the worker's `hello` fits |
| greeted | loading | load | the engine wants steps |
| loading | ready | receive | the worker's `manifest` |
| greeted, loading, ready | draining | drain | nothing more is to be sent |
| any | closed | close | the connection or the process ended |
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from motia.model import PayloadTooLarge
from motia.protocol import (
    PROTOCOL_VERSION,
    Call,
    CallError,
    Cancel,
    Chunk,
    Drain,
    EngineMessage,
    Failure,
    FrameDecoder,
    Hello,
    Invoke,
    Load,
    LoadedManifest,
    Loading,
    Log,
    Ping,
    Pong,
    ProtocolFault,
    Pull,
    Reply,
    Result,
    Span,
    Stalled,
    WorkerHello,
    WorkerMessage,
    encode_frame,
)
from motia.workers.flight import Flight
from motia.workers.seam import Failed, Origin, Responded, Returned
from motia.workers.stream import Stream

API = "api"
INVOCATION_OVER = CallError(code="invocation-over", message="the invocation was answered before this call")
TOO_MANY_CALLS = CallError(
    code="too-many-calls",
    message="the worker has as many calls without a reply as it may have",
    kind="world",
    hint="await earlier calls before making further ones",
)


class SessionState(StrEnum):
    """Where a connection is; worker.md, section 3."""

    CONNECTED = "connected"
    GREETED = "greeted"
    LOADING = "loading"
    READY = "ready"
    DRAINING = "draining"
    CLOSED = "closed"


class SessionEvents(Protocol):
    """Whom a session tells; called while it reads, must not raise."""

    def on_hello(self, hello: WorkerHello) -> None:
        """The worker introduced itself and speaks this protocol and language."""

    def on_loading(self, file: str) -> None:
        """The worker is about to load the file, or to run a start hook of it."""

    def on_manifest(self, manifest: LoadedManifest) -> None:
        """The worker has loaded."""

    def on_landed(self, flight: Flight) -> None:
        """The flight was answered whole and is out of `in_flight`."""

    def on_call(self, flight: Flight, call: Call) -> None:
        """The handler wants something; answer with `reply`."""

    def on_log(self, origin: Origin | None, log: Log) -> None:
        """A log line."""

    def on_span(self, origin: Origin, span: Span) -> None:
        """A span of the author's."""

    def on_stalled(self, stalled: Stalled) -> None:
        """The worker's loop stands still."""

    def on_pong(self, token: int) -> None:
        """The worker's loop turned."""


class Session:
    """See the head of this file."""

    def __init__(
        self, events: SessionEvents, send: Callable[[bytes], None], *, language: str, calls_max: int
    ) -> None:
        """Speak with a worker of `language` through `send`, which takes whole frames in order."""
        self.state = SessionState.CONNECTED
        self.in_flight: dict[int, Flight] = {}
        self.ignored = 0
        """Messages about invocations that are not in flight."""
        self._events = events
        self._send = send
        self._language = language
        self._calls_max = calls_max
        self._calls: dict[int, Flight] = {}
        self._decoder: FrameDecoder[WorkerMessage] = FrameDecoder(WorkerMessage)
        self._tables = self._make_tables()
        self._allowed = self._tables[SessionState.CONNECTED]

    # the engine speaks

    def greet(self, hello: Hello) -> None:
        """Open the dialogue."""
        self._say(hello)

    def load(self, load: Load) -> None:
        """Tell a greeted worker to load."""
        self._enter(SessionState.LOADING)
        self._say(load)

    def invoke(self, flight: Flight) -> None:
        """Send an invocation to a ready worker.

        Raises:
            ProtocolFault: It does not fit into a frame; nothing was sent.
        """
        its = flight.invocation
        frame = encode_frame(
            Invoke(
                invocation=flight.number,
                step=its.step,
                kind=its.kind,
                trace=its.trace,
                span=its.span,
                run=its.run or "",
                attempt=its.attempt,
                deadline_ms=its.timeout_ms,
                payload=msgspec.Raw(its.payload),
                retry_count=its.retry_count,
                trigger=msgspec.Raw(its.trigger),
                request=its.request,
            ),
            its.body,
        )
        self.in_flight[flight.number] = flight
        self._send(frame)

    def cancel(self, flight: Flight) -> None:
        """Pass the flight's cancel reason on."""
        self._say(Cancel(invocation=flight.number, reason=flight.cancel_reason))

    def reply(self, call: int, *, value: bytes = b"null", error: CallError | None = None) -> Flight | None:
        """Answer a call; returns the flight that made it, None when it was answered or the session closed."""
        flight = self._calls.pop(call, None)
        if flight is None:
            return None
        try:
            frame = encode_frame(Reply(call=call, value=msgspec.Raw(value), error=error))
        except ProtocolFault as fault:
            too_large = CallError(code=PayloadTooLarge.code, message=f"the value is too large: {fault}")
            frame = encode_frame(Reply(call=call, error=too_large))
        self._send(frame)
        return flight

    def ping(self, token: int) -> None:
        """Ask for a sign that the worker's loop turns."""
        self._say(Ping(token=token))

    def drain(self) -> None:
        """Tell the worker to finish and end."""
        self._enter(SessionState.DRAINING)
        self._say(Drain())

    def close(self) -> list[Flight]:
        """End the session; returns the flights that were not answered."""
        self._enter(SessionState.CLOSED)
        flights = list(self.in_flight.values())
        self.in_flight.clear()
        self._calls.clear()
        return flights

    # the worker speaks

    def receive(self, data: bytes) -> None:
        """Read what the worker sent and tell the events.

        Raises:
            ProtocolFault: The worker broke the protocol; the session is of no further use.
        """
        for message, blob in self._decoder.feed(data):
            handle = self._allowed.get(type(message))
            if handle is None:
                if self.state is SessionState.CLOSED:
                    return
                tag = type(message).__struct_config__.tag
                raise ProtocolFault(f"a worker that is {self.state} may not send {tag!r}")
            handle(message, blob)

    def _make_tables(self) -> dict[SessionState, dict[type, Callable[[Any, bytes], None]]]:
        always: dict[type, Callable[[Any, bytes], None]] = {Log: self._on_log, Pong: self._on_pong}
        loading = {**always, Stalled: self._on_stalled}
        working = {
            **loading,
            Result: self._on_result,
            Failure: self._on_failure,
            Call: self._on_call,
            Chunk: self._on_chunk,
            Span: self._on_span,
        }
        return {
            SessionState.CONNECTED: {WorkerHello: self._on_hello},
            SessionState.GREETED: always,
            SessionState.LOADING: {
                **loading,
                Loading: self._on_loading,
                LoadedManifest: self._on_manifest,
            },
            SessionState.READY: working,
            # What a load says may cross a drain on the way: it is read and means nothing any more.
            SessionState.DRAINING: {**working, Loading: self._on_late, LoadedManifest: self._on_late},
            SessionState.CLOSED: {},
        }

    def _enter(self, state: SessionState) -> None:
        self.state = state
        self._allowed = self._tables[state]

    def _say(self, message: EngineMessage) -> None:
        self._send(encode_frame(message))

    def _on_hello(self, hello: WorkerHello, _: bytes) -> None:
        if hello.protocol != PROTOCOL_VERSION:
            raise ProtocolFault(
                f"the worker speaks version {hello.protocol} of the protocol, this engine {PROTOCOL_VERSION}"
            )
        if hello.language != self._language:
            raise ProtocolFault(
                f"a worker for {self._language} was wanted, this one is for {hello.language!r}"
            )
        self._enter(SessionState.GREETED)
        self._events.on_hello(hello)

    def _on_loading(self, loading: Loading, _: bytes) -> None:
        self._events.on_loading(loading.file)

    def _on_manifest(self, manifest: LoadedManifest, _: bytes) -> None:
        self._enter(SessionState.READY)
        self._events.on_manifest(manifest)

    def _on_late(self, message: Loading | LoadedManifest, _: bytes) -> None:
        self.ignored += 1

    def _on_result(self, result: Result, blob: bytes) -> None:
        flight = self.in_flight.get(result.invocation)
        if flight is None or flight.stream is not None:
            self.ignored += 1
            return
        if flight.invocation.kind != API:
            self._land(flight)
            flight.settle(Returned(bytes(result.value), result.handler_us, result.wait_us))
        elif not 100 <= result.status <= 599:
            self._land(flight)
            flight.settle(Failed(_invalid_status(result)))
        elif result.stream:
            self._open_stream(flight, result)
            return
        else:
            self._land(flight)
            flight.settle(
                Responded(result.status, result.headers, blob, None, result.handler_us, result.wait_us)
            )
        self._events.on_landed(flight)

    def _open_stream(self, flight: Flight, result: Result) -> None:
        number = flight.number
        stream = flight.stream = Stream(
            pull=lambda size: self._pull(number, size), abandon=lambda: flight.cancel("disconnect")
        )
        flight.deadline_mono = float("inf")  # the timeout is for the answer; a stream ends with its client
        if flight.answer.done():
            stream.abandon()  # the one who asked is gone: nobody will read or close it
            return
        flight.settle(
            Responded(result.status, result.headers, b"", stream, result.handler_us, result.wait_us)
        )

    def _on_failure(self, failure: Failure, _: bytes) -> None:
        flight = self.in_flight.get(failure.invocation)
        if flight is None or flight.stream is not None:
            self.ignored += 1
            return
        self._land(flight)
        flight.fail(failure)
        self._events.on_landed(flight)

    def _on_chunk(self, chunk: Chunk, blob: bytes) -> None:
        flight = self.in_flight.get(chunk.invocation)
        if flight is None or flight.stream is None:
            self.ignored += 1
            return
        if not flight.stream.feed(blob):
            raise ProtocolFault(f"invocation {chunk.invocation} streamed more than it had credit for")
        if chunk.last or chunk.error:
            self._land(flight)
            flight.stream.finish(chunk.error)
            self._events.on_landed(flight)

    def _on_call(self, call: Call, _: bytes) -> None:
        if call.call in self._calls:
            raise ProtocolFault(f"call {call.call} was made twice")
        flight = self.in_flight.get(call.invocation)
        if flight is None:
            self.ignored += 1
            self._say(Reply(call=call.call, error=INVOCATION_OVER))
        elif len(self._calls) >= self._calls_max:
            self._say(Reply(call=call.call, error=TOO_MANY_CALLS))
        else:
            self._calls[call.call] = flight
            self._events.on_call(flight, call)

    def _on_log(self, log: Log, _: bytes) -> None:
        flight = self.in_flight.get(log.invocation)
        if flight is None and log.invocation:
            self.ignored += 1
        self._events.on_log(None if flight is None else flight.origin, log)

    def _on_span(self, span: Span, _: bytes) -> None:
        flight = self.in_flight.get(span.invocation)
        if flight is None:
            self.ignored += 1
        else:
            self._events.on_span(flight.origin, span)

    def _on_stalled(self, stalled: Stalled, _: bytes) -> None:
        self._events.on_stalled(stalled)

    def _on_pong(self, pong: Pong, _: bytes) -> None:
        self._events.on_pong(pong.token)

    def _land(self, flight: Flight) -> None:
        del self.in_flight[flight.number]
        flight.holder = None

    def _pull(self, number: int, size: int) -> None:
        if number in self.in_flight:
            self._say(Pull(invocation=number, bytes=size))


def _invalid_status(result: Result) -> Failure:
    return Failure(
        invocation=result.invocation,
        name="InvalidResponse",
        kind="fatal",
        message=f"an HTTP status is 100 to 599, not {result.status}",
        handler_us=result.handler_us,
        wait_us=result.wait_us,
    )
