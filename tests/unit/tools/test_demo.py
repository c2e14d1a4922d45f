from __future__ import annotations

from pathlib import Path

import click
from tools.demo import ROOT, SHOP, invitation, story

from motia.project import Runtime

STEPS = {"place-order": {"id": "place-order", "language": "node", "source": {"file": "a.ts"}}}
NO_RUBY = Runtime(language="ruby", problem="there is no ruby on the PATH", hint="brew install ruby")


def test_the_story_names_the_trace_and_counts_the_languages():
    told = click.unstyle(story([], STEPS, status=202, trace="abc", missing=(), width=80))

    assert "One order, one language, one trace (abc)" in told
    assert "place-order  TypeScript  answered 202" in told


def test_a_missing_language_is_told_with_the_command_that_gets_it():
    told = click.unstyle(story([], STEPS, status=202, trace="abc", missing=(NO_RUBY,), width=80))

    assert "! Ruby steps do not run: there is no ruby on the PATH.\n  To get it: brew install ruby" in told


def test_without_the_step_that_takes_orders_there_is_no_journey():
    told = story([], {}, status=404, trace="", missing=(), width=80)

    assert "One order" not in told
    assert "in TypeScript, which does not run here" in told


def test_what_there_is_to_try_fits_the_terminal(monkeypatch):
    monkeypatch.chdir(ROOT)

    told = click.unstyle(invitation("http://127.0.0.1:3001", project=SHOP, width=80))

    commands = [line for line in told.splitlines() if "motia " not in line]
    assert max(map(len, commands)) <= 100
    assert "runs list --project examples/shop" in told
    assert "http://127.0.0.1:3001/docs" in told
    assert str(Path.cwd() / "examples") not in told


def test_without_node_only_what_python_answers_is_offered():
    told = invitation("http://127.0.0.1:3001", project=SHOP, width=80, has_node=False)

    assert "/imports" in told
    assert "/users" not in told
    assert "cron run" not in told


def test_the_workbench_is_the_first_thing_to_try():
    told = click.unstyle(
        invitation(
            "http://127.0.0.1:3001", workbench="http://localhost:3000/?code=abc", project=SHOP, width=80
        )
    )

    assert told.index("http://localhost:3000/?code=abc") < told.index("http://127.0.0.1:3001")
    assert "motia workbench" in told
