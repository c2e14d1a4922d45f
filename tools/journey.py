"""The picture of one order's way through the shop: a tree of its runs, each with its language.

Pure: records of `motia runs list` and `motia steps` in, text out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import click

LANGUAGES = {
    ".py": "Python",
    ".rb": "Ruby",
    ".js": "JavaScript",
    ".mjs": "JavaScript",
    ".cjs": "JavaScript",
    ".ts": "TypeScript",
    ".mts": "TypeScript",
    ".cts": "TypeScript",
}
COLOURS = {"TypeScript": "blue", "JavaScript": "yellow", "Python": "green", "Ruby": "red"}
STATE_COLOURS = {"completed": "green", "dead": "red", "parked": "yellow", "retrying": "yellow"}
NOBODY = "(no step here)"
GAP = 2
MARGIN = 2

Row = Mapping[str, Any]


class Line(NamedTuple):
    """One step of the journey; `branch` is what draws the tree before it."""

    branch: str
    step: str
    language: str
    state: str
    note: str


def language_of(step: Row | None) -> str:
    """The language as its author calls it, by the ending of the step's file."""
    if step is None:
        return NOBODY
    ending = PurePosixPath(step["source"]["file"]).suffix
    return LANGUAGES.get(ending, str(step["language"]))


def languages_of(runs: Sequence[Row], steps: Mapping[str, Row], *, start: str) -> list[str]:
    """The languages that the journey has really been in, each once, in order."""
    ran = [start, *(run["step"] for run in _in_order(runs) if run["attempt"] > 0)]
    return list(dict.fromkeys(language_of(steps[name]) for name in ran if name in steps))


def journey(runs: Sequence[Row], steps: Mapping[str, Row], *, start: str, answer: str) -> list[Line]:
    """The lines of a trace, every run below the one that triggered it.

    Args:
        runs: The runs of the trace.
        steps: The project's steps by id.
        start: The api step that the trace began with.
        answer: What it answered.
    """
    ids = {run["id"] for run in runs}
    below: dict[str, list[Row]] = {}
    for run in _in_order(runs):
        parent = run["parent_run"] if run["parent_run"] in ids else ""
        below.setdefault(parent, []).append(run)
    first = Line("", start, language_of(steps.get(start)), answer, "")
    return [first, *_branches(below, "", "", steps)]


def _branches(
    below: Mapping[str, Sequence[Row]], parent: str, indent: str, steps: Mapping[str, Row]
) -> Iterator[Line]:
    runs = below.get(parent, ())
    for number, run in enumerate(runs, 1):
        is_last = number == len(runs)
        branch = indent + ("└─ " if is_last else "├─ ")
        yield Line(branch, run["step"], language_of(steps.get(run["step"])), run["state"], _note(run))
        yield from _branches(below, run["id"], indent + ("   " if is_last else "│  "), steps)


def _in_order(runs: Sequence[Row]) -> list[Row]:
    return sorted(runs, key=lambda run: (run["created_at"], run["id"]))


def _note(run: Row) -> str:
    notes = []
    if run["started_at"] and run["finished_at"]:
        notes.append(f"{_ms(run['started_at'], run['finished_at']):.0f} ms")
    if run["attempt"] > 1:
        notes.append(f"attempt {run['attempt']}")
    return ", ".join(notes)


def _ms(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() * 1000


def drawn(lines: Sequence[Line], *, width: int) -> str:
    """The lines as columns, in colours; the note is left out where the terminal is too narrow for it."""
    names = max(len(line.branch + line.step) for line in lines) + GAP
    languages = max(len(line.language) for line in lines) + GAP
    states = max(len(line.state) for line in lines) + GAP
    notes = max(len(line.note) for line in lines)
    has_notes = MARGIN + names + languages + states + notes <= width
    rows = []
    for line in lines:
        name = click.style(line.branch, fg="bright_black") + click.style(line.step, bold=True)
        padding = " " * (names - len(line.branch + line.step))
        language = click.style(line.language.ljust(languages), fg=COLOURS.get(line.language))
        state = click.style(line.state, fg=STATE_COLOURS.get(line.state))
        note = " " * (states - len(line.state)) + line.note if line.note and has_notes else ""
        rows.append(" " * MARGIN + name + padding + language + state + note)
    return "\n".join(rows)


def folded(parts: Sequence[str], *, width: int, indent: str = "  ") -> str:
    """A command that can be copied: on one line where it fits, else over several with a backslash."""
    lines = [indent + parts[0]]
    for part in parts[1:]:
        # Room is kept for the backslash of the next fold.
        if len(lines[-1]) + len(part) + len(" ") + len(" \\") <= width:
            lines[-1] += f" {part}"
        else:
            lines[-1] += " \\"
            lines.append(indent * 2 + part)
    return "\n".join(lines)
