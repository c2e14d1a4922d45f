"""`motia trigger`."""

from __future__ import annotations

import json

from motia.cli.runs import runs
from motia.cli.trigger import trigger


def test_an_event_is_kept_for_the_next_start(project):
    answer = project.json(trigger, "send-email", "--data", '{"to": "eve"}')

    run = project.json(runs, "show", answer["runId"])
    assert (run["step"], run["state"], run["trigger"]) == ("send-email", "ready", "manual")
    assert run["payload"] == {"to": "eve"}


def test_people_are_told_that_it_waits(project):
    text = project.run(trigger, "send-email", "--data", '{"to": "eve"}', "--no-json").stdout

    assert text.startswith("Triggered send-email: run ")
    assert "kept for the next start" in text


def test_a_payload_that_does_not_fit_is_refused_with_its_places(project):
    done = project.run(trigger, "send-email", "--data", '{"to": 7}', "--json")

    error = json.loads(done.stderr)["error"]
    assert done.exit_code == 1
    assert error["code"] == "payload-invalid"
    assert error["details"][0]["path"] == "/to"


def test_an_id_that_nothing_handles_is_parked_with_the_closest_ids(project):
    done = project.run(trigger, "send-emial", "--no-json")

    assert done.exit_code == 0
    assert "did you mean send-email?" in done.stderr


def test_an_api_step_is_not_said_to_be_missing(project):
    done = project.run(trigger, "create-user", "--no-json")

    assert "'create-user' is an api step, which only a request can run: POST /users/:id" in done.stderr


def test_a_topic_is_close_enough_to_be_named(project):
    assert "did you mean user.created" in project.run(trigger, "user.creatd", "--no-json").stderr


def test_a_delay_makes_it_scheduled(project):
    answer = project.json(trigger, "send-email", "--data", '{"to": "eve"}', "--delay", "1h")

    assert answer["state"] == "scheduled"


def test_an_idempotency_key_gives_the_first_run_again(project):
    arguments = ("send-email", "--data", '{"to": "eve"}', "--idempotency-key", "k")

    first = project.json(trigger, *arguments)
    second = project.json(trigger, *arguments)

    assert second["runId"] == first["runId"]
    assert second["deduplicated"]


def test_waiting_without_an_engine_is_refused_and_nothing_is_sent(project):
    before = len(project.json(runs, "list"))

    done = project.run(trigger, "send-email", "--data", '{"to": "eve"}', "--wait", "--no-json")

    assert done.exit_code == 1
    assert "motia dev" in done.stderr
    assert len(project.json(runs, "list")) == before
