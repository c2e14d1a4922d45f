"""Tables for people, JSON for programs."""

from __future__ import annotations

import json

import pytest

from motia.cli.output import GAP, WIDE_MIN, Output, cell, clean, fit, instant

ROWS = [{"id": "a1", "state": "dead", "extra": {"x": [1]}}]
COLUMNS = {"id": "ID", "state": "STATE"}


def test_data_is_json_when_the_output_is_no_terminal(capsys):
    Output(as_json=None).rows(ROWS, COLUMNS, empty="none")

    assert json.loads(capsys.readouterr().out) == ROWS


def test_no_rows_are_an_empty_array_for_programs_and_a_sentence_for_people(capsys):
    Output(as_json=True).rows([], COLUMNS, empty="No runs.")
    Output(as_json=False).rows([], COLUMNS, empty="No runs.")

    assert capsys.readouterr().out == "[]\nNo runs.\n"


def test_a_table_shows_its_columns_alone(capsys):
    Output(as_json=False).rows(ROWS, COLUMNS, empty="none")

    text = capsys.readouterr().out
    assert "STATE" in text
    assert "dead" in text
    assert "extra" not in text


def test_text_is_text_when_what_is_done_is_no_data(capsys):
    Output(as_json=None, is_data=False).done("Made it", {"made": True})

    assert capsys.readouterr().out == "Made it\n"


def test_markup_and_terminal_control_in_data_are_only_text(capsys):
    Output(as_json=False).rows([{"id": "[red]x[/red]\x1b[2J", "state": "\x9b1m"}], COLUMNS, empty="")

    text = capsys.readouterr().out
    assert "[red]x[/red]" in text
    assert "\x1b" not in text
    assert "\x9b" not in text


def test_a_record_leaves_out_what_is_empty(capsys):
    Output(as_json=False).fields({"id": "a", "reason": None, "tries": 0, "tags": []})

    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [["id", "a"], ["tries", "0"]]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("tags", ["a", "b"], "a, b"),
        ("payload", {"a": 1}, '{"a": 1}'),
        ("is_live", True, "yes"),
        ("count", 3, "3"),
        ("gone", None, ""),
    ],
)
def test_a_field_is_shown_as_people_read_it(name, value, shown):
    assert cell(name, value) == shown


def test_an_instant_is_shown_the_same_from_text_and_from_milliseconds():
    assert instant("2026-01-01T00:00:00.123Z") == instant(1_767_225_600_123)
    assert cell("created_at", "2026-01-01T00:00:00.123Z") == instant(1_767_225_600_123)


def test_line_feeds_and_tabs_stay():
    assert clean("a\tb\nc\r\x07") == "a\tb\nc\ufffd\ufffd"


def test_ids_and_states_are_never_cut_for_want_of_width() -> None:
    widths, total = fit([16, 9, 60], [False, False, True], 50)

    assert widths == [16, 9, 50 - 16 - 9 - 4 * GAP]
    assert total == 50


def test_a_table_that_is_too_wide_keeps_its_ids_and_a_readable_rest() -> None:
    widths, total = fit([40, 40, 60], [False, False, True], 50)

    assert widths == [40, 40, WIDE_MIN]
    assert total > 50
