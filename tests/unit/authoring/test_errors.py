from __future__ import annotations

import pytest

from motia.authoring import CallFailed, InputInvalid, StepFault, remote_error
from motia.model import CallerError, LoadFault, PayloadInvalid, Problem, QueueFull, WorldError


def problem(number: int) -> Problem:
    return Problem(path=f"/{number}", message="is required", where="payload", keyword="required")


def test_a_wrong_declaration_lists_everything_that_is_wrong_with_it():
    faults = tuple(
        LoadFault(code="x", file="a.py", line=line, message=f"wrong {line}", hint=f"mend {line}")
        for line in (1, 2)
    )

    error = StepFault(faults)

    assert str(error).startswith("a.py:1: wrong 1; a.py:2: wrong 2")
    assert (error.hint, error.faults) == ("mend 1", faults)


def test_an_input_names_the_first_places_and_counts_the_others():
    error = InputInvalid(tuple(problem(number) for number in range(7)))

    assert "payload/0: is required; payload/1: is required" in error.message
    assert error.message.endswith("(and 2 more)")
    assert len(error.problems) == 7


@pytest.mark.parametrize(
    ("code", "kind", "of"),
    [
        ("queue-full", "world", QueueFull),
        ("payload-invalid", "caller", PayloadInvalid),
        ("of-a-later-version", "world", WorldError),
        ("of-a-later-version", "caller", CallerError),
        ("anything", "run", CallFailed),
    ],
)
def test_what_the_engine_answered_is_raised_as_what_it_is(code: str, kind: str, of: type):
    error = remote_error(code, "no", kind=kind, hint="do", error={"name": "E"})

    assert type(error) is of
    assert (error.message, error.hint) == ("no", "do")
    if kind != "run":
        assert error.code == code


def test_a_called_run_that_failed_carries_its_error():
    error = remote_error("run-failed", "no", kind="run", error={"name": "ValueError"})

    assert isinstance(error, CallFailed)
    assert error.error == {"name": "ValueError"}
