"""What a handler returned or raised, as the frame that answers its invocation."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from motia.authoring import (
    Cancelled,
    Fatal,
    HttpError,
    InputInvalid,
    Response,
    RetryAfter,
    StepDefinition,
    response,
)
from motia.model import PayloadTooLarge, Problem, Source, StepId, StepKind, StepSpec
from motia.protocol import Failure, FrameDecoder, Invoke, Result, WorkerMessage
from motia.python_worker.answers import (
    MESSAGE_BYTES_MAX,
    ResultRefused,
    clean,
    failure_of,
    response_frame,
    result_frame,
)
from motia.python_worker.running import Running


@pytest.fixture
def running() -> Running:
    spec = StepSpec(id=StepId("s"), kind=StepKind.EVENT, language="python", source=Source(file="a.py"))
    message = Invoke(
        invocation=7, step="s", kind="event", trace="a" * 32, span="b" * 16, payload=msgspec.Raw(b"null")
    )
    definition = StepDefinition(spec=spec, function=None, form="none")
    return Running(message, definition, None, 0)  # type: ignore[arg-type]  # nothing goes through the port


def decoded(frame: bytes) -> tuple[Any, bytes]:
    decoder: FrameDecoder[WorkerMessage] = FrameDecoder(WorkerMessage)
    ((message, blob),) = decoder.feed(frame)
    return message, blob


def result(running: Running, value: Any, *, bytes_max: int = 1_000) -> Any:
    return decoded(result_frame(running, value, handler_us=3, wait_us=4, bytes_max=bytes_max))[0]


def failure(running: Running, error: BaseException) -> Failure:
    return failure_of(running, error, root="/nowhere", stack_bytes_max=65_536)


def test_a_result_is_json_with_its_times(running: Running) -> None:
    message = result(running, {"a": 2**70})

    assert isinstance(message, Result)
    assert (message.invocation, bytes(message.value), message.handler_us, message.wait_us) == (
        7,
        b'{"a":1180591620717411303424}',
        3,
        4,
    )


def test_nothing_is_a_result_too(running: Running) -> None:
    assert bytes(result(running, None).value) in (b"", b"null")


@pytest.mark.parametrize("value", [object(), float("nan"), {"a": float("inf")}, {1, object()}])
def test_a_result_that_is_no_json_is_refused_for_good(running: Running, value: Any) -> None:
    with pytest.raises(ResultRefused, match="the result of step 's'") as caught:
        result(running, value)

    assert caught.value.name == "ResultNotJson"
    assert failure(running, caught.value).kind == "fatal"


def test_a_result_over_the_limit_is_refused_for_good(running: Running) -> None:
    with pytest.raises(ResultRefused, match="the limit is 10") as caught:
        result(running, "x" * 9, bytes_max=10)

    assert failure(running, caught.value).name == "PayloadTooLarge"
    assert bytes(result(running, "x" * 8, bytes_max=10).value) == b'"xxxxxxxx"'


def test_a_response_keeps_its_bytes_beside_the_message(running: Running) -> None:
    answer = response(b"\x00\xff", status=201, headers={"X-A": "b"})
    assert isinstance(answer, Response)

    message, blob = decoded(response_frame(running, answer, handler_us=1, wait_us=2))

    assert (message.status, blob) == (201, b"\x00\xff")
    assert ("x-a", "b") in [(name.lower(), value) for name, value in message.headers]


def test_an_error_has_its_name_text_and_place(running: Running) -> None:
    try:
        raise ValueError("no such user")
    except ValueError as error:
        found = failure(running, error)

    assert (found.invocation, found.name, found.message, found.kind) == (
        7,
        "ValueError",
        "no such user",
        "error",
    )
    assert "test_answers.py" in found.stack


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Fatal("give up"), "fatal"),
        (RetryAfter(2), "retry_after"),
        (HttpError(404, "gone"), "http"),
        (KeyError("x"), "error"),
        (SystemExit(3), "error"),
        (KeyboardInterrupt(), "error"),
        (asyncio.CancelledError(), "error"),
        (Cancelled("timeout"), "error"),
    ],
)
def test_what_was_raised_says_how_the_run_goes_on(running: Running, error: BaseException, kind: str) -> None:
    assert failure(running, error).kind == kind


def test_details_cross_the_protocol(running: Running) -> None:
    found = failure(running, HttpError(409, "taken", {"id": 7}, headers={"Retry-After": 1}))  # type: ignore[dict-item]
    assert (found.status, bytes(found.details or b""), found.headers) == (
        409,
        b'{"id":7}',
        (("retry-after", "1"),),
    )
    assert failure(running, RetryAfter(1.5)).retry_after_ms == 1_500
    problem = Problem(path="/a", message="is required")
    assert failure(running, InputInvalid((problem,))).problems == (problem,)


def test_a_cancel_that_was_asked_for_is_one(running: Running) -> None:
    running.cancel("timeout")

    found = failure(running, asyncio.CancelledError())

    assert (found.kind, found.message) == ("cancelled", "cancelled: timeout")


def test_text_of_any_kind_is_carried(running: Running) -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    assert failure(running, Odd()).message == "(its text cannot be read)"
    assert failure(running, ValueError("\ud800")).message == "?"
    assert len(failure(running, ValueError("x" * 100_000)).message) < MESSAGE_BYTES_MAX + 100
    assert failure(running, SystemExit(3)).message == "sys.exit(3) in a handler"
    assert failure(running, PayloadTooLarge("too large", hint="less")).message == "too large (less)"
    assert clean("ü\ud800") == "ü?"
