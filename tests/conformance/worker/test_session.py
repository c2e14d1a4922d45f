"""worker.md, sections 3 and 8: states, and what the worker does on faults."""

from __future__ import annotations

import signal
import struct

import msgspec
import pytest

from motia.protocol import (
    Cancel,
    Drain,
    EngineMessage,
    Failure,
    Hello,
    Invoke,
    Load,
    LoadedManifest,
    Ping,
    Pong,
    Pull,
    Reply,
    encode_frame,
)

from .conftest import LANGUAGES

HELLO = Hello(protocol=1, engine="test", worker="w")
INVOKE = Invoke(invocation=1, step="echo", kind="event", trace="0" * 32, span="0" * 16)


def test_a_worker_answers_hello_with_what_it_is(start, language):
    worker = start()

    hello = worker.greet()

    assert (hello.protocol, hello.language) == (1, language.name)
    assert hello.pid == worker.process.pid
    assert hello.runtime


def test_a_standby_waits_and_answers_pings(start):
    worker = start()
    worker.greet()

    worker.send(Ping(token=7), Ping(token=8))

    assert (worker.next(), worker.next()) == (Pong(token=7), Pong(token=8))


def test_a_standby_ends_at_once_when_drained(start):
    worker = start()
    worker.greet()

    assert worker.drain() == 0


def test_hello_load_and_ping_may_come_in_one_write(start, language):
    worker = start()

    worker.send(HELLO, Load(root=language.root, files=language.files), Ping(token=3))

    kinds = {type(worker.next()).__name__ for _ in range(3)}
    assert kinds == {"WorkerHello", "LoadedManifest", "Pong"}


def test_a_drain_while_loading_ends_the_worker_after_its_manifest(start, language):
    worker = start()
    worker.greet()

    worker.send(Load(root=language.root, files=language.files), Drain())

    assert isinstance(worker.next(), LoadedManifest)
    assert worker.ends()
    assert worker.process.wait(10) == 0


def test_a_drained_worker_finishes_runs_its_stop_hooks_and_exits_with_0(worker):
    worker.invoke("triggers-and-leaves", {"target": "x"})
    call, _ = worker.call()
    worker.send(Drain(), Ping(token=1))
    assert isinstance(worker.next(), Pong)

    worker.reply(call, {"runId": "r", "traceId": "t"})

    assert worker.value() == "left"
    assert worker.ends()
    assert worker.process.wait(10) == 0
    assert any("stop hook ran" in log.message or "closed" in log.message for log in worker.logs)


@pytest.mark.parametrize("message", [Load(root="/", files=()), INVOKE, Ping(token=1), Drain()])
def test_before_hello_nothing_else_is_allowed(start, message: EngineMessage):
    worker = start()

    worker.send(message)

    assert worker.ends()


@pytest.mark.parametrize(
    "message",
    [HELLO, INVOKE, Cancel(invocation=1, reason="cancel"), Reply(call=1), Pull(invocation=1, bytes=1)],
)
def test_a_standby_refuses_what_needs_steps(start, message: EngineMessage):
    worker = start()
    worker.greet()

    worker.send(message)

    assert worker.ends()
    assert any("protocol fault" in log.message for log in worker.logs)


@pytest.mark.parametrize("message", [HELLO, Load(root="/", files=())])
def test_a_worker_is_greeted_and_loads_once(worker, message: EngineMessage):
    worker.send(message)

    assert worker.ends()


def test_a_draining_worker_refuses_new_work(worker):
    worker.invoke("waits")
    worker.until_log("entered")

    worker.send(Drain(), INVOKE)

    assert worker.ends()


def test_another_version_of_the_protocol_ends_the_worker(start):
    worker = start()

    worker.send(Hello(protocol=99, engine="test", worker="w"))

    assert worker.ends()
    assert "99" in worker.output()


def frame(body: bytes) -> bytes:
    return struct.pack(">II", len(body), 0) + body


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", 1 << 30, 0),
        struct.pack(">II", 2, 1 << 30) + b"{}",
        frame(b"null"),
        frame(b"{a:1}"),
        frame(b'{"type":"cancel","invocation":1,"reason":"\xff\xfe"}'),
        frame(b'{"type":"nobody"}'),
        frame(b'{"type":"ping"}'),
        frame(b'{"type":"ping","token":"text"}'),
    ],
    ids=[
        "json too long",
        "blob too long",
        "no object",
        "no JSON",
        "no UTF-8",
        "unknown type",
        "missing",
        "wrong type",
    ],
)
def test_bytes_that_are_no_message_end_the_worker(worker, data: bytes):
    worker.send_bytes(data)

    assert worker.ends()
    assert any("protocol fault" in log.message for log in worker.logs)


def test_unknown_fields_are_ignored(worker):
    body = msgspec.json.encode({"type": "ping", "token": 5, "future": {"a": 1}})

    worker.send_bytes(struct.pack(">II", len(body), 0) + body)

    assert worker.next() == Pong(token=5)


def test_a_frame_may_come_byte_by_byte(worker):
    for byte in encode_frame(Ping(token=9)):
        worker.send_bytes(bytes([byte]))

    assert worker.next() == Pong(token=9)


def test_what_is_not_there_cannot_be_cancelled_pulled_or_replied(worker):
    worker.send(
        Cancel(invocation=9, reason="cancel"), Pull(invocation=9, bytes=1), Reply(call=9), Ping(token=1)
    )

    assert worker.next() == Pong(token=1)


def test_a_step_that_is_not_loaded_is_answered(worker):
    worker.invoke("nobody", number=4)

    answer = worker.answer()

    assert isinstance(answer, Failure)
    assert (answer.invocation, answer.kind) == (4, "not_loaded")


@pytest.mark.parametrize("step", ["loops", "waits-plain", "waits"])
def test_the_end_of_the_engine_ends_the_worker_whatever_its_handlers_do(worker, ended_within, step: str):
    worker.invoke(step)
    worker.until_log("entered")

    worker.sock.close()

    assert ended_within(worker, 5.0)


def test_signals_to_the_group_do_not_end_the_worker(worker):
    worker.process.send_signal(signal.SIGTERM)
    worker.process.send_signal(signal.SIGINT)
    worker.send(Ping(token=1))

    assert worker.next() == Pong(token=1)
    worker.invoke("echo", {"still": "here"})
    assert worker.value() == {"still": "here"}


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one.has_stalls], indirect=True)
def test_a_stalled_loop_is_reported_from_beside_it(start):
    worker = start(stall_ms=200)
    worker.greet()
    worker.load()

    worker.invoke("stalls", {"ms": 1500}, number=6)
    stalled = worker.stall(6)

    assert stalled.step == "stalls"
    assert stalled.ms >= 200
    assert "stalls" in stalled.stack
    assert worker.value() is True


@pytest.mark.parametrize("language", [one for one in LANGUAGES if not one.has_stalls], indirect=True)
def test_where_nothing_stalls_a_blocking_handler_keeps_nobody_waiting(worker):
    worker.invoke("stalls", {"ms": 1500}, number=6)
    worker.invoke("echo", "quick", number=7)

    assert worker.value() == "quick"
    assert worker.value() is True
