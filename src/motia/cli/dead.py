"""`motia dead`: lists, replays and purges dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from motia.cli.command import Scope, command
from motia.cli.output import clean
from motia.cli.runs import LIMIT_MAX, fetch_runs, show_runs

if TYPE_CHECKING:
    from motia.cli.client import Control

BULK_LIMIT_S = 300.0


@click.group("dead")
def dead() -> None:
    """List, replay and purge dead letters."""


@command("list", group=dead, example="motia dead list --step send-email")
@click.option("--step", metavar="ID", help="Only of this step.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=50, help="At most so many; default 50.")
def list_dead(scope: Scope, step: str | None, limit: int) -> None:
    """List dead letters, newest first."""
    from motia.cli.client import connect
    from motia.cli.targets import say_unknown_step

    with connect(scope.root) as control:
        found = fetch_runs(control, {"step": step, "state": ["dead"], "limit": limit})
        if not found:
            say_unknown_step(control, step)
    show_runs(scope, found, empty="No dead letters.")


@command(
    "replay", group=dead, example="motia dead replay --step send-email\nmotia dead replay 00000000000000a1"
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--step", metavar="STEP", help="All of this step.")
@click.option("--all", "is_all", is_flag=True, help="All of every step.")
def replay(scope: Scope, ids: tuple[str, ...], step: str | None, is_all: bool) -> None:
    """Run dead letters again, each as a new run; the dead letters stay."""
    from motia.cli.client import connect
    from motia.cli.targets import say_unknown_step

    with connect(scope.root) as control:
        answer = act_on_all(control, "/v1/dead/replay", selection(ids, step, is_all=is_all))
        if not answer["count"] and not answer["failed"]:
            say_unknown_step(control, step)
    tell(scope, "Replayed", answer)


@command("purge", group=dead, example="motia dead purge --step send-email")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--step", metavar="STEP", help="All of this step.")
@click.option("--all", "is_all", is_flag=True, help="All of every step.")
def purge(scope: Scope, ids: tuple[str, ...], step: str | None, is_all: bool) -> None:
    """Delete dead letters for good."""
    from motia.cli.client import connect
    from motia.cli.targets import say_unknown_step

    with connect(scope.root) as control:
        answer = act_on_all(control, "/v1/dead/purge", selection(ids, step, is_all=is_all))
        if not answer["count"] and not answer["failed"]:
            say_unknown_step(control, step)
    tell(scope, "Deleted", answer)


def act_on_all(control: Control, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask again, page by page, until all that `body` selects are done; the sums of the answers."""
    count, failed = 0, []
    cursor = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        answer = control.request("POST", path, body=body | more, limit_s=BULK_LIMIT_S)
        count += answer["count"]
        failed += answer["failed"]
        cursor = answer["cursor"]
        if cursor is None:
            return {"count": count, "failed": failed}


def tell(scope: Scope, verb: str, answer: dict[str, Any]) -> None:
    """Say how many were done, name those that were not, and fail when there are any."""
    count, failed = answer["count"], answer["failed"]
    scope.out.done(f"{verb} {count} dead letter{'' if count == 1 else 's'}.", answer)
    for failure in failed:
        scope.out.note(f"{failure['run']}: {clean(failure['message'])}")
    if failed:
        raise click.exceptions.Exit(1)


def selection(ids: tuple[str, ...], step: str | None, *, is_all: bool) -> dict[str, Any]:
    """Which dead letters are meant.

    Raises:
        CommandError: Nothing was named, or too much.
    """
    from motia.cli.errors import CommandError

    if sum((bool(ids), step is not None, is_all)) != 1:
        raise CommandError("which dead letters is not clear", hint="give ids, or --step STEP, or --all")
    if ids:
        return {"ids": list(ids)}
    return {"step": step} if step is not None else {}
