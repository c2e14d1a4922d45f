"""`motia state`: reads and writes the state store."""

from __future__ import annotations

import click

from motia.cli.command import Scope, command


@click.group("state")
def state() -> None:
    """Read and write the state store."""


@command("get", group=state, example="motia state get users 42")
@click.argument("group")
@click.argument("key")
def get(scope: Scope, group: str, key: str) -> None:
    """Print a value; fails when there is none."""
    from motia.cli.client import connect, segment

    with connect(scope.root) as control:
        entry = control.request("GET", f"/v1/state/{segment(group)}/{segment(key)}", query={"raw": True})
    scope.out.value(entry["value"])


@command("set", group=state, example="""motia state set users 42 '{"name": "Ada"}'""")
@click.argument("group")
@click.argument("key")
@click.argument("value", metavar="JSON")
def set_(scope: Scope, group: str, key: str, value: str) -> None:
    """Set a value; @FILE reads it from a file, - from standard input."""
    from motia.cli.client import connect, segment
    from motia.cli.values import read_json

    body = {"value": read_json(value, option="the value")}
    with connect(scope.root) as control:
        entry = control.request("PUT", f"/v1/state/{segment(group)}/{segment(key)}", body=body)
    scope.out.done(f"Set {group}/{key} (version {entry['version']})", entry)


@command("delete", group=state, example="motia state delete users 42")
@click.argument("group")
@click.argument("key")
def delete(scope: Scope, group: str, key: str) -> None:
    """Delete a value; fails when there is none."""
    from motia.cli.client import connect, segment
    from motia.cli.errors import CommandError

    with connect(scope.root) as control:
        answer = control.request("DELETE", f"/v1/state/{segment(group)}/{segment(key)}")
    if not answer["deleted"]:
        raise CommandError(
            f"there is no {group}/{key}", hint=f"`motia state list {group}` lists what there is"
        )
    scope.out.done(f"Deleted {group}/{key}", answer)


@command("list", group=state, example="motia state list\nmotia state list users")
@click.argument("group", required=False)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=100, help="At most so many keys; default 100."
)
def list_(scope: Scope, group: str | None, limit: int) -> None:
    """List the groups, or the keys of one with their values."""
    from motia.cli.client import collect, connect, segment

    with connect(scope.root) as control:
        if group is None:
            groups = control.request("GET", "/v1/state")["groups"]
            scope.out.rows(groups, {"group": "GROUP", "keys": "KEYS"}, empty="The state store is empty.")
            return
        entries = collect(control, f"/v1/state/{segment(group)}", "entries", {"raw": True}, limit=limit)
    columns = {"key": "KEY", "value": "VALUE", "version": "VERSION", "updated_at": "CHANGED"}
    scope.out.rows(entries, columns, empty=f"There is nothing in {group}.")
