"""`motia runs`: lists, shows, replays and cancels runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from motia.cli.command import Scope, command
from motia.cli.output import clean, moment
from motia.cli.stacks import folded
from motia.model import RunState

if TYPE_CHECKING:
    from motia.cli.client import Control

STATES = tuple(state.value for state in RunState)
LIMIT_MAX = 1_000
COLUMNS = {
    "id": "ID",
    "step": "STEP",
    "state": "STATE",
    "attempt": "TRY",
    "created_at": "CREATED",
    "took": "TOOK",
    "note": "",
}


@click.group("runs")
def runs() -> None:
    """List, show, replay and cancel runs."""


@command(
    "list",
    group=runs,
    example="motia runs list --state dead --limit 20\nmotia runs list --step send-email --json",
)
@click.option("--step", metavar="ID", help="Only runs of this step.")
@click.option(
    "--state", "states", type=click.Choice(STATES), multiple=True, help="Only in this state; may be repeated."
)
@click.option("--trace", metavar="ID", help="Only of this trace.")
@click.option("--text", help="Only with this text in payload or error.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=50, help="At most so many; default 50.")
def list_runs(
    scope: Scope, step: str | None, states: tuple[str, ...], trace: str | None, text: str | None, limit: int
) -> None:
    """List runs, newest first."""
    from motia.cli.client import connect
    from motia.cli.targets import say_unknown_step

    query = {"step": step, "state": list(states), "trace": trace, "text": text, "limit": limit}
    with connect(scope.root) as control:
        found = fetch_runs(control, query)
        if not found:
            say_unknown_step(control, step)
    show_runs(
        scope, found, empty="No runs." if not (step or states or trace or text) else "No runs like that."
    )


@command("show", group=runs, example="motia runs show 00000000000000a1")
@click.argument("run", metavar="ID")
@click.option("--raw", is_flag=True, help="Hide nothing: secrets in payload and result too.")
def show(scope: Scope, run: str, raw: bool) -> None:
    """Show a run: payload, result or error, attempts, and why it is not running."""
    from motia.cli.client import connect, segment

    with connect(scope.root) as control:
        detail = control.request("GET", f"/v1/runs/{segment(run)}", query={"raw": raw})
    if scope.out.is_json:
        scope.out.value(detail)
        return
    tell_run(scope, detail)


@command(
    "replay",
    group=runs,
    example="""motia runs replay 00000000000000a1\nmotia runs replay 00000000000000a1 --data '{"imageId": "8"}'""",
)
@click.argument("run", metavar="ID")
@click.option("--data", metavar="JSON", help="Another payload; @FILE reads a file, - standard input.")
def replay(scope: Scope, run: str, data: str | None) -> None:
    """Run it again, as a new run with the same payload or another."""
    from motia.cli.client import connect, segment
    from motia.cli.values import read_json

    body = {} if data is None else {"payload": read_json(data, option="--data")}
    with connect(scope.root) as control:
        answer = control.request("POST", f"/v1/runs/{segment(run)}/replay", body=body)
    scope.out.done(f"Replayed {run} as run {answer['runId']}", answer)


@command("cancel", group=runs, example="motia runs cancel 00000000000000a1")
@click.argument("run", metavar="ID")
def cancel(scope: Scope, run: str) -> None:
    """Cancel a run that is not finished; one that runs is asked to stop."""
    from motia.cli.client import connect, segment

    with connect(scope.root) as control:
        answer = control.request("POST", f"/v1/runs/{segment(run)}/cancel", body={})
    asked = answer.get("was") == "running"
    scope.out.done(f"Asked run {run} to stop" if asked else f"Cancelled run {run}", answer)


def fetch_runs(control: Control, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Up to `query["limit"]` runs as the command line prints them."""
    from motia.cli.client import collect

    return collect(control, "/v1/runs", "runs", query, limit=query["limit"])


def show_runs(scope: Scope, found: list[dict[str, Any]], *, empty: str) -> None:
    """Print runs as a table, or as the array that scripts rely on."""
    rows = found if scope.out.is_json else [row | {"took": took(row), "note": note_of(row)} for row in found]
    scope.out.rows(rows, COLUMNS, empty=empty)


def took(run: dict[str, Any]) -> str:
    """From the start of the last attempt to the end, for people."""
    if not run.get("started_at") or not run.get("finished_at"):
        return ""
    ms = round((moment(run["finished_at"]) - moment(run["started_at"])).total_seconds() * 1_000)
    return f"{ms} ms" if ms < 10_000 else f"{ms / 1_000:.1f} s"


def note_of(run: dict[str, Any]) -> str:
    """The error's first line, or the reason of the state."""
    text = error_text(run) or str(run.get("reason") or "")
    return text.splitlines()[0][:80] if text else ""


def error_text(record: dict[str, Any]) -> str:
    """`Name: message` of the error of a run or attempt; empty when it has none."""
    error = record.get("error") or {}
    return clean(f"{error.get('name', '')}: {error.get('message', '')}") if error else ""


def tell_run(scope: Scope, run: dict[str, Any]) -> None:
    """Print one run for people."""
    shown = (
        "id",
        "step",
        "target",
        "state",
        "reason",
        "trigger",
        "attempt",
        "trace",
        "parent_run",
        "replay_of",
    )
    shown += ("key", "created_at", "due_at", "started_at", "finished_at", "payload", "result")
    why = run.get("why") or {}
    scope.out.fields(
        {name: run.get(name) for name in shown} | {"why": why.get("text"), "error": error_text(run)}
    )
    for one in run["instances"]:
        click.echo(f"\npart of {clean(one['workflow'])}, instance {one['id']}  {one['state']}")
    for attempt in run["attempts"]:
        click.echo(f"\nattempt {attempt['attempt']}: {attempt['outcome']}  {error_text(attempt)}")
    for child in run["children"]:
        click.echo(f"\ntriggered {child['id']}  {clean(child['step'])}  {child['state']}")
    stack = (run.get("error") or {}).get("stack")
    if stack:
        click.echo(f"\n{clean(folded(stack))}")
    if run["log_lines_dropped"]:
        scope.out.note(f"{run['log_lines_dropped']} log lines of this run were not kept: too many at once.")
    if run["redacted"]:
        scope.out.note("Something is hidden; --raw shows it.")
