"""The first hour of somebody new: create, dev, curl, look, edit, break, mend, stop."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

ADA = {"name": "Ada", "email": "ada@example.com"}
BOTH = {("send-welcome-email", "completed"), ("analyze-user", "completed")}


@pytest.fixture
def demo(tmp_path: Path, run_motia) -> Path:
    run_motia("create", "demo", "--template", "tutorial", "--language", "python", cwd=tmp_path)
    return tmp_path / "demo"


@pytest.fixture
def dev(demo: Path, serve):
    served = serve(demo, "dev")
    served.wait_line("Steps")
    return served


def listed(run_motia, demo: Path, *arguments: str) -> list:
    return json.loads(run_motia("runs", "list", "--json", *arguments, cwd=demo).stdout)


def test_a_new_user_is_answered_as_documented_and_both_background_steps_run(dev, demo, run_motia, until):
    status, user = dev.request("POST", "/users", ADA)

    assert status == 201
    assert user == {"id": user["id"], **ADA}
    assert dev.request("GET", f"/users/{user['id']}") == (200, user)
    runs = until(
        lambda: listed(run_motia, demo), lambda found: {(run["step"], run["state"]) for run in found} == BOTH
    )
    assert {"id", "step", "state", "trigger", "attempt", "trace", "created_at", "finished_at"} <= set(runs[0])
    lines = until(
        lambda: run_motia("logs", "--json", cwd=demo).stdout.splitlines(),
        lambda found: {json.loads(line)["step"] for line in found} >= {step for step, _ in BOTH},
    )
    assert any("welcome e-mail sent" in line for line in lines)


def test_the_terminal_shows_log_lines_as_they_come(dev):
    dev.request("POST", "/users", ADA)

    assert "send-welcome-email" in dev.wait_line("welcome e-mail sent")


def test_an_edit_is_live_without_a_restart_and_a_broken_file_keeps_its_last_version(
    dev, demo, run_motia, until
):
    step = demo / "motia" / "steps" / "get_user.py"
    good = step.read_text()
    _, user = dev.request("POST", "/users", ADA)
    path = f"/users/{user['id']}"

    step.write_text(good.replace("return user", 'return {**user, "edited": True}'))
    until(lambda: dev.request("GET", path), lambda answer: answer == (200, {**user, "edited": True}))
    dev.wait_line("reloaded motia/steps/get_user.py in ")

    step.write_text(good + "\ndef broken(:\n")
    dev.wait_line("motia/steps/get_user.py:")
    assert dev.request("GET", path) == (200, {**user, "edited": True})

    step.write_text(good)
    dev.wait_line("is mended")
    until(lambda: dev.request("GET", path), lambda answer: answer == (200, user))


def test_a_hand_can_trigger_wait_fire_and_read_the_state(dev, demo, run_motia):
    payload = '{"userId": "1", "email": "ada@example.com"}'
    triggered = json.loads(run_motia("trigger", "analyze-user", "--data", payload, "--wait", cwd=demo).stdout)
    fired = json.loads(run_motia("cron", "run", "count-users", cwd=demo).stdout)
    state = json.loads(run_motia("state", "get", "users-by-domain", "example.com", cwd=demo).stdout)

    assert triggered["result"] == {"domain": "example.com", "users": 1}
    assert fired["runId"]
    assert state == 1


def test_a_refused_body_names_every_place(dev):
    status, answer = dev.request("POST", "/users", {"name": ""})

    assert status == 422
    assert {problem["path"] for problem in answer["error"]["details"]} == {"/name", "/email"}


def test_a_run_that_fails_for_good_is_a_dead_letter_and_reaches_the_error_step(dev, demo, run_motia, until):
    dev.request("POST", "/users", {"name": "Bob", "email": "bob@example.invalid"})

    # The error step triggers it again: on a slow machine there is a second dead letter by now.
    letters = until(lambda: json.loads(run_motia("dead", "list", cwd=demo).stdout), bool)
    incidents = until(lambda: json.loads(run_motia("state", "list", "incidents", cwd=demo).stdout), bool)

    assert {(letter["step"], letter["attempt"]) for letter in letters} == {("send-welcome-email", 3)}
    assert incidents[0]["value"]["step"] == "send-welcome-email"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_0_and_the_commands_go_on_without_it(dev, demo, run_motia, number):
    dev.request("POST", "/users", ADA)

    dev.process.send_signal(number)

    assert dev.process.wait(timeout=60) == 0
    assert not (demo / ".motia" / "engine.json").exists()
    assert {run["step"] for run in listed(run_motia, demo)} == {"send-welcome-email", "analyze-user"}
    assert len(json.loads(run_motia("steps", cwd=demo).stdout)) == 6


def test_what_is_triggered_without_an_engine_runs_at_the_next_start(demo, serve, run_motia, until):
    payload = '{"userId": "1", "email": "ada@example.com"}'
    run = json.loads(run_motia("trigger", "analyze-user", "--data", payload, cwd=demo).stdout)["runId"]

    serve(demo, "dev").wait_line("Steps")

    until(
        lambda: json.loads(run_motia("runs", "show", run, cwd=demo).stdout)["state"],
        lambda state: state == "completed",
    )
