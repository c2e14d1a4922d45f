"""`motia logs`: shows log lines, or follows them."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from motia.cli.command import Scope, command
from motia.cli.screen import log_line

LEVELS = ("debug", "info", "warn", "error")
LIMIT_MAX = 1_000


@command("logs", example="motia logs --step send-email --level warn\nmotia logs -f")
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes; Ctrl-C ends it.")
@click.option("--step", metavar="ID", help="Only of this step.")
@click.option("--run", metavar="ID", help="Only of this run.")
@click.option("--trace", metavar="ID", help="Only of this trace.")
@click.option("--level", type=click.Choice(LEVELS), help="This level and above.")
@click.option("--text", help="Only with this text in message or fields; name=value finds a field.")
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
    from motia.cli.client import collect, connect
    from motia.cli.errors import CommandError
    from motia.cli.targets import say_unknown_step

    where = {"step": step, "run": run, "trace": trace, "level": level}
    with connect(scope.root) as control:
        if follow and not control.is_online:
            raise CommandError(
                "no engine runs, so there is nothing to follow",
                hint="start one with `motia dev`, or leave -f out",
            )
        # Asked for before the past, so that no line falls between the two.
        newest = control.request("GET", "/v1/status")["feed_id"] if follow else None
        past = collect(control, "/v1/logs", "logs", where | {"text": text}, limit=limit)[::-1]
        _tell(scope, past)
        if not past:
            say_unknown_step(control, step)
        if follow:
            items = control.follow("/v1/feed", query=where | {"kinds": "log", "after": newest})
            with contextlib.suppress(KeyboardInterrupt):
                _tell(scope, live_lines(items, past=past, text=text))
        elif not past:
            scope.out.note("No log lines.")


def live_lines(
    items: Iterable[dict[str, Any]], *, past: Sequence[dict[str, Any]], text: str | None
) -> Iterator[dict[str, Any]]:
    """Log lines of the live feed that are not in `past`; what was dropped on the way is said."""
    known = {_name(line) for line in past}
    for item in items:
        if item.get("dropped"):
            yield {
                "level": "warn",
                "at": item["at"],
                "message": f"({item['dropped']} lines came too fast to show)",
            }
        line = item["data"] | {"at": item["at"]}
        if _name(line) not in known and (text is None or _has(line, text)):
            yield line


def _has(line: dict[str, Any], text: str) -> bool:
    from motia.telemetry import has_text

    fields = line.get("fields")
    written = None if fields is None else json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return has_text(text, line["message"], written)


def _name(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["at"], line.get("run"), line.get("step"), line["message"]


def _tell(scope: Scope, found: Iterable[dict[str, Any]]) -> None:
    for line in found:
        click.echo(json.dumps(line, ensure_ascii=False) if scope.out.is_json else log_line(line))
        sys.stdout.flush()
