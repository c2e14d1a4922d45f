"""`motia runs`."""

from __future__ import annotations

import json

from motia.cli.runs import runs

CONTRACT = {"id", "step", "state", "trigger", "attempt", "trace", "created_at", "finished_at"}


def test_the_list_is_an_array_with_the_fields_of_the_contract(project):
    found = project.json(runs, "list", "--json")

    assert [run["id"] for run in found] == [project.open, project.dead]
    assert all(set(run) >= CONTRACT for run in found)


def test_filters_leave_out_what_does_not_fit(project):
    assert [run["id"] for run in project.json(runs, "list", "--state", "dead")] == [project.dead]
    assert len(project.json(runs, "list", "--state", "dead", "--state", "ready")) == 2
    assert len(project.json(runs, "list", "--limit", "1")) == 1
    assert project.json(runs, "list", "--step", "other") == []
    assert project.json(runs, "list", "--trace", "f" * 32) == []
    assert [run["id"] for run in project.json(runs, "list", "--text", "bob")] == [project.open]


def test_a_step_that_is_nowhere_is_said_beside_the_empty_answer(project):
    done = project.run(runs, "list", "--step", "send-emial", "--json")

    assert (done.exit_code, json.loads(done.stdout)) == (0, [])
    assert done.stderr == "no step has the id 'send-emial'; closest: send-email\n"
    assert "`motia steps` lists" in project.run(runs, "list", "--step", "zzz").stderr


def test_a_step_without_runs_like_that_is_not_called_unknown(project):
    assert project.run(runs, "list", "--step", "nightly", "--json").stderr == ""
    assert project.run(runs, "list", "--step", "send-email", "--state", "cancelled", "--json").stderr == ""


def test_a_removed_step_with_stored_runs_is_not_called_unknown(project):
    project.forget_steps()

    done = project.run(runs, "list", "--step", "send-email", "--state", "cancelled", "--json")

    assert (json.loads(done.stdout), done.stderr) == ([], "")


def test_a_table_shows_the_error_of_a_dead_run(project):
    text = project.run(runs, "list", "--no-json").stdout

    assert "ValueError: no such address" in text
    assert "\n ID " in text


def test_a_run_is_shown_with_its_stack_and_secrets_hidden(project):
    text = project.run(runs, "show", project.dead, "--no-json").stdout
    raw = project.json(runs, "show", project.dead, "--raw")

    assert "retries_used" in text
    assert "hunter2" not in text
    assert raw["payload"] == {"to": "ada", "password": "hunter2"}


def test_a_run_that_waits_says_why(project):
    assert project.json(runs, "show", project.open)["why"]["text"]


def test_an_unknown_run_is_said(project):
    done = project.run(runs, "show", "00000000000fffff", "--json")

    assert done.exit_code == 1
    assert json.loads(done.stderr)["error"]["code"] == "run-not-found"


def test_a_replay_is_a_new_run_with_another_payload_if_wished(project):
    answer = project.json(runs, "replay", project.dead, "--data", '{"to": "eve"}')

    run = project.json(runs, "show", answer["runId"])
    assert run["replay_of"] == project.dead
    assert run["payload"] == {"to": "eve"}


def test_a_run_that_is_not_finished_is_cancelled_once(project):
    first = project.run(runs, "cancel", project.open, "--no-json")
    second = project.run(runs, "cancel", project.open, "--no-json")

    assert first.stdout == f"Cancelled run {project.open}\n"
    assert second.exit_code == 1
    assert project.json(runs, "show", project.open)["state"] == "cancelled"
