"""Calls to the engine: a place for each, an answer for each."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import msgspec
import pytest

from motia.authoring import InvocationOver, StepDefinition
from motia.model import MotiaError, QueueFull, Source, StepId, StepKind, StepSpec, WorkerUnavailable
from motia.protocol import Call, CallError, Invoke, Reply
from motia.python_worker import calls as calls_module
from motia.python_worker.calls import Calls
from motia.python_worker.running import Running


def running(number: int = 1) -> Running:
    spec = StepSpec(id=StepId("s"), kind=StepKind.EVENT, language="python", source=Source(file="a.py"))
    message = Invoke(
        invocation=number, step="s", kind="event", trace="a" * 32, span="b" * 16, payload=msgspec.Raw(b"null")
    )
    definition = StepDefinition(spec=spec, function=None, form="none")
    return Running(message, definition, None, 0)  # type: ignore[arg-type]  # nothing goes through the port


class Bench:
    def __init__(self) -> None:
        self.sent: list[Call] = []
        self.settled: list[int] = []
        self.calls = Calls(self.sent.append, lambda run: self.settled.append(run.number))

    def start(self, run: Running, op: str = "trigger") -> Future[Any]:
        future: Future[Any] = Future()
        self.calls.start(run, op, b"{}", future)
        return future


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_call_is_answered_by_its_own_reply(bench: Bench) -> None:
    run = running()
    first, second = bench.start(run), bench.start(run, "state.get")

    bench.calls.reply(Reply(call=bench.sent[1].call, value=msgspec.Raw(b"2")))
    assert not first.done()
    assert bench.settled == []
    bench.calls.reply(Reply(call=bench.sent[0].call, value=msgspec.Raw(b"1")))

    assert (bytes(first.result(0)), bytes(second.result(0))) == (b"1", b"2")
    assert [call.op for call in bench.sent] == ["trigger", "state.get"]
    assert bench.settled == [1]


def test_a_reply_to_no_call_is_ignored(bench: Bench) -> None:
    future = bench.start(running())

    bench.calls.reply(Reply(call=99, value=msgspec.Raw(b"1")))
    bench.calls.reply(Reply(call=bench.sent[0].call, value=msgspec.Raw(b"1")))
    bench.calls.reply(Reply(call=bench.sent[0].call, value=msgspec.Raw(b"2")))

    assert bytes(future.result(0)) == b"1"
    assert bench.settled == [1]


def test_an_error_is_raised_in_the_caller(bench: Bench) -> None:
    future = bench.start(running())

    error = CallError(code="queue-full", message="too much waits", kind="retry", hint="later")
    bench.calls.reply(Reply(call=bench.sent[0].call, error=error))

    with pytest.raises(MotiaError, match="too much waits") as caught:
        future.result(0)
    assert caught.value.code == "queue-full"


def test_more_calls_than_places_wait_in_order(bench: Bench) -> None:
    bench.calls.calls_max = 2
    run = running()
    futures = [bench.start(run, f"op{n}") for n in range(4)]
    assert [call.op for call in bench.sent] == ["op0", "op1"]

    for n in range(4):
        bench.calls.reply(Reply(call=bench.sent[n].call, value=msgspec.Raw(b"%d" % n)))

    assert [bytes(future.result(0)) for future in futures] == [b"0", b"1", b"2", b"3"]
    assert [call.op for call in bench.sent] == ["op0", "op1", "op2", "op3"]


def test_more_than_may_wait_is_an_error_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_module, "WAITING_MAX", 1)
    bench.calls.calls_max = 1
    run = running()
    bench.start(run)
    waiting = bench.start(run)

    refused = bench.start(run)

    assert isinstance(refused.exception(0), QueueFull)
    assert not waiting.done()


def test_when_the_engine_is_gone_every_call_fails(bench: Bench) -> None:
    bench.calls.calls_max = 1
    one, two = running(1), running(2)
    futures = [bench.start(one), bench.start(two)]

    bench.calls.abandon()

    assert [type(future.exception(0)) for future in futures] == [WorkerUnavailable, WorkerUnavailable]
    assert bench.settled == [1, 2]


def test_a_call_after_the_handler_has_returned_is_refused(bench: Bench) -> None:
    run = running()
    run.is_over = True

    future = bench.start(run)

    assert isinstance(future.exception(0), InvocationOver)
    assert bench.sent == []
