"""What the engine sends to members and to whom a failure is told."""

from __future__ import annotations

import json

import msgspec
import pytest

from motia.model import RunError, StepId, WorkflowMember
from motia.workflow.payloads import failure_payload, member_payload

A, B = StepId("a"), StepId("b")
LATE = WorkflowMember(step=StepId("late"), after=(A, B), constants=msgspec.Raw(b'{"n":9,"kind":"x"}'))


def test_start_then_results_then_constants() -> None:
    payload = member_payload(LATE, start=b'{"n":1,"a":"mine","m":2}', results={A: b"[1]", B: None})

    assert json.loads(payload) == {"n": 9, "a": [1], "m": 2, "b": None, "kind": "x"}


@pytest.mark.parametrize(
    ("result", "payload"), [(b"7", b'{"n":1,"start":7}'), (b"null", b'{"n":1}'), (None, b'{"n":1}')]
)
def test_a_member_that_names_nothing_gets_what_the_start_step_returned(
    result: bytes | None, payload: bytes
) -> None:
    found = member_payload(WorkflowMember(step=A), start=b'{"n":1}', results={StepId("start"): result})

    assert found == payload


@pytest.mark.parametrize("start", [None, b"null", b"[1]", b'"text"'])
def test_a_start_payload_that_is_no_object_adds_nothing(start: bytes | None) -> None:
    assert member_payload(WorkflowMember(step=A), start=start, results={}) == b"{}"


def test_numbers_stay_as_they_were_written() -> None:
    payload = member_payload(
        LATE, start=b'{"big":12345678901234567890123}', results={A: b"1e400", B: b"0.10"}
    )

    assert b"12345678901234567890123" in payload
    assert b'"a":1e400' in payload
    assert b'"b":0.10' in payload


def told(bytes_max: int = 1_000, error: RunError | None = None) -> dict[str, object]:
    payload = failure_payload(
        workflow="w",
        instance="i",
        step=A,
        error=error,
        start=b'{"n":1}',
        results={B: b"[2]"},
        bytes_max=bytes_max,
    )
    return json.loads(payload)


def test_a_failure_is_told_with_all_that_is_known() -> None:
    assert told(error=RunError(name="E", message="m", stack="s")) == {
        "workflow": "w",
        "instance": "i",
        "step": "a",
        "error": {"name": "E", "message": "m", "stack": "s"},
        "payload": {"n": 1},
        "results": {"b": [2]},
    }
    assert told()["error"] is None


def test_a_failure_that_is_too_large_is_told_without_results() -> None:
    assert told(bytes_max=10)["results"] == {}
