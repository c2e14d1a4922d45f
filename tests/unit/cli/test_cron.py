"""`motia cron`."""

from __future__ import annotations

from motia.cli.cron import cron
from motia.cli.runs import runs


def test_schedules_are_listed_with_their_next_firing(project):
    (row,) = project.json(cron, "list")

    assert (row["id"], row["schedule"], row["timezone"]) == ("nightly", "0 3 * * *", "Europe/Berlin")
    assert row["next_at"]
    assert row["last"] is None


def test_a_step_is_fired_once_by_hand(project):
    answer = project.json(cron, "run", "nightly")

    run = project.json(runs, "show", answer["runId"])
    assert (run["step"], run["trigger"]) == ("nightly", "manual")
    assert "manual" in project.run(cron, "list", "--no-json").stdout


def test_a_step_that_is_no_cron_step_is_refused_with_the_closest(project):
    unknown = project.run(cron, "run", "nigthly", "--no-json")
    other = project.run(cron, "run", "send-email", "--no-json")

    assert unknown.exit_code == other.exit_code == 1
    assert "did you mean nightly?" in unknown.stderr
    assert "no cron step 'send-email'" in other.stderr


def test_people_read_the_zone_once(project):
    table = project.run(cron, "list", "--no-json").stdout

    assert "ZONE" not in table
    assert table.count("Europe/") == 1
