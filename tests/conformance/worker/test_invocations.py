"""worker.md, sections 4, 5 and 7: invocations, answers, calls, logs."""

from __future__ import annotations

import msgspec
import pytest

from motia.model import Problem
from motia.protocol import CallError, Cancel, Failure, Ping, Pong, Reply, Result

from .conftest import RUN, TRACE


@pytest.mark.parametrize("step", ["echo", "plain"])
@pytest.mark.parametrize("payload", [{"a": [1, None, "ü"]}, [], "text", 0, False, None])
def test_a_result_is_any_json_value(worker, step: str, payload: object):
    worker.sock.sendall(_invoke(step, payload))

    assert worker.value() == payload


def _invoke(step: str, payload: object) -> bytes:
    from motia.protocol import Invoke, encode_frame

    raw = msgspec.Raw(msgspec.json.encode(payload))
    return encode_frame(
        Invoke(invocation=1, step=step, kind="event", trace=TRACE, span="1" * 16, payload=raw)
    )


def test_payload_keys_become_arguments_and_defaults_apply(worker):
    worker.invoke("typed", {"userId": "u", "actions": [1, 2], "metadata": {"k": 1}})
    assert worker.value() == {"userId": "u", "actions": 2, "metadata": {"k": 1}}

    worker.invoke("defaults", {"name": "n"})
    assert worker.value() == {"name": "n", "size": 3}


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 10**30])
def test_large_integers_stay_exact_or_are_refused(worker, language, number: int):
    worker.invoke("echo", {"a": [{"n": number}]})

    if language.are_big_integers_exact:
        assert worker.value() == {"a": [{"n": number}]}
        return
    failure = worker.answer()
    assert isinstance(failure, Failure)
    assert failure.kind == "fatal"
    assert "/a/0/n" in failure.message


def test_invocations_run_side_by_side(worker):
    worker.invoke("waits", number=1)
    worker.invoke("waits-plain", number=2)
    worker.invoke("echo", "quick", number=3)

    answer = worker.answer()

    assert (answer.invocation, msgspec.json.decode(answer.value)) == (3, "quick")


def test_a_result_tells_how_long_the_handler_took(worker):
    worker.invoke("stalls", {"ms": 20})

    answer = worker.answer()

    assert answer.handler_us >= 20_000
    assert answer.wait_us >= 0


@pytest.mark.parametrize(
    ("step", "kind", "message"),
    [
        ("fails", "error", "on purpose"),
        ("fatal", "fatal", "never again"),
        ("retry-after", "retry_after", "later"),
        ("http-error", "http", "teapot"),
    ],
)
def test_what_a_handler_raises_becomes_a_failure_of_its_kind(worker, step: str, kind: str, message: str):
    worker.invoke(step)

    failure = worker.answer()

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message) == (kind, message)
    assert "events" in failure.stack
    assert failure.retry_after_ms == (1_500 if kind == "retry_after" else 0)
    assert failure.status == (418 if kind == "http" else 0)


def test_an_input_that_the_authors_schema_refuses_lists_its_problems(worker):
    worker.invoke("typed", {"userId": 5, "actions": "no"})

    failure = worker.answer()

    assert isinstance(failure, Failure)
    assert failure.kind == "validation"
    assert {problem.path for problem in failure.problems} == {"/userId", "/actions", "/metadata"}


def test_the_context_tells_the_run(worker):
    worker.invoke(
        "context", attempt=3, retry_count=2, trigger=msgspec.Raw(b'{"target":"topic"}'), kind="replay"
    )

    assert worker.value() == {
        "runId": RUN,
        "traceId": TRACE,
        "stepId": "context",
        "attempt": 3,
        "retryCount": 2,
        "kind": "replay",
        "target": "topic",
    }


def test_a_cron_step_runs_without_a_payload(worker):
    worker.invoke("nightly", kind="cron", trigger=msgspec.Raw(b'{"scheduledAt":5}'))

    assert worker.value() == {"at": 5}


@pytest.mark.parametrize("step", ["waits", "waits-plain"])
@pytest.mark.parametrize("reason", ["timeout", "cancel", "shutdown"])
def test_a_cancelled_handler_answers_cancelled(worker, step: str, reason: str):
    worker.invoke(step)
    worker.until_log("entered")

    worker.send(Cancel(invocation=1, reason=reason))

    failure = worker.answer()
    assert isinstance(failure, Failure)
    assert failure.kind == "cancelled"
    assert reason in failure.message


def test_a_handler_that_finishes_although_cancelled_is_answered_with_its_result(worker):
    worker.invoke("stubborn")
    worker.until_log("entered")

    worker.send(Cancel(invocation=1, reason="timeout"))

    assert worker.value() == {"finished": True}


def test_a_cancel_may_come_in_the_same_write_as_its_invoke(worker):
    from motia.protocol import encode_frame

    worker.sock.sendall(_invoke("waits", {}) + encode_frame(Cancel(invocation=1, reason="cancel")))

    failure = worker.answer()

    assert isinstance(failure, Failure)
    assert failure.kind == "cancelled"


def test_a_trigger_is_a_call_and_its_reply_is_the_receipt(worker):
    worker.invoke("triggers", {"target": "other", "value": 4})

    call, args = worker.call()

    assert (call.op, call.invocation) == ("trigger", 1)
    assert args == {"target": "other", "payload": {"value": 4}, "key": "k", "delay_ms": 2_000}
    worker.reply(call, {"runId": "abc", "traceId": TRACE})
    assert worker.value() == {"runId": "abc"}


def test_a_plain_handler_waits_for_its_trigger(worker):
    worker.invoke("triggers-plain", {"target": "other"})

    call, _ = worker.call()
    worker.reply(call, {"runId": "abc", "traceId": TRACE})

    assert worker.value() == {"runId": "abc"}


def test_a_trigger_that_nobody_awaits_is_answered_before_the_result_leaves(worker):
    worker.invoke("triggers-and-leaves", {"target": "other"})
    call, _ = worker.call()
    worker.send(Ping(token=1))
    assert worker.next() == Pong(token=1)

    worker.reply(call, {"runId": "abc", "traceId": TRACE})

    assert worker.value() == "left"


def test_a_trigger_that_nobody_awaits_and_that_fails_is_logged(worker):
    worker.invoke("triggers-and-leaves", {"target": "other"})
    call, _ = worker.call()

    worker.send(Reply(call=call.call, error=CallError(code="queue-full", message="full up", kind="world")))

    assert worker.value() == "left"
    assert any("full up" in log.message and log.invocation == 1 for log in worker.logs)


def test_a_call_error_is_raised_in_the_handler(worker):
    worker.invoke("triggers", {"target": "other", "value": 4})
    call, _ = worker.call()
    problem = Problem(path="/value", message="too small")

    worker.send(
        Reply(
            call=call.call,
            error=CallError(code="payload-invalid", message="does not fit", problems=(problem,)),
        )
    )

    failure = worker.answer()
    assert isinstance(failure, Failure)
    assert (failure.name, failure.kind) == ("PayloadInvalid", "error")
    assert "does not fit" in failure.message


def test_a_called_step_that_failed_raises_in_the_caller(worker):
    worker.invoke("calls", {"target": "other"})
    call, args = worker.call()
    assert (call.op, args["timeout_ms"]) == ("call", 7_000)
    error = msgspec.Raw(b'{"name":"ValueError","message":"inner"}')

    worker.send(
        Reply(call=call.call, error=CallError(code="run-failed", message="inner", kind="run", error=error))
    )

    failure = worker.answer()
    assert isinstance(failure, Failure)
    assert failure.name == "CallFailed"


def test_a_call_returns_the_result(worker):
    worker.invoke("calls", {"target": "other"})
    call, _ = worker.call()

    worker.reply(call, {"done": [1]})

    assert worker.value() == {"done": [1]}


def test_calls_beyond_the_limit_wait_inside_the_worker(start):
    worker = start(calls_max=3)
    worker.greet()
    worker.load()
    worker.invoke("triggers-many", {"count": 8})
    first = [worker.call()[0] for _ in range(3)]
    worker.send(Ping(token=1))
    assert worker.next() == Pong(token=1)

    for call in first:
        worker.reply(call, {"runId": "r", "traceId": "t"})
    for _ in range(5):
        call, _ = worker.call()
        worker.reply(call, {"runId": "r", "traceId": "t"})

    assert worker.value() == 8


def test_every_operation_of_the_state_store_is_a_call(worker):
    worker.invoke("uses-state")
    replies: list[tuple[str, dict[str, object], object]] = [
        ("state.set", {"group": "g", "key": "k", "value": {"a": 1}}, {"version": 1}),
        ("state.get", {"group": "g", "key": "k"}, {"value": {"a": 1}, "version": 1}),
        ("state.increment", {"group": "g", "key": "n", "by": 2}, 2),
        ("state.delete", {"group": "g", "key": "k"}, True),
        ("state.list", {"group": "g", "after": "a", "limit": 5}, []),
        ("state.clear", {"group": "g"}, 1),
        (
            "state.update",
            {"group": "g", "key": "k", "ops": [{"op": "append", "path": "items", "value": 1}]},
            {"value": {"items": [1]}, "version": 2},
        ),
        (
            "state.compare_and_set",
            {"group": "g", "key": "k", "value": 5, "version": 3},
            {"done": True, "value": 5, "version": 4},
        ),
    ]

    for op, args, value in replies:
        call, given = worker.call()
        assert (call.op, given) == (op, args)
        worker.reply(call, value)

    assert worker.value() == {"read": {"a": 1}}


def test_log_lines_belong_to_their_run_and_precede_its_answer(worker):
    worker.invoke("logs", number=12)

    assert isinstance(worker.answer(), Result)

    lines = [(log.level, log.message, log.source) for log in worker.logs if log.invocation == 12]
    assert lines == [
        ("debug", "one", "logger"),
        ("info", "two", "logger"),
        ("warn", "three", "logger"),
        ("error", "four", "logger"),
        ("info", "printed", "print"),
    ]
    assert msgspec.json.decode(worker.logs[0].fields) == {"n": 1}
    assert all(log.at > 1_700_000_000_000 for log in worker.logs)


def test_limits_of_the_engine_are_kept(start):
    worker = start(payload_bytes_max=1_000, log_bytes_max=100, stack_bytes_max=500)
    worker.greet()
    worker.load()

    worker.invoke("big", {"bytes": 2_000})
    refused = worker.answer()
    assert isinstance(refused, Failure)
    assert (refused.kind, refused.name) == ("fatal", "PayloadTooLarge")

    worker.invoke("loud", {"bytes": 1_000})
    worker.answer()
    assert worker.logs[-1].message.startswith("y" * 100)
    assert worker.logs[-1].message.endswith("… (900 bytes cut)")

    worker.invoke("deep")
    failed = worker.answer()
    assert len(failed.stack.encode()) < 600
    assert "bytes cut)" in failed.stack
