"""`motia workflows`."""

from __future__ import annotations

from motia.cli.runs import runs
from motia.cli.workflows import workflows


def test_configurations_are_listed_with_their_instances_by_state(project, flow):
    (row,) = project.json(workflows, "list")
    table = project.run(workflows, "list", "--no-json")

    assert (row["id"], row["start"]) == ("welcome", "nightly")
    assert row["counts"] == {"running": 0, "completed": 0, "failed": 1, "cancelled": 0, "timed_out": 0}
    assert "motia/workflows/welcome.yaml:1" in table.stdout
    assert "motia/workflows/bad.yaml:2: not read" in table.stderr


def test_a_project_without_workflows_says_where_to_put_one(project):
    assert "motia/workflows" in project.run(workflows, "list", "--no-json").stdout
    assert project.json(workflows, "list") == []


def test_instances_are_listed_by_workflow_state_and_trace(project, flow):
    (row,) = project.json(workflows, "instances")

    assert (row["id"], row["state"], row["members_completed"], row["members_total"]) == (flow, "failed", 1, 3)
    for wanted in (["welcome"], ["--state", "failed"], ["--trace", "f" * 32], ["--limit", "1"]):
        assert [one["id"] for one in project.json(workflows, "instances", *wanted)] == [flow]
    for other in (["welcome", "--state", "running"], ["--trace", "e" * 32]):
        assert project.json(workflows, "instances", *other) == []
    table = project.run(workflows, "instances", "--no-json").stdout
    assert "1/3" in table
    assert "send-email is dead" in table


def test_an_unknown_workflow_is_refused_with_the_closest(project, flow):
    done = project.run(workflows, "instances", "wellcome", "--no-json")
    far = project.run(workflows, "instances", "zzz", "--no-json")

    assert done.exit_code == far.exit_code == 1
    assert "there is no workflow 'wellcome'" in done.stderr
    assert "did you mean welcome?" in done.stderr
    assert "motia workflows list" in far.stderr


def test_an_instance_is_shown_with_what_each_member_waits_for_and_why(project, flow):
    detail = project.json(workflows, "show", flow)
    shown = project.run(workflows, "show", flow, "--no-json")

    whys = {member["step"]: member["why"] for member in detail["members"]}
    assert whys == {
        "nightly": "",
        "send-email": "ValueError: no such address",
        "count": "skipped: predecessor send-email is dead",
    }
    for text in ("1 of 3", "the start", "predecessor send-email is dead", "no such address"):
        assert text in shown.stdout
    assert f"motia workflows replay {flow} send-email" in shown.stderr


def test_a_member_is_replayed_and_what_was_skipped_waits_for_it(project, flow):
    answer = project.json(workflows, "replay", flow, "send-email", "--data", '{"to": "zoe"}')

    run = project.json(runs, "show", answer["run"])
    assert (run["step"], run["payload"], run["trigger"]) == ("send-email", {"to": "zoe"}, "replay")
    detail = project.json(workflows, "show", flow)
    assert detail["state"] == "running"
    shown = project.run(workflows, "show", flow, "--no-json").stdout.splitlines()
    (count,) = [line for line in shown if line.lstrip().startswith("count")]
    assert "not triggered" in count
    assert "waits for send-email" in count


def test_what_cannot_be_replayed_is_refused_with_what_to_do(project, flow):
    done = project.run(workflows, "replay", flow, "count", "--no-json")
    unfit = project.run(workflows, "replay", flow, "send-email", "--data", "{}", "--no-json")

    assert done.exit_code == unfit.exit_code == 1
    assert "count comes after send-email (dead)" in done.stderr
    assert "to" in unfit.stderr
    assert project.json(workflows, "show", flow)["state"] == "failed"


def test_a_running_instance_is_cancelled_and_one_that_is_over_is_not(project, flow):
    assert project.run(workflows, "cancel", flow, "--no-json").exit_code == 1
    project.json(workflows, "replay", flow, "send-email")

    done = project.run(workflows, "cancel", flow, "--no-json")

    assert done.stdout == f"Cancelled instance {flow} of welcome\n"
    assert project.json(workflows, "show", flow)["state"] == "cancelled"


def test_an_unknown_instance_is_refused(project):
    done = project.run(workflows, "show", "0" * 16, "--no-json")

    assert done.exit_code == 1
    assert "no workflow instance" in done.stderr
