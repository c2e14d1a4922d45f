"""Telling of errors."""

from __future__ import annotations

import pytest

from motia.cli.errors import CommandError, ControlError, describe, report
from motia.model import PayloadInvalid, Problem


def test_a_refusal_of_the_engine_keeps_its_own_code_and_hint():
    told = describe(ControlError("no run 7", code="run-not-found", status=404, hint="look again"))

    assert told == {"code": "run-not-found", "message": "no run 7", "hint": "look again"}


def test_every_offending_place_is_a_line(capsys):
    problems = (Problem(path="/name", message="is missing"), Problem(path="/age", message="is no number"))

    report(PayloadInvalid("the payload does not fit", problems), as_json=False)

    assert capsys.readouterr().err.splitlines() == [
        "error: the payload does not fit",
        "  payload /name: is missing",
        "  payload /age: is no number",
    ]


def test_a_fault_is_told_with_its_line(capsys):
    report(CommandError("1 fault", details=[{"file": "a.py", "line": 7, "message": "bad"}]), as_json=False)

    assert "  a.py:7: bad" in capsys.readouterr().err


def test_a_missing_file_is_named():
    told = describe(FileNotFoundError(2, "No such file or directory", "data.json"))

    assert told["message"] == "data.json: No such file or directory"


def test_what_the_message_says_already_is_not_said_again(capsys):
    error = CommandError("2 mistakes:\n  a.py: x\n  b.py: y", details=[{"where": "a.py", "message": "x"}])

    report(error, as_json=False)

    assert capsys.readouterr().err.count("a.py: x") == 1


def test_an_argument_that_is_not_utf_8_is_no_fault_of_ours():
    with pytest.raises(UnicodeEncodeError) as met:
        "a\udcff".encode()

    assert describe(met.value)["message"] == "a\\udcff is not UTF-8"
