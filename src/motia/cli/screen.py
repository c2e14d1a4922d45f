"""What `motia dev` and `motia start` show: a banner, log lines, reloads, faults.

On a terminal it is coloured; elsewhere the same lines are plain. Every line is written whole and at
once, so that a reader behind a pipe sees it when it happens.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from motia.cli.output import clean, moment
from motia.model import LoadFault, StepKind, StepSpec

LEVEL_COLOURS = {"debug": "bright_black", "info": "green", "warn": "yellow", "error": "red"}
RUN_COLOURS = ("cyan", "magenta", "blue", "green", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
KINDS = tuple(kind.value for kind in StepKind)


class Screen:
    """Writes lines for people. Safe to call from the engine's loop: it never waits for a reader's terminal."""

    def __init__(self) -> None:
        self._told: frozenset[LoadFault] = frozenset()

    def banner(
        self,
        *,
        version: str,
        name: str,
        addresses: Mapping[str, str],
        steps: Sequence[StepSpec],
        faults: Iterable[LoadFault] = (),
    ) -> None:
        """Say what runs and where, and how many files do not; which ones is for `faults`."""
        self._write(f"\n  {click.style(f'Motia {version}', bold=True)}  {clean(name)}\n")
        for title, address in addresses.items():
            self._write(f"  {title.ljust(10)} {click.style(address, fg='cyan')}")
        broken = len({fault.file for fault in faults if fault.severity == "error"})
        self._write(f"  {'Steps'.ljust(10)} {counts_beside(broken, steps)}\n")

    def log(self, line: Mapping[str, Any]) -> None:
        """Write a log line: `level`, `message`, `at`, and `step`, `run`, `trace`, `fields` where there are any."""
        self._write(log_line(line))

    def reloaded(self, files: Sequence[str], *, took_ms: float, steps: Sequence[StepSpec]) -> None:
        """Say that changed files are live, or that one of them does not load and its last version goes on."""
        broken = sorted({fault.file for fault in self._told if fault.severity == "error"} & set(files))
        if broken:
            self.notice(
                f"{_time_now()} {clean(', '.join(broken))} does not load: its last good version goes on"
            )
        if len(broken) == len(files):
            return
        what = clean(files[0]) if len(files) == 1 else f"{len(files)} files"
        text = f"reloaded {what} in {took_ms:.0f} ms"
        self._write(f"{_time_now()} {click.style('↻', fg='cyan')} {text}  ({counts(steps)})")

    def faults(self, faults: Iterable[LoadFault]) -> None:
        """Write each fault that is new (place, reason, hint), and the files that have none any more."""
        now = tuple(faults)
        for fault in now:
            if fault not in self._told:
                self._write(fault_text(fault))
        for file in sorted({fault.file for fault in self._told} - {fault.file for fault in now}):
            self._write(f"{click.style('✓', fg='green', bold=True)} {clean(file)} is mended")
        self._told = frozenset(now)

    def notice(self, text: str, *, colour: str = "yellow") -> None:
        """Write a line of our own."""
        self._write(click.style(text, fg=colour))

    def _write(self, text: str) -> None:
        try:
            click.echo(text)
            sys.stdout.flush()
        except BrokenPipeError:
            pass  # who read it left; the engine goes on


def counts(steps: Sequence[StepSpec]) -> str:
    """How many steps there are by kind and language: `7: 2 api, 4 event, 1 cron (python)`."""
    kinds = Counter(step.kind.value for step in steps)
    by_kind = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind])
    languages = Counter(step.language for step in steps)
    by_language = ", ".join(
        name if len(languages) == 1 else f"{count} {name}" for name, count in sorted(languages.items())
    )
    return f"{len(steps)}: {by_kind} ({by_language})" if steps else "none yet: add a file to motia/steps"


def counts_beside(broken: int, steps: Sequence[StepSpec]) -> str:
    """The steps, and how many files are broken: a file that does not load is no reason to add one."""
    if not broken:
        return counts(steps)
    files = "1 file does not load" if broken == 1 else f"{broken} files do not load"
    return f"{counts(steps)}; {files}" if steps else f"none: {files}"


def fault_text(fault: LoadFault) -> str:
    """A fault for people: place, reason, and a hint and the second place where there are any."""
    is_error = fault.severity == "error"
    sign = click.style("✗" if is_error else "!", fg="red" if is_error else "yellow", bold=True)
    place = f"{fault.file}:{fault.line}" if fault.line else fault.file
    lines = [f"{sign} {click.style(clean(place), bold=True)}  {clean(fault.message)}"]
    if fault.also:
        lines.append(f"    and {clean(fault.also)}")
    if fault.hint:
        lines.append(f"    {click.style('hint:', fg='cyan')} {clean(fault.hint)}")
    return "\n".join(lines)


def log_line(line: Mapping[str, Any]) -> str:
    """A log line for people: time, level, step and run in a colour of their own, message, fields."""
    level = str(line.get("level", "info"))
    at = line.get("at")
    time = moment(at).strftime("%H:%M:%S.%f")[:-3] if at else ""
    parts = [
        click.style(time, fg="bright_black"),
        click.style(level.ljust(5), fg=LEVEL_COLOURS.get(level, "white")),
    ]
    step, run = line.get("step"), line.get("run")
    if step:
        who = f"{step} {run}" if run else str(step)
        parts.append(click.style(clean(who), fg=colour_of(str(run or line.get("trace") or step))))
    parts.append(clean(str(line.get("message", ""))))
    fields = fields_of(line.get("fields"))
    if fields:
        shown = " ".join(f"{name}={_short(value)}" for name, value in fields.items())
        parts.append(click.style(clean(shown), fg="bright_black"))
    return " ".join(parts)


def colour_of(name: str) -> str:
    """A colour for a run or step: always the same one."""
    return RUN_COLOURS[hashlib.blake2s(name.encode(), digest_size=1).digest()[0] % len(RUN_COLOURS)]


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a log line, whether they come decoded or as JSON text."""
    if isinstance(value, dict):
        return value
    if not value:
        return {}
    try:
        decoded = json.loads(bytes(value) if not isinstance(value, str) else value)
    except (ValueError, TypeError):
        return {"fields": str(value)}
    return decoded if isinstance(decoded, dict) else {"fields": decoded}


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _time_now() -> str:
    return click.style(datetime.now().strftime("%H:%M:%S.%f")[:-3], fg="bright_black")
