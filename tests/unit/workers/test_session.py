"""The session without I/O: what each state allows, and each fault of the protocol's section 8."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import msgspec
import pytest

from motia.model import SpanId, StepId, TraceId
from motia.protocol import (
    Call,
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
    Log,
    Pong,
    ProtocolFault,
    Reply,
    Result,
    Span,
    Stalled,
    WorkerHello,
    WorkerMessage,
    encode_frame,
)
from motia.workers import Failed, Invocation, Lane, Returned
from motia.workers.flight import Flight
from motia.workers.session import Session, SessionState


class Events:
    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *what: self.told.append((name, what))

    def names(self) -> list[str]:
        return [name for name, _ in self.told]


class Dialogue:
    """A session and what it sent."""

    def __init__(self) -> None:
        self.events = Events()
        self._frames: FrameDecoder[EngineMessage] = FrameDecoder(EngineMessage)
        self.sent: list[EngineMessage] = []
        self.session = Session(self.events, self._send, language="python", calls_max=2)
        self.numbers = 0

    def _send(self, frame: bytes) -> None:
        self.sent += [message for message, _ in self._frames.feed(frame)]

    def hear(self, *messages: WorkerMessage, blob: bytes = b"") -> None:
        self.session.receive(b"".join(encode_frame(message, blob) for message in messages))

    def to(self, state: SessionState) -> Dialogue:
        if state is SessionState.CONNECTED:
            return self
        self.hear(WorkerHello(protocol=1, language="python", runtime="t", pid=1))
        if state is not SessionState.GREETED:
            self.session.load(Load(root="/", files=()))
        if state in (SessionState.READY, SessionState.DRAINING):
            self.hear(LoadedManifest())
        if state is SessionState.DRAINING:
            self.session.drain()
        assert self.session.state is state
        return self

    def fly(self, kind: str = "event", **options: Any) -> Flight:
        self.numbers += 1
        invocation = Invocation(
            step=StepId("a"),
            kind=kind,
            trace=TraceId("t"),
            span=SpanId("s"),
            lane=Lane.BACKGROUND,
            **options,
        )
        flight = Flight(self.numbers, invocation, asyncio.get_running_loop().create_future())
        self.session.invoke(flight)
        flight.holder = self.session
        return flight


S = SessionState
HELLO = WorkerHello(protocol=1, language="python", runtime="t", pid=1)
ALL = (S.CONNECTED, S.GREETED, S.LOADING, S.READY, S.DRAINING)
WORKING = (S.READY, S.DRAINING)
ALLOWED: list[tuple[WorkerMessage, tuple[SessionState, ...]]] = [
    (HELLO, (S.CONNECTED,)),
    (LoadedManifest(), (S.LOADING, S.DRAINING)),
    (Log(level="info", message="m"), (S.GREETED, S.LOADING, *WORKING)),
    (Pong(token=1), (S.GREETED, S.LOADING, *WORKING)),
    (Stalled(invocation=0, step="", ms=1, stack=""), (S.LOADING, *WORKING)),
    (Result(invocation=9), WORKING),
    (Failure(invocation=9, name="n", message="m"), WORKING),
    (Call(call=1, invocation=9, op="trigger", args=msgspec.Raw(b"{}")), WORKING),
    (Chunk(invocation=9), WORKING),
    (Span(invocation=9, name="n", span="s", parent="p", started_at=1, duration_us=1), WORKING),
]


@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize(("message", "states"), ALLOWED, ids=lambda value: type(value).__name__)
async def test_each_state_allows_what_the_protocol_says(
    message: WorkerMessage, states: tuple[SessionState, ...], state: SessionState
) -> None:
    dialogue = Dialogue().to(state)

    if state in states:
        dialogue.hear(message)
    else:
        with pytest.raises(ProtocolFault, match=f"a worker that is {state} may not send"):
            dialogue.hear(message)


@pytest.mark.parametrize(
    "hello",
    [
        WorkerHello(protocol=2, language="python", runtime="t", pid=1),
        WorkerHello(protocol=1, language="ruby", runtime="t", pid=1),
    ],
)
async def test_a_hello_that_does_not_fit_is_a_fault(hello: WorkerHello) -> None:
    with pytest.raises(ProtocolFault):
        Dialogue().hear(hello)


@pytest.mark.parametrize("data", [b"\xff" * 8, struct.pack(">II", 2, 0) + b"{}"])
async def test_what_cannot_be_read_is_a_fault(data: bytes) -> None:
    with pytest.raises(ProtocolFault):
        Dialogue().to(S.READY).session.receive(data)


async def test_the_engine_speaks_in_the_order_of_the_protocol() -> None:
    dialogue = Dialogue()
    dialogue.session.greet(Hello(protocol=1, engine="0", worker="w"))
    flight = dialogue.to(S.READY).fly(payload=b"[1]", timeout_ms=5, body=b"raw")
    flight.cancel_reason = "cancel"
    dialogue.session.cancel(flight)
    dialogue.session.drain()

    assert [type(message) for message in dialogue.sent] == [Hello, Load, Invoke, Cancel, Drain]
    invoke = dialogue.sent[2]
    assert isinstance(invoke, Invoke)
    assert (bytes(invoke.payload), invoke.deadline_ms) == (b"[1]", 5)


async def test_an_answer_lands_its_flight_and_a_second_one_is_ignored() -> None:
    dialogue = Dialogue().to(S.READY)
    flight = dialogue.fly()

    dialogue.hear(Result(invocation=1, value=msgspec.Raw(b"1")), Result(invocation=1))
    dialogue.hear(Failure(invocation=1, name="n", message="m"))

    assert flight.answer.result() == Returned(b"1", 0, 0)
    assert dialogue.session.in_flight == {}
    assert dialogue.session.ignored == 2
    assert dialogue.events.names().count("on_landed") == 1
    assert flight.holder is None


async def test_a_failure_after_the_timeout_is_the_timeout() -> None:
    dialogue = Dialogue().to(S.READY)
    flight = dialogue.fly(timeout_ms=10)
    flight.cancel_reason = "timeout"

    dialogue.hear(Failure(invocation=1, name="CancelledError", message="", kind="cancelled", stack="here"))

    answer = flight.answer.result()
    assert isinstance(answer, Failed)
    assert (answer.failure.kind, answer.failure.name, answer.failure.stack) == ("timeout", "Timeout", "here")


async def test_a_call_is_replied_to_once() -> None:
    dialogue = Dialogue().to(S.READY)
    flight = dialogue.fly()
    dialogue.hear(Call(call=5, invocation=1, op="trigger", args=msgspec.Raw(b"{}")))

    assert dialogue.session.reply(5, value=b"2") is flight
    assert dialogue.session.reply(5, value=b"3") is None

    assert [bytes(m.value) for m in dialogue.sent if isinstance(m, Reply)] == [b"2"]


async def test_a_call_number_used_twice_is_a_fault() -> None:
    dialogue = Dialogue().to(S.READY)
    dialogue.fly()
    call = Call(call=5, invocation=1, op="trigger", args=msgspec.Raw(b"{}"))
    dialogue.hear(call)

    with pytest.raises(ProtocolFault, match="twice"):
        dialogue.hear(call)


async def test_calls_out_of_place_are_refused() -> None:
    dialogue = Dialogue().to(S.READY)
    dialogue.fly()

    for number, invocation in ((1, 7), (2, 1), (3, 1), (4, 1)):
        dialogue.hear(Call(call=number, invocation=invocation, op="trigger", args=msgspec.Raw(b"{}")))

    refusals = [(m.call, m.error.code) for m in dialogue.sent if isinstance(m, Reply) and m.error]
    assert refusals == [(1, "invocation-over"), (4, "too-many-calls")]


async def test_a_log_of_what_is_over_is_the_workers_own() -> None:
    dialogue = Dialogue().to(S.READY)
    log = Log(level="info", message="m", invocation=9, fields=msgspec.Raw(b'{"a":1}'))

    dialogue.hear(log)

    name, (origin, told) = dialogue.events.told[-1]
    assert (name, origin) == ("on_log", None)
    assert bytes(told.fields) == b'{"a":1}'


async def test_closing_gives_back_what_is_unanswered_and_silences_the_session() -> None:
    dialogue = Dialogue().to(S.READY)
    flight = dialogue.fly()
    dialogue.hear(Call(call=1, invocation=1, op="trigger", args=msgspec.Raw(b"{}")))
    sent = len(dialogue.sent)

    assert dialogue.session.close() == [flight]
    dialogue.session.reply(1, value=b"1")
    dialogue.hear(Result(invocation=1))

    assert len(dialogue.sent) == sent
    assert not flight.answer.done()


async def test_a_stream_opens_feeds_and_ends() -> None:
    dialogue = Dialogue().to(S.READY)
    flight = dialogue.fly(kind="api")
    dialogue.hear(Result(invocation=1, status=200, stream=True))
    answer: Any = flight.answer.result()

    dialogue.hear(Chunk(invocation=1), blob=b"x")
    dialogue.hear(Chunk(invocation=1, last=True))

    assert [piece async for piece in answer.stream] == [b"x"]
    assert dialogue.session.in_flight == {}
