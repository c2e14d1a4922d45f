"""What a handler returned or raised, as the message that answers its invocation."""

from __future__ import annotations

import asyncio

import msgspec

from motia.authoring import (
    Cancelled,
    Fatal,
    HttpError,
    InputInvalid,
    Response,
    RetryAfter,
    ValueNotJson,
    encode_body,
    encode_json,
    lenient_json,
)
from motia.model import MotiaError, PayloadTooLarge, WorldError
from motia.protocol import BLOB_BYTES_MAX, Failure, Result, encode_frame
from motia.python_worker.running import Running
from motia.python_worker.stacks import author_stack, cut

MESSAGE_BYTES_MAX = 16_384


class ResultRefused(Exception):
    """The handler's result cannot be sent; trying again would not help."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def result_frame(running: Running, value: object, *, handler_us: int, wait_us: int, bytes_max: int) -> bytes:
    """The frame for the result of an event or cron handler.

    Raises:
        ResultRefused: It is not JSON, or larger than `bytes_max`.
    """
    if value is None:
        return encode_frame(Result(invocation=running.number, handler_us=handler_us, wait_us=wait_us))
    what = f"the result of step {running.step!r}"
    try:
        body = encode_json(value, what=what)
    except ValueNotJson as error:
        raise ResultRefused("ResultNotJson", f"{error.message} ({error.hint})") from error
    if len(body) > bytes_max:
        raise ResultRefused(
            "PayloadTooLarge", f"{what} is {len(body)} bytes of JSON; the limit is {bytes_max}"
        )
    return encode_frame(
        Result(invocation=running.number, value=msgspec.Raw(body), handler_us=handler_us, wait_us=wait_us)
    )


def response_frame(running: Running, answer: Response, *, handler_us: int, wait_us: int) -> bytes:
    """The frame for the answer of an api handler, whole.

    Raises:
        ResultRefused: Its body is neither JSON nor text nor bytes, or larger than a frame.
    """
    what = f"the response of step {running.step!r}"
    try:
        headers, body = encode_body(answer, what=what)
    except ValueNotJson as error:
        raise ResultRefused("ResultNotJson", f"{error.message} ({error.hint})") from error
    if len(body) > BLOB_BYTES_MAX:
        raise ResultRefused(
            "PayloadTooLarge", f"{what} is {len(body)} bytes; stream what is over {BLOB_BYTES_MAX}"
        )
    return encode_frame(
        Result(
            invocation=running.number,
            status=answer.status,
            headers=headers,
            handler_us=handler_us,
            wait_us=wait_us,
        ),
        body,
    )


def failure_frame(
    running: Running, error: BaseException, *, root: str, stack_bytes_max: int, handler_us: int, wait_us: int
) -> bytes:
    """The frame for what a handler raised."""
    failure = failure_of(running, error, root=root, stack_bytes_max=stack_bytes_max)
    return encode_frame(msgspec.structs.replace(failure, handler_us=handler_us, wait_us=wait_us))


def failure_of(running: Running, error: BaseException, *, root: str, stack_bytes_max: int) -> Failure:
    """The failure that an exception stands for."""
    number, name, message = running.number, type(error).__name__, clean(_text_of(error))
    if isinstance(error, InputInvalid):
        return Failure(
            invocation=number,
            name="ValidationError",
            message=message,
            kind="validation",
            problems=error.problems,
        )
    if isinstance(error, ResultRefused):
        return Failure(invocation=number, name=error.name, message=message, kind="fatal")
    if isinstance(error, asyncio.CancelledError | Cancelled) and running.cancel_reason:
        return Failure(
            invocation=number,
            name="Cancelled",
            message=f"cancelled: {running.cancel_reason}",
            kind="cancelled",
        )
    stack = clean(cut(author_stack(error, root), stack_bytes_max))
    if isinstance(error, HttpError):
        details = None if error.details is None else msgspec.Raw(lenient_json(error.details))
        return Failure(
            invocation=number,
            name=name,
            message=message,
            kind="http",
            stack=stack,
            status=error.status,
            headers=tuple((key.lower(), clean(str(value))) for key, value in error.headers.items()),
            details=details,
        )
    if isinstance(error, RetryAfter):
        return Failure(
            invocation=number,
            name=name,
            message=message,
            kind="retry_after",
            stack=stack,
            retry_after_ms=error.retry_after_ms,
        )
    if isinstance(error, WorldError) and error.status == 503 and not running.run:
        # Nobody's fault and soon over: the client hears 503 with Retry-After, not a 500.
        return Failure(
            invocation=number,
            name=name,
            message=message,
            kind="retry_after",
            stack=stack,
            retry_after_ms=round(error.retry_after_s * 1_000),
        )
    return Failure(
        invocation=number,
        name=name,
        message=message,
        kind="fatal" if isinstance(error, Fatal) else "error",
        stack=stack,
    )


def clean(text: str) -> str:
    """Text that UTF-8 can carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _text_of(error: BaseException) -> str:
    if isinstance(error, PayloadTooLarge | MotiaError) and error.hint:
        return f"{error.message} ({error.hint})"
    if isinstance(error, SystemExit):
        return f"sys.exit({error.code!r}) in a handler"
    if isinstance(error, KeyboardInterrupt):
        return "KeyboardInterrupt in a handler"
    try:
        text = str(error)
    except Exception:  # an author's __str__ may do anything
        text = "(its text cannot be read)"
    return cut(text, MESSAGE_BYTES_MAX)
