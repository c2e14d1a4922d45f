from __future__ import annotations

from typing import Any

import click
import pytest
from tools.journey import Line, drawn, folded, journey, language_of, languages_of

STEPS = {
    name: {"id": name, "language": language, "source": {"file": f"motia/steps/{file}"}}
    for name, language, file in (
        ("place", "node", "place.ts"),
        ("reserve", "python", "stock.py"),
        ("count", "node", "sales.js"),
        ("tell", "ruby", "letters.rb"),
    )
}


def run(number: int, step: str, parent: int | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "step": step,
        "state": "completed",
        "attempt": 1,
        "parent_run": None if parent is None else f"r{parent}",
        "created_at": f"2030-01-01T00:00:0{number}.000Z",
        "started_at": f"2030-01-01T00:00:0{number}.001Z",
        "finished_at": f"2030-01-01T00:00:0{number}.013Z",
        **fields,
    }


@pytest.mark.parametrize(
    ("file", "language"),
    [("a.ts", "TypeScript"), ("b/a.mjs", "JavaScript"), ("a.test.cjs", "JavaScript"), ("a.rb", "Ruby")],
)
def test_a_language_is_named_by_the_ending_of_the_file(file: str, language: str):
    assert language_of({"language": "node", "source": {"file": file}}) == language


def test_a_run_stands_below_the_one_that_triggered_it():
    runs = [run(4, "tell", 1), run(3, "count", 1), run(2, "unknown"), run(1, "reserve")]

    lines = journey(runs, STEPS, start="place", answer="answered 202")

    assert [(line.branch + line.step, line.language) for line in lines] == [
        ("place", "TypeScript"),
        ("├─ reserve", "Python"),
        ("│  ├─ count", "JavaScript"),
        ("│  └─ tell", "Ruby"),
        ("└─ unknown", "(no step here)"),
    ]


def test_what_took_time_or_several_attempts_says_so():
    parked = run(2, "unknown", state="parked", attempt=0, started_at=None, finished_at=None)

    lines = journey([run(1, "tell", attempt=2), parked], STEPS, start="place", answer="answered 202")

    assert [(line.state, line.note) for line in lines[1:]] == [
        ("completed", "12 ms, attempt 2"),
        ("parked", ""),
    ]


def test_a_run_whose_parent_is_not_in_the_trace_is_still_shown():
    lines = journey([run(1, "tell", 9)], STEPS, start="place", answer="answered 202")

    assert [line.step for line in lines] == ["place", "tell"]


def test_only_languages_that_ran_are_counted():
    runs = [run(1, "reserve"), run(2, "count", 1), run(3, "tell", 1, attempt=0), run(4, "unknown")]

    assert languages_of(runs, STEPS, start="place") == ["TypeScript", "Python", "JavaScript"]


def test_columns_line_up_and_notes_go_where_there_is_no_room():
    lines = [Line("", "place", "TypeScript", "answered 202", ""), Line("└─ ", "tell", "Ruby", "dead", "1 ms")]

    wide = click.unstyle(drawn(lines, width=80)).splitlines()
    narrow = click.unstyle(drawn(lines, width=40)).splitlines()

    assert wide == ["  place    TypeScript  answered 202", "  └─ tell  Ruby        dead          1 ms"]
    assert narrow == ["  place    TypeScript  answered 202", "  └─ tell  Ruby        dead"]


def test_a_long_command_is_folded_so_that_it_can_be_copied():
    parts = ("curl -i http://localhost/users", "-H 'a: b'", "-d '{}'")

    assert folded(parts, width=80) == "  curl -i http://localhost/users -H 'a: b' -d '{}'"
    assert folded(parts, width=46) == "  curl -i http://localhost/users -H 'a: b' \\\n    -d '{}'"
    assert all(len(line) <= 34 for line in folded(parts, width=34).splitlines())
