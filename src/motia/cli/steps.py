"""`motia steps`: lists the project's steps."""

from __future__ import annotations

from typing import Any

import click

from motia.cli.command import Scope, command
from motia.cli.screen import KINDS

COLUMNS = {
    "id": "ID",
    "kind": "KIND",
    "trigger": "TRIGGER",
    "language": "LANGUAGE",
    "source": "SOURCE",
    "flows": "FLOWS",
}


TOPIC_COLUMNS = {
    "name": "TOPIC",
    "source": "DEFINED IN",
    "subscribers": "SUBSCRIBERS",
    "description": "DESCRIPTION",
}


@command("steps", example="motia steps\nmotia steps --kind cron --json\nmotia steps --topics")
@click.option("--kind", type=click.Choice(KINDS), help="Only steps of this kind.")
@click.option(
    "--topics", "is_topics", is_flag=True, help="The topics and where they are defined, not the steps."
)
def steps(scope: Scope, kind: str | None, is_topics: bool) -> None:
    """List the project's steps.

    Without a running engine: as the last one loaded them.
    """
    from motia.cli.client import connect

    if is_topics:
        _list_topics(scope)
        return
    with connect(scope.root) as control:
        found = control.request("GET", "/v1/steps")["steps"]
    wanted = [step for step in found if kind in (None, step["kind"])]
    if scope.out.is_json:
        scope.out.value(wanted)
        return
    rows = [step | {"trigger": trigger_of(step), "source": source_of(step)} for step in wanted]
    scope.out.rows(rows, COLUMNS, empty="No steps. Add a file to motia/steps, then `motia dev`.")


def _list_topics(scope: Scope) -> None:
    from motia.cli.client import connect

    with connect(scope.root) as control:
        found = control.request("GET", "/v1/topics")["topics"]
    if scope.out.is_json:
        scope.out.value(found)
        return
    rows = [
        topic | {"source": source_of(topic), "subscribers": ", ".join(topic["subscribers"])}
        for topic in found
    ]
    scope.out.rows(
        rows, TOPIC_COLUMNS, empty="No topics. Define one in motia/events, or name one in a step's `topics`."
    )


def trigger_of(step: dict[str, Any]) -> str:
    """What makes a step run, in a few words."""
    if step["kind"] == "api":
        return f"{step.get('method', '')} {step.get('path', '')}".strip()
    if step["kind"] == "cron":
        zone = step.get("timezone", "UTC")
        return step.get("schedule", "") + (f" ({zone})" if zone != "UTC" else "")
    return ", ".join(step.get("topics") or ())


def source_of(step: dict[str, Any]) -> str:
    """`file:line` of a step."""
    source = step.get("source") or {}
    return f"{source.get('file', '')}:{source.get('line', '')}".strip(":")
