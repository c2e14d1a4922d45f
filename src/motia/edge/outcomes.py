"""From a worker's answer to an HTTP answer: statuses, the error shape, what production keeps to itself."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Final

import msgspec

from motia.edge.responses import UnsafeHeader, error_body, header_lines
from motia.model import Problem, TraceId
from motia.protocol import Failure
from motia.workers import Answer, Died, Failed, NoWorker, Responded, ResponseStream, Returned

JSON_HEADER: Final = ("content-type", "application/json")
GENERIC: Final = "internal error"
RETRY_AFTER: Final = ("retry-after", "1")


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP answer. `error` is empty for what a step answered on purpose; it goes to the trace."""

    status: int
    headers: tuple[tuple[str, str], ...]
    lines: bytes
    """`headers` as they go out."""
    body: bytes
    stream: ResponseStream | None = None
    handler_us: int = 0
    wait_us: int = 0
    error: str = ""
    stack: str = ""
    """Of an error that the author did not mean; for the log, never for the client."""


class Outcomes:
    """Makes replies; `shows_errors` is development's habit of telling the client what went wrong."""

    def __init__(self, *, shows_errors: bool) -> None:
        self._shows_errors = shows_errors

    def reply_to(self, answer: Answer, trace: TraceId) -> Reply:
        """The HTTP answer to what a worker said."""
        match answer:
            case Responded():
                return self._responded(answer, trace)
            case Failed(failure=failure):
                return self._failed(failure, trace)
            case Returned():
                return Reply(
                    status=200,
                    headers=(JSON_HEADER,),
                    lines=header_lines((JSON_HEADER,)),
                    body=answer.value,
                    handler_us=answer.handler_us,
                    wait_us=answer.wait_us,
                )
            case Died():
                message = f"the worker {answer.worker} ended before it answered: {answer.reason}"
                return self.hidden(502, "worker-died", trace, message=message)
            case NoWorker():
                message = f"no worker can take this request: {answer.reason}"
                return self.hidden(503, "worker-unavailable", trace, message=message, headers=(RETRY_AFTER,))

    def refusal(
        self,
        status: int,
        code: str,
        trace: TraceId,
        *,
        message: str,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Reply:
        """An error of the engine's own whose words are meant for the client."""
        body = error_body(code=code, message=message, trace=trace)
        return _error(status, headers, body, error=f"{code}: {message}")

    def _responded(self, answer: Responded, trace: TraceId) -> Reply:
        try:
            lines = header_lines(answer.headers)
        except UnsafeHeader as error:
            return self.hidden(500, "unsafe-header", trace, message=str(error))
        if not 200 <= answer.status <= 599:
            message = f"the step answered with status {answer.status}, which is not a final HTTP status"
            return self.hidden(500, "bad-status", trace, message=message)
        return Reply(
            status=answer.status,
            headers=answer.headers,
            lines=lines,
            body=answer.body,
            stream=answer.stream,
            handler_us=answer.handler_us,
            wait_us=answer.wait_us,
        )

    def _failed(self, failure: Failure, trace: TraceId) -> Reply:
        words = _words(failure)
        match failure.kind:
            case "http":
                return self._chosen(failure, trace)
            case "validation":
                body = invalid_body(failure.problems, trace)
                return _error(422, (), body, error="validation failed", failure=failure)
            case "not_loaded":
                return self.hidden(503, "worker-unavailable", trace, message=words, headers=(RETRY_AFTER,))
            case "retry_after":
                seconds = str(max(1, math.ceil(failure.retry_after_ms / 1_000)))
                return self.hidden(
                    503,
                    "try-again",
                    trace,
                    message=words,
                    headers=(("retry-after", seconds),),
                    failure=failure,
                )
            case "cancelled":
                return self.hidden(
                    503, "cancelled", trace, message=words, headers=(RETRY_AFTER,), failure=failure
                )
            case "timeout":
                return self.hidden(504, "timeout", trace, message=words, failure=failure)
            case _:
                return self.hidden(500, "internal-error", trace, message=words, failure=failure)

    def _chosen(self, failure: Failure, trace: TraceId) -> Reply:
        """The answer that the author chose with an HttpError: shown in production too."""
        status = failure.status if 400 <= failure.status <= 599 else 500
        try:
            header_lines(failure.headers)
        except UnsafeHeader as error:
            return self.hidden(500, "unsafe-header", trace, message=str(error))
        details = msgspec.json.decode(failure.details) if failure.details else None
        body = error_body(code=code_of(status), message=failure.message, trace=trace, details=details)
        return _error(status, failure.headers, body, error=_words(failure), failure=failure)

    def hidden(
        self,
        status: int,
        code: str,
        trace: TraceId,
        *,
        message: str,
        headers: tuple[tuple[str, str], ...] = (),
        failure: Failure | None = None,
    ) -> Reply:
        """An error whose words production keeps from the client."""
        shown = message if self._shows_errors else GENERIC
        body = error_body(code=code, message=shown, trace=trace)
        # By its code, errors of the engine's own are of one kind, whatever worker or reason they name.
        error = message if failure is not None else f"{code}: {message}"
        return _error(status, headers, body, error=error, failure=failure)


def _words(failure: Failure) -> str:
    return f"{failure.name}: {failure.message}" if failure.message else failure.name


def code_of(status: int) -> str:
    """The error code of a status that a step chose: `not-found` for 404."""
    try:
        return HTTPStatus(status).phrase.lower().replace(" ", "-").replace("'", "")
    except ValueError:
        return "error"


def invalid_body(problems: tuple[Problem, ...], trace: TraceId) -> bytes:
    """The body of a 422: every problem with its path and part."""
    places = "place" if len(problems) == 1 else "places"
    return error_body(
        code="validation-failed",
        message=f"the request does not fit its schema in {len(problems)} {places}",
        trace=trace,
        details=[
            {
                "path": problem.path,
                "where": problem.where,
                "message": problem.message,
                "keyword": problem.keyword,
            }
            for problem in problems
        ],
    )


def _error(
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
    *,
    error: str,
    failure: Failure | None = None,
) -> Reply:
    own = tuple(header for header in headers if header[0].lower() != "content-type")
    headers = (JSON_HEADER, *own)
    return Reply(
        status=status,
        headers=headers,
        lines=header_lines(headers),
        body=body,
        handler_us=failure.handler_us if failure else 0,
        wait_us=failure.wait_us if failure else 0,
        error=error,
        stack=failure.stack if failure and status >= 500 else "",
    )
