"""`motia cron`: lists cron steps and runs one by hand."""

from __future__ import annotations

from typing import Any

import click

from motia.cli.command import Scope, command
from motia.cli.output import instant

COLUMNS = {
    "id": "ID",
    "schedule": "SCHEDULE",
    "words": "IN WORDS",
    "next_at": "NEXT",
    "last": "LAST",
}


@click.group("cron")
def cron() -> None:
    """List cron steps and run one by hand."""


@command("list", group=cron, example="motia cron list")
def list_cron(scope: Scope) -> None:
    """List cron steps with their next and last firing."""
    from motia.cli.client import connect

    with connect(scope.root) as control:
        found = control.request("GET", "/v1/cron")["cron"]
    rows = found if scope.out.is_json else [row | {"last": last_of(row)} for row in found]
    scope.out.rows(rows, COLUMNS, empty="No cron steps.")


def last_of(row: dict[str, Any]) -> str:
    """The last firing for people: its outcome and when, or why the schedule never fires."""
    last = row["last"]
    if row["error"]:
        return f"never: {row['error']}"
    return f"{last['outcome']} {instant(last['fired_at'])}" if last else ""


@command("run", group=cron, example="motia cron run nightly")
@click.argument("step", metavar="ID")
def run(scope: Scope, step: str) -> None:
    """Fire a cron step once, now, by hand.

    Without a running engine the run waits for the next start.
    """
    from motia.cli.client import connect, segment
    from motia.cli.targets import require_step

    with connect(scope.root) as control:
        require_step(control, step, kind="cron")
        answer = control.request("POST", f"/v1/cron/{segment(step)}/run", body={})
    scope.out.done(f"Fired {step}: run {answer['runId']}", answer)
