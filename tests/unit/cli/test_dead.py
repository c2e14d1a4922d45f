"""`motia dead`."""

from __future__ import annotations

import pytest

from motia.cli.dead import dead
from motia.cli.runs import runs


def test_dead_letters_are_listed(project):
    assert [run["id"] for run in project.json(dead, "list")] == [project.dead]
    assert project.json(dead, "list", "--step", "other") == []


@pytest.mark.parametrize("act", ["list", "replay", "purge"])
def test_a_step_that_is_nowhere_is_said(project, act):
    done = project.run(dead, act, "--step", "send-mail", "--json")

    assert (done.exit_code, done.stderr) == (0, "no step has the id 'send-mail'; closest: send-email\n")
    assert project.run(dead, act, "--step", "nightly", "--json").stderr == ""


def test_a_replay_of_all_keeps_the_dead_letters(project):
    answer = project.json(dead, "replay", "--all")

    assert answer == {"count": 1, "failed": []}
    assert len(project.json(dead, "list")) == 1
    assert len(project.json(runs, "list")) == 3


def test_a_purge_deletes_those_of_a_step(project):
    assert project.json(dead, "purge", "--step", "other")["count"] == 0
    assert (
        project.run(dead, "purge", "--step", "send-email", "--no-json").stdout == "Deleted 1 dead letter.\n"
    )
    assert project.json(dead, "list") == []


def test_one_that_cannot_be_done_is_named_and_fails(project):
    done = project.run(dead, "purge", project.open, project.dead, "--no-json")

    assert done.exit_code == 1
    assert "Deleted 1 dead letter." in done.stdout
    assert project.open in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--all", "--step", "x"], ["00000000000000a1", "--all"]])
def test_what_is_meant_must_be_clear(project, arguments):
    done = project.run(dead, "purge", *arguments, "--no-json")

    assert done.exit_code == 1
    assert "--all" in done.stderr
    assert len(project.json(dead, "list")) == 1
