"""What dev shows."""

from __future__ import annotations

import click
import msgspec
import pytest

from motia.cli.screen import Screen, colour_of, counts, fault_text, fields_of, log_line
from motia.model import LoadFault, Source, StepId, StepKind, StepSpec


def step(name: str, kind: StepKind, language: str = "python") -> StepSpec:
    return StepSpec(id=StepId(name), kind=kind, language=language, source=Source(file="motia/steps/a.py"))


def test_the_banner_says_where_and_what(capsys):
    steps = [step("a", StepKind.API), step("b", StepKind.EVENT), step("c", StepKind.EVENT)]

    Screen().banner(version="1.2.3", name="demo", addresses={"API": "http://127.0.0.1:3001"}, steps=steps)

    text = capsys.readouterr().out
    assert "Motia 1.2.3  demo" in text
    assert "http://127.0.0.1:3001" in text
    assert "3: 1 api, 2 event (python)" in text
    assert "\x1b" not in text


def test_the_banner_of_a_project_whose_files_do_not_load_asks_for_no_file(capsys):
    faults = [
        LoadFault(code="syntax-error", file=f"motia/steps/{name}.py", line=1, message="no")
        for name in ("a", "a", "b")
    ]

    Screen().banner(version="1", name="demo", addresses={}, steps=[], faults=faults)
    Screen().banner(
        version="1", name="demo", addresses={}, steps=[step("a", StepKind.API)], faults=faults[:1]
    )

    text = capsys.readouterr().out
    assert "none: 2 files do not load" in text
    assert "1: 1 api (python); 1 file does not load" in text
    assert "add a file" not in text


def test_steps_of_several_languages_are_counted_apart():
    steps = [step("a", StepKind.API), step("b", StepKind.CRON, "node"), step("c", StepKind.CRON, "node")]

    assert counts(steps) == "3: 1 api, 2 cron (2 node, 1 python)"
    assert "motia/steps" in counts([])


def test_a_fault_has_place_reason_hint_and_the_second_place():
    fault = LoadFault(
        code="duplicate-id",
        file="motia/steps/a.py",
        line=7,
        message="id x is taken",
        hint="rename",
        also="b.py:3",
    )

    assert click.unstyle(fault_text(fault)).splitlines() == [
        "✗ motia/steps/a.py:7  id x is taken",
        "    and b.py:3",
        "    hint: rename",
    ]


def test_a_log_line_has_level_step_run_message_and_fields():
    line = {
        "level": "info",
        "message": "sent",
        "at": 1_767_225_600_000,
        "step": "send-email",
        "run": "00000000000000a1",
        "fields": {"to": "ada", "n": 1},
    }

    text = click.unstyle(log_line(line))

    assert text.endswith(".000 info  send-email 00000000000000a1 sent to=ada n=1")


def test_a_log_line_cannot_move_the_cursor():
    assert "\x1b[2J" not in log_line({"level": "info", "message": "\x1b[2Jgone", "at": 0, "step": "\x1b[2J"})


def test_a_run_always_has_the_same_colour():
    assert colour_of("00000000000000a1") == colour_of("00000000000000a1")
    assert len({colour_of(f"{number:016x}") for number in range(64)}) > 4


@pytest.mark.parametrize("fields", [{"a": 1}, b'{"a": 1}', '{"a": 1}', msgspec.Raw(b'{"a": 1}')])
def test_fields_may_come_decoded_or_as_text(fields):
    assert fields_of(fields) == {"a": 1}


def test_a_fault_is_told_once_and_when_it_is_gone(capsys):
    screen = Screen()
    first = LoadFault(code="syntax-error", file="a.py", line=1, message="bad a")
    second = LoadFault(code="syntax-error", file="b.py", line=1, message="bad b")

    screen.faults([first])
    screen.faults([first, second])
    screen.faults([second])

    assert [line.split("  ")[-1] for line in capsys.readouterr().out.splitlines()] == [
        "bad a",
        "bad b",
        "✓ a.py is mended",
    ]


def test_a_file_that_does_not_load_is_not_called_reloaded(capsys):
    screen = Screen()
    screen.faults([LoadFault(code="syntax-error", file="a.py", line=1, message="bad")])
    capsys.readouterr()

    screen.reloaded(["a.py"], took_ms=1.0, steps=[])

    text = capsys.readouterr().out
    assert "a.py does not load: its last good version goes on" in text
    assert "reloaded" not in text


def test_a_reload_names_the_file_or_counts_them(capsys):
    Screen().reloaded(["motia/steps/a.py"], took_ms=139.6, steps=[])
    Screen().reloaded(["a.py", "b.py"], took_ms=140.0, steps=[])

    first, second = capsys.readouterr().out.splitlines()
    assert "reloaded motia/steps/a.py in 140 ms" in first
    assert "reloaded 2 files in 140 ms" in second
