"""`motia workflows`: lists workflow configurations and their instances, shows, cancels and replays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from motia.cli.command import Scope, command
from motia.cli.output import clean
from motia.cli.runs import LIMIT_MAX, took
from motia.model import InstanceState

if TYPE_CHECKING:
    from motia.cli.client import Control

STATES = tuple(state.value for state in InstanceState)
COLUMNS = {
    "id": "ID",
    "start": "START",
    "running": "RUNNING",
    "completed": "COMPLETED",
    "failed": "FAILED",
    "cancelled": "CANCELLED",
    "timed_out": "TIMED OUT",
    "source": "SOURCE",
}
INSTANCE_COLUMNS = {
    "id": "ID",
    "workflow": "WORKFLOW",
    "state": "STATE",
    "done": "DONE",
    "opened_at": "OPENED",
    "took": "TOOK",
    "note": "",
}
MEMBER_COLUMNS = {
    "step": "STEP",
    "state": "STATE",
    "after": "AFTER",
    "run": "RUN",
    "took": "TOOK",
    "note": "WHY",
}


@click.group("workflows")
def workflows() -> None:
    """List workflows and their instances; show, cancel and replay them."""


@command("list", group=workflows, example="motia workflows list")
def list_workflows(scope: Scope) -> None:
    """List the workflow configurations, with how many instances are in which state."""
    from motia.cli.client import connect

    with connect(scope.root) as control:
        answer = control.request("GET", "/v1/workflows")
    if scope.out.is_json:
        scope.out.value(answer["workflows"])
        return
    rows = [one | one["counts"] | {"source": source_of(one)} for one in answer["workflows"]]
    scope.out.rows(
        rows, COLUMNS, empty="No workflows. Add a file to motia/workflows; the Workbench shows them too."
    )
    for fault in answer["faults"]:
        scope.out.note(clean(f"{fault['file']}:{fault['line']}: {fault['message']}"))


@command(
    "instances",
    group=workflows,
    example="motia workflows instances order --state failed\nmotia workflows instances --trace TRACE --json",
)
@click.argument("workflow", required=False)
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@click.option("--trace", metavar="ID", help="Only of this trace.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=50, help="At most so many; default 50.")
def list_instances(
    scope: Scope, workflow: str | None, state: str | None, trace: str | None, limit: int
) -> None:
    """List instances, of one workflow or of all, newest first."""
    from motia.cli.client import collect, connect

    query = {"workflow": workflow, "state": state, "trace": trace}
    with connect(scope.root) as control:
        found = collect(control, "/v1/instances", "instances", query, limit=limit)
        if workflow is not None and not found:
            require_workflow(control, workflow)
    if not scope.out.is_json:
        found = [shown_instance(one) for one in found]
    scope.out.rows(
        found,
        INSTANCE_COLUMNS,
        empty="No instances like that." if state or trace else "No instances.",
    )


@command("show", group=workflows, example="motia workflows show 00000000000000a1")
@click.argument("instance", metavar="ID")
def show(scope: Scope, instance: str) -> None:
    """Show an instance: its members, what each waits for and why."""
    from motia.cli.client import connect, segment

    with connect(scope.root) as control:
        detail = control.request("GET", f"/v1/instances/{segment(instance)}")
    if scope.out.is_json:
        scope.out.value(detail)
        return
    tell_instance(scope, detail)


@command("cancel", group=workflows, example="motia workflows cancel 00000000000000a1")
@click.argument("instance", metavar="ID")
def cancel(scope: Scope, instance: str) -> None:
    """Cancel a running instance: what is open is cancelled, what runs is asked to stop."""
    from motia.cli.client import connect, segment

    with connect(scope.root) as control:
        answer = control.request("POST", f"/v1/instances/{segment(instance)}/cancel", body={})
    scope.out.done(f"Cancelled instance {instance} of {clean(answer['workflow'])}", answer)


@command(
    "replay",
    group=workflows,
    example="""motia workflows replay 00000000000000a1 charge-card
motia workflows replay 00000000000000a1 charge-card --data '{"cents": 500}'""",
)
@click.argument("instance", metavar="ID")
@click.argument("step")
@click.option("--data", metavar="JSON", help="Another payload; @FILE reads a file, - standard input.")
def replay(scope: Scope, instance: str, step: str, data: str | None) -> None:
    """Run a dead, skipped or cancelled member again; the instance goes on from there."""
    from motia.cli.client import connect, segment
    from motia.cli.values import read_json

    body = {} if data is None else {"payload": read_json(data, option="--data")}
    path = f"/v1/instances/{segment(instance)}/members/{segment(step)}/replay"
    with connect(scope.root) as control:
        answer = control.request("POST", path, body=body)
    scope.out.done(f"Replayed {step} of instance {instance} as run {answer['run']}", answer)


def require_workflow(control: Control, workflow: str) -> None:
    """Refuse the id of a workflow that is neither configured nor has instances.

    Raises:
        CommandError: With the closest ids.
    """
    from motia.cli.errors import CommandError
    from motia.cli.targets import closest_hint

    known = [one["id"] for one in control.request("GET", "/v1/workflows")["workflows"]]
    if workflow not in known:
        lists = "`motia workflows list` lists what there is"
        raise CommandError(
            f"there is no workflow {workflow!r}", hint=closest_hint(workflow, known, otherwise=lists)
        )


def source_of(workflow: dict[str, Any]) -> str:
    """`file:line` of a configuration, or that there is none any more."""
    return f"{workflow['file']}:{workflow['line']}" if workflow["is_configured"] else "no longer configured"


def shown_instance(one: dict[str, Any]) -> dict[str, Any]:
    """An instance as a row for people."""
    return one | {
        "done": f"{one['members_completed']}/{one['members_total']}",
        "took": took(one | {"started_at": one["opened_at"]}),
        "note": one["reason"],
    }


def tell_instance(scope: Scope, detail: dict[str, Any]) -> None:
    """Print one instance for people, and what they can do."""
    names = ("id", "workflow", "state", "reason", "trace", "opened_at", "due_at", "finished_at")
    done = f"{detail['members_completed']} of {detail['members_total']}"
    config = {
        "same": None,
        "changed": "changed since; it goes on with the one that it was opened with",
        "gone": "deleted since; it goes on with the one that it was opened with",
    }[detail["config"]]
    scope.out.fields(
        {name: detail[name] for name in names}
        | {"completed": done, "on_failure": detail["on_failure"], "configuration": config}
    )
    click.echo()
    scope.out.rows([shown_member(one) for one in detail["members"]], MEMBER_COLUMNS, empty="")
    again = [one["step"] for one in detail["members"] if one["can_replay"]]
    for step in again[:1]:
        scope.out.note(clean(f"To go on from {step}: motia workflows replay {detail['id']} {step}"))


def shown_member(member: dict[str, Any]) -> dict[str, Any]:
    """A member as a row for people."""
    after = "the trigger" if member["is_start"] else ", ".join(member["after"]) or "the start"
    return member | {
        "state": member["state"] or "not triggered",
        "after": after,
        "took": took(member),
        "note": member["why"],
    }
