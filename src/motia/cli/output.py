"""Where a command's answer goes: tables on a terminal, JSON for programs.

Invariants
1. Data goes to standard output, everything else to standard error.
2. Text that came from a project (payloads, logs, names) is never taken as terminal control or markup.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

STATE_COLOURS = {
    "completed": "green",
    "running": "cyan",
    "ready": "blue",
    "scheduled": "blue",
    "blocked": "yellow",
    "retrying": "yellow",
    "parked": "yellow",
    "dead": "red",
    "failed": "red",
    "timed_out": "red",
    "cancelled": "magenta",
    "skipped": "bright_black",
    "ok": "green",
    "warn": "yellow",
    "fail": "red",
    "error": "red",
    "warning": "yellow",
}

WIDE = frozenset({"value", "found", "note", "flows", "trigger", "source", "words", "last"})
"""Columns that may take several lines; the others are read whole, or copied."""
PLAIN_WIDTH = 200
WIDE_MIN = 12
EMPTY = (None, "", [], {})
"""A field that is one of these, and a column that has nothing else, is left out."""
GAP = 2
"""Columns of a table are this far apart."""

Row = Mapping[str, Any]


class Output:
    """One command's output."""

    def __init__(self, *, as_json: bool | None, is_data: bool = True) -> None:
        """Take `--json/--no-json` (None: neither) and whether the command prints data."""
        self.is_terminal = sys.stdout.isatty()
        self.is_json = as_json if as_json is not None else is_data and not self.is_terminal

    def value(self, value: Any) -> None:
        """Print one JSON value, indented for people."""
        indent = 2 if self.is_terminal or not self.is_json else None
        click.echo(json.dumps(value, indent=indent, ensure_ascii=False))

    def rows(self, rows: Sequence[Row], columns: Mapping[str, str], *, empty: str) -> None:
        """Print a table of `columns` (field to title), or the rows as a JSON array.

        Args:
            rows: What to print, all fields; JSON has every one of them.
            columns: The fields that a table shows.
            empty: What to say to a person when there are no rows.
        """
        if self.is_json:
            self.value(list(rows))
        elif not rows:
            click.echo(empty)
        else:
            self._table(rows, columns)

    def fields(self, record: Row) -> None:
        """Print one record: field by field, or as a JSON object."""
        if self.is_json:
            self.value(dict(record))
            return
        width = max((len(name) for name in record), default=0)
        for name, value in record.items():
            if value in EMPTY:
                continue
            label = click.style(name.replace("_", " ").ljust(width), fg="bright_black")
            click.echo(f"{label}  {cell(name, value)}")

    def done(self, text: str, record: Row) -> None:
        """Say that it is done, or print `record` as JSON."""
        if self.is_json:
            self.value(dict(record))
        else:
            click.echo(text)

    def note(self, text: str) -> None:
        """Say something by the way, on standard error, to people only."""
        if not self.is_json:
            click.echo(text, err=True)

    def _table(self, rows: Sequence[Row], columns: Mapping[str, str]) -> None:
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        now = datetime.now().astimezone()
        width = Console().width if self.is_terminal else PLAIN_WIDTH
        columns = {
            name: title for name, title in columns.items() if any(row.get(name) not in EMPTY for row in rows)
        }
        cells = [[short_cell(name, row.get(name), now) for name in columns] for row in rows]
        natural = [
            max(len(title), *(len(line) for text in column for line in text.split("\n")))
            for title, column in zip(columns.values(), zip(*cells, strict=True), strict=True)
        ]
        widths, total = fit(natural, [name in WIDE for name in columns], width)
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        for title, width in zip(columns.values(), widths, strict=True):
            table.add_column(title, overflow="fold", width=width)
        for line in cells:
            styles = [STATE_COLOURS.get(text, "") for text in line]
            table.add_row(*(Text(text, style=style) for text, style in zip(line, styles, strict=True)))
        # Elsewhere than on a terminal there is no width to keep: a cut line helps nobody.
        Console(width=total if self.is_terminal else max(total, PLAIN_WIDTH)).print(table)


def fit(natural: Sequence[int], is_wide: Sequence[bool], width: int) -> tuple[list[int], int]:
    """Widths of the columns of a table, and of the table.

    What is read whole or copied (ids, states) is never cut: only wide columns give way, down to
    `WIDE_MIN`; a table that is still too wide is left to the terminal to wrap.
    """
    free = (
        width
        - GAP * (len(natural) + 1)
        - sum(n for n, wide in zip(natural, is_wide, strict=True) if not wide)
    )
    widths = list(natural)
    rest = [index for index, wide in enumerate(is_wide) if wide]
    for position, index in enumerate(sorted(rest, key=lambda index: natural[index])):
        share = max(free // (len(rest) - position), WIDE_MIN)
        widths[index] = min(natural[index], share)
        free -= widths[index]
    return widths, sum(widths) + GAP * (len(widths) + 1)


def clean(text: str) -> str:
    """`text` without terminal control characters (tab and line feed stay)."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def cell(name: str, value: Any) -> str:
    """A field as people read it: instants (`…_at`) as local time, lists joined, objects as JSON."""
    if value is None:
        return ""
    if name.endswith("_at") and isinstance(value, int | str) and not isinstance(value, bool):
        return instant(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return clean(", ".join(value))
    if isinstance(value, dict | list | tuple):
        return clean(json.dumps(value, ensure_ascii=False))
    return clean(str(value))


def short_cell(name: str, value: Any, now: datetime) -> str:
    """A field as a table shows it: instants of today as the time, others with their day."""
    if name.endswith("_at") and isinstance(value, int | str) and not isinstance(value, bool) and value:
        local = moment(value)
        return local.strftime("%H:%M:%S" if local.date() == now.date() else "%Y-%m-%d %H:%M")
    return cell(name, value)


def moment(at: int | str) -> datetime:
    """The local time of an instant: ISO 8601 text, as the control API has it, or ms since the epoch."""
    return (
        datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at / 1_000)
    ).astimezone()


def instant(at: int | str) -> str:
    """An instant as local time, to the second."""
    return moment(at).strftime("%Y-%m-%d %H:%M:%S")
