from __future__ import annotations

import json
from typing import Any

import pytest

from motia.edge.outcomes import Outcomes
from motia.model import TraceId
from motia.protocol import Failure
from motia.workers import Answer, Died, Failed, NoWorker, Responded, Returned

TRACE = TraceId("a" * 32)
SECRET = "secret words"


def failed(kind: str, **fields: Any) -> Failed:
    return Failed(Failure(invocation=1, **{"name": "E", "message": SECRET, "kind": kind, **fields}))


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (failed("error"), 500, "internal-error"),
        (failed("fatal"), 500, "internal-error"),
        (failed("retry_after", retry_after_ms=1_500), 503, "try-again"),
        (failed("cancelled"), 503, "cancelled"),
        (failed("not_loaded"), 503, "worker-unavailable"),
        (Died("python-1", SECRET, True), 502, "worker-died"),
        (NoWorker(SECRET), 503, "worker-unavailable"),
        (Responded(700, (), b"", None, 0, 0), 500, "bad-status"),
        (Responded(101, (), b"", None, 0, 0), 500, "bad-status"),
        (Responded(200, (("a b", SECRET),), b"", None, 0, 0), 500, "unsafe-header"),
    ],
)
def test_a_failure_has_its_status_and_production_keeps_its_words(
    answer: Answer, status: int, code: str
) -> None:
    shown = Outcomes(shows_errors=True).reply_to(answer, TRACE)
    kept = Outcomes(shows_errors=False).reply_to(answer, TRACE)

    assert (shown.status, kept.status) == (status, status)
    error = json.loads(kept.body)["error"]
    assert error == {"code": code, "message": "internal error", "traceId": TRACE}
    assert json.loads(shown.body)["error"]["message"] != "internal error"
    assert kept.error == shown.error != ""


def test_a_stack_is_for_the_log_and_never_for_the_client() -> None:
    reply = Outcomes(shows_errors=True).reply_to(failed("error", stack="File x.py, line 3"), TRACE)

    assert reply.stack == "File x.py, line 3"
    assert b"x.py" not in reply.body


def test_retry_after_is_told_in_whole_seconds() -> None:
    reply = Outcomes(shows_errors=True).reply_to(failed("retry_after", retry_after_ms=1_500), TRACE)

    assert ("retry-after", "2") in reply.headers


@pytest.mark.parametrize(("status", "sent"), [(404, 404), (599, 599), (200, 500), (0, 500), (700, 500)])
def test_a_chosen_status_is_an_error_status(status: int, sent: int) -> None:
    assert Outcomes(shows_errors=False).reply_to(failed("http", status=status), TRACE).status == sent


def test_a_chosen_error_cannot_change_its_content_type() -> None:
    answer = failed("http", status=404, headers=(("Content-Type", "text/html"), ("x-a", "b")))

    reply = Outcomes(shows_errors=False).reply_to(answer, TRACE)

    assert reply.lines == b"content-type: application/json\r\nx-a: b\r\n"


def test_a_plain_value_is_json() -> None:
    reply = Outcomes(shows_errors=False).reply_to(Returned(b"[1]", 2, 3), TRACE)

    assert (reply.status, reply.body, reply.handler_us, reply.wait_us) == (200, b"[1]", 2, 3)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Died("python-1", "killed by signal 9", True), "worker-died"),
        (NoWorker("python-2 is starting"), "worker-unavailable"),
        (failed("error", name="ValueError"), "ValueError"),
        (failed("http", name="HttpError", status=503), "HttpError"),
    ],
)
def test_the_kind_of_an_error_names_no_worker_reason_or_value(answer: Answer, kind: str) -> None:
    name, _, message = Outcomes(shows_errors=True).reply_to(answer, TRACE).error.partition(": ")

    assert name == kind
    assert message
