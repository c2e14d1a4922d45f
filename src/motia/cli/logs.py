"""`motia logs`: shows log lines, or follows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from motia.cli.command import Scope, command

LEVELS = ("debug", "info", "warn", "error")
LIMIT_MAX = 1_000


@command("logs", example="motia logs --step send-email --level warn\nmotia logs -f")
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes; Ctrl-C ends it.")
@click.option("--step", metavar="ID", help="Only of this step.")
@click.option("--run", metavar="ID", help="Only of this run.")
@click.option("--trace", metavar="ID", help="Only of this trace.")
@click.option("--level", type=click.Choice(LEVELS), help="This level and above.")
@click.option("--text", help="Only with this text.")
@click.option(
    "--limit", type=click.IntRange(1, LIMIT_MAX), default=100, help="At most so many past lines; default 100."
)
def logs(
    scope: Scope,
    follow: bool,
    step: str | None,
    run: str | None,
    trace: str | None,
    level: str | None,
    text: str | None,
    limit: int,
) -> None:
    """Show log lines, or follow them.

    The oldest comes first. JSON output is one object a line.
    """
    from motia.cli.client import connect
    from motia.cli.errors import CommandError

    where = {"step": step, "run": run, "trace": trace, "level": level}
    with connect(scope.root) as control:
        if follow and not control.is_online:
            raise CommandError(
                "no engine runs, so there is nothing to follow",
                hint="start one with `motia dev`, or leave -f out",
            )
        past = control.request("GET", "/v1/logs", query=where | {"text": text, "limit": limit})["logs"]
        _tell(scope, reversed(past))
        if follow:
            _tell(scope, _followed(control.follow("/v1/feed", query=where | {"kinds": "log"}), text))
        elif not past:
            scope.out.note("No log lines.")


def _followed(items: Iterable[Any], text: str | None) -> Iterable[dict[str, Any]]:
    """Log lines of the live feed; what was dropped on the way is said."""
    for item in items:
        if item.get("dropped"):
            yield {
                "level": "warn",
                "at": item.get("at"),
                "message": f"({item['dropped']} lines were too fast to show)",
            }
        line = item.get("data", item) | {"at": item.get("at")}
        if text is None or text in str(line.get("message", "")):
            yield line


def _tell(scope: Scope, found: Iterable[dict[str, Any]]) -> None:
    import json
    import sys

    from motia.cli.screen import log_line

    for line in found:
        click.echo(json.dumps(line, ensure_ascii=False) if scope.out.is_json else log_line(line))
        sys.stdout.flush()
