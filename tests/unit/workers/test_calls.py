"""What handlers ask of the engine: replies, errors, bounds, lent slots."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from motia.model import (
    InternalError,
    LedgerUnavailable,
    MotiaError,
    PayloadInvalid,
    Problem,
    RunError,
    RunFailed,
    SpanId,
    StepId,
    TraceId,
    UnknownTarget,
)
from motia.protocol import Call
from motia.workers import Died, Invocation, Lane, Origin, Responded
from motia.workers.calls import CallDesk, call_error_of, waits_for_a_run
from motia.workers.flight import Flight

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench


def a_flight() -> Flight:
    invocation = Invocation(
        step=StepId("a"), kind="event", trace=TraceId("1" * 32), span=SpanId("1" * 16), lane=Lane.BACKGROUND
    )
    return Flight(1, invocation, asyncio.get_running_loop().create_future())


async def test_a_call_is_carried_out_for_its_invocation_and_answered(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    replies = await bench.value(bench.invoke(do="call", op="state.get", args={"group": "g"}, times=2))

    assert [reply["value"] for reply in replies] == [{"ok": True}] * 2
    (first, op, args), (second, _, _) = bench.calls
    assert (op, args) == ("state.get", b'{"group":"g"}')
    assert first is second
    assert (first.step, first.run) == ("a", "0" * 16)


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (UnknownTarget("nobody", hint="write one"), "unknown-target", "caller"),
        (LedgerUnavailable("disk full"), "ledger-unavailable", "world"),
        (InternalError("odd"), "internal-error", "world"),
        (RunFailed("the called run failed", RunError(name="ValueError", message="no")), "run-failed", "run"),
    ],
)
async def test_an_error_reaches_the_handler_with_its_kind(
    bench: Bench, error: MotiaError, code: str, kind: str
) -> None:
    async def fail(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
        raise error

    bench.write("one.json", "a")
    bench.handler = fail
    await bench.start()

    replies = await bench.value(bench.invoke(do="call", op="trigger", args={}))

    assert (replies[0]["error"]["code"], replies[0]["error"].get("kind", "caller")) == (code, kind)


def test_a_failed_run_carries_its_error_and_an_invalid_payload_its_problems() -> None:
    failed = call_error_of(RunFailed("the called run failed", RunError(name="ValueError", message="no")))
    invalid = call_error_of(PayloadInvalid("bad", (Problem(path="/a", message="wrong"),)))

    assert failed.error is not None
    assert msgspec.json.decode(failed.error) == {"name": "ValueError", "message": "no"}
    assert invalid.problems == (Problem(path="/a", message="wrong"),)


async def test_an_unforeseen_error_is_answered_and_told(bench: Bench) -> None:
    async def fail(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
        raise KeyError("secret")

    bench.write("one.json", "a")
    bench.handler = fail
    await bench.start()

    replies = await bench.value(bench.invoke(do="call", op="trigger", args={}))

    assert replies[0]["error"]["code"] == "internal-error"
    assert "secret" not in replies[0]["error"]["message"]
    assert bench.told.has_logged("secret")


async def test_a_handler_that_answers_with_a_future_costs_no_task() -> None:
    answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    replies: list[tuple[int, bytes, object]] = []
    desk = CallDesk(lambda origin, op, args: answer, on_fault=lambda text: None)
    before = asyncio.all_tasks()

    desk.take(
        a_flight(),
        Call(call=3, invocation=1, op="trigger", args=msgspec.Raw(b"{}")),
        lambda *reply: replies.append(reply),
    )
    assert asyncio.all_tasks() == before
    answer.set_result(b"7")
    await desk.stop()

    assert replies == [(3, b"7", None)]


async def test_a_handler_that_refuses_at_once_is_answered_at_once() -> None:
    def refuse(origin: Origin, op: str, args: msgspec.Raw) -> asyncio.Future[bytes]:
        raise UnknownTarget("nobody")

    replies: list[tuple[int, bytes, Any]] = []
    desk = CallDesk(refuse, on_fault=lambda text: None)

    desk.take(
        a_flight(),
        Call(call=3, invocation=1, op="trigger", args=msgspec.Raw(b"{}")),
        lambda *reply: replies.append(reply),
    )

    assert [(call, error.code) for call, _, error in replies] == [(3, "unknown-target")]


async def test_a_call_after_the_answer_is_refused(bench: Bench) -> None:
    bench.write("one.json", "a")
    await bench.start()

    await bench.answer(bench.invoke(do="call_afterwards"))

    await bench.until(lambda: bench.told.has_logged("refused: invocation-over"))
    assert bench.calls == []


async def test_more_calls_than_allowed_are_refused(bench: Bench) -> None:
    release = asyncio.Event()

    async def wait(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
        await release.wait()
        return b"1"

    bench.write("one.json", "a")
    bench.handler = wait
    await bench.start()

    ticket = bench.invoke(do="call", op="state.get", args={}, times=260)
    await bench.until(lambda: bench.told.has_logged("called"))  # every call is behind it
    release.set()
    replies = await bench.value(ticket)

    assert len(bench.calls) == 256
    assert sum(1 for reply in replies if "error" in reply) == 4


async def test_a_value_too_large_for_a_frame_is_an_error_in_the_handler(bench: Bench) -> None:
    async def large(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
        return b'"' + b"x" * 17_000_000 + b'"'

    bench.write("one.json", "a")
    bench.handler = large
    await bench.start()

    replies = await bench.value(bench.invoke(do="call", op="state.get", args={}))

    assert replies[0]["error"]["code"] == "payload-too-large"


async def test_a_call_is_finished_although_its_worker_died(bench: Bench) -> None:
    release, finished = asyncio.Event(), asyncio.Event()

    async def wait(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
        await release.wait()
        finished.set()
        return b"1"

    bench.write("one.json", "a", "b")
    bench.handler = wait
    supervisor = await bench.start()
    calling = bench.invoke(do="call", op="trigger", args={})
    await bench.until(lambda: bench.calls)

    await bench.answer(bench.invoke("b", do="exit", code=1))
    release.set()

    await asyncio.wait_for(finished.wait(), 5)
    assert isinstance(await bench.answer(calling), Died)
    await bench.until(lambda: supervisor.has_step(StepId("a")))


async def test_waiting_for_another_run_lends_the_slot(bench: Bench) -> None:
    release = asyncio.Event()

    async def wait(origin: Origin, op: str, args: msgspec.Raw) -> bytes:
        await release.wait()
        return b"1"

    bench.write("one.json", "a", "b")
    bench.handler = wait
    supervisor = await bench.start(slots=1)
    assert supervisor.free_slots(StepId("b")) == 1

    calling = bench.invoke(do="call", op="call", args={"target": "b"}, times=2)
    assert supervisor.free_slots(StepId("b")) == 0
    told = bench.told.capacity
    await bench.until(lambda: len(bench.calls) == 2)
    assert supervisor.free_slots(StepId("b")) == 1
    assert bench.told.capacity > told

    assert await bench.value(bench.invoke("b", n=1)) == {"n": 1}
    release.set()
    await bench.value(calling)
    assert supervisor.free_slots(StepId("b")) == 1


@pytest.mark.parametrize(
    ("op", "args", "waits"),
    [
        ("call", {}, True),
        ("trigger", {"wait_ms": 5}, True),
        ("trigger", {"wait_ms": None}, False),
        ("trigger", {"payload": {"wait_ms": 5}}, False),
        ("trigger", {"wait_ms": "soon"}, False),
        ("trigger", {}, False),
        ("state.get", {"wait_ms": 5}, False),
    ],
)
def test_only_calls_that_wait_for_a_run_wait(op: str, args: Any, waits: bool) -> None:
    call = Call(call=1, invocation=1, op=op, args=msgspec.Raw(msgspec.json.encode(args)))

    assert waits_for_a_run(call) is waits


async def test_a_request_may_call_too(bench: Bench) -> None:
    bench.write("one.json", "api:r", "a")
    await bench.start()

    assert isinstance(await bench.answer(bench.invoke("r", kind="api")), Responded)
