"""`motia steps`."""

from __future__ import annotations

from motia.cli.steps import steps


def test_steps_are_listed_without_an_engine(project):
    found = {step["id"]: step["kind"] for step in project.json(steps)}

    assert found == {"create-user": "api", "send-email": "event", "nightly": "cron"}


def test_a_kind_alone_can_be_listed(project):
    assert [step["id"] for step in project.json(steps, "--kind", "cron")] == ["nightly"]


def test_a_table_shows_what_makes_a_step_run_and_where_it_is(project):
    text = project.run(steps, "--no-json").stdout

    assert "POST /users/:id" in text
    assert "0 3 * * * (Europe/Berlin)" in text
    assert "user.created" in text
    assert "motia/steps/users.py:7" in text


def test_topics_are_listed_with_who_subscribes(project):
    (topic,) = project.json(steps, "--topics")
    text = project.run(steps, "--topics", "--no-json").stdout

    assert (topic["name"], topic["is_defined"], topic["subscribers"]) == (
        "user.created",
        False,
        ["send-email"],
    )
    assert "user.created" in text
    assert "send-email" in text
