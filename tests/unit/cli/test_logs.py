"""`motia logs`."""

from __future__ import annotations

from motia.cli.logs import live_lines, logs

AT = "2026-01-01T00:00:00.000Z"


def item(message: str, dropped: int = 0) -> dict:
    data = {"level": "info", "message": message, "step": "a", "run": "r1"}
    return {"id": 1, "kind": "log", "at": AT, "data": data, "dropped": dropped}


def test_no_lines_are_said_to_people_and_nothing_to_programs(project):
    assert project.run(logs, "--no-json").stderr == "No log lines.\n"
    assert project.run(logs, "--json").output == ""


def test_a_step_that_is_nowhere_is_said(project):
    done = project.run(logs, "--step", "send-mail", "--json")

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "no step has the id 'send-mail'; closest: send-email\n"
    assert project.run(logs, "--step", "send-email", "--json").stderr == ""


def test_following_without_an_engine_is_refused(project):
    done = project.run(logs, "-f", "--no-json")

    assert done.exit_code == 1
    assert "motia dev" in done.stderr


def test_a_line_that_was_shown_already_is_not_shown_again():
    past = [{"at": AT, "run": "r1", "step": "a", "message": "one"}]

    found = live_lines([item("one"), item("two")], past=past, text=None)

    assert [line["message"] for line in found] == ["two"]


def test_lines_that_were_dropped_are_said():
    found = list(live_lines([item("two", dropped=3)], past=[], text=None))

    assert [line["level"] for line in found] == ["warn", "info"]
    assert "3 lines" in found[0]["message"]


def test_a_text_filters_what_is_followed():
    found = live_lines([item("one"), item("Two")], past=[], text="tw")

    assert [line["message"] for line in found] == ["Two"]


def test_a_field_filters_what_is_followed_as_it_does_what_is_stored():
    with_field = item("three")
    with_field["data"]["fields"] = {"order": 17}

    found = live_lines([item("one"), with_field], past=[], text="order=17")

    assert [line["message"] for line in found] == ["three"]
