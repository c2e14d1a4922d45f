"""Runs one installer and shows how it goes: its lines as they come, or a spinner when it is to be quiet."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from motia.cli.errors import CommandError

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAME_S = 0.1
LINES_KEPT = 40
"""Last lines of a quiet installer, shown when it fails."""


class Job(NamedTuple):
    """One file of dependencies and the command that installs it; `missing` says why it cannot, `hint` what to run."""

    language: str
    file: str
    argv: tuple[str, ...]
    missing: str = ""
    hint: str = ""
    again: tuple[str, ...] = ()
    """What to run when `argv` fails because the lock file does not fit any more; empty: nothing."""
    note: str = ""
    """Said before it runs."""
    environ: Mapping[str, str] = {}

    @property
    def program(self) -> str:
        """As people call it."""
        name = Path(self.argv[0]).name
        return "pip" if self.argv[1:3] == ("-m", "pip") else name


class Done(NamedTuple):
    """How a job ended."""

    job: Job
    code: int
    took_s: float

    @property
    def is_good(self) -> bool:
        """Whether it is installed."""
        return self.code == 0


def run_job(job: Job, root: Path, *, is_quiet: bool, tell: bool = True) -> Done:
    """Run the job in the project at `root`, and its second command when the lock file is out of date.

    Args:
        job: What to run.
        root: Where.
        is_quiet: Show a spinner (on a terminal) instead of what it prints; its last lines when it fails.
        tell: Show anything at all.

    Raises:
        CommandError: The program cannot be started.
    """
    started = time.monotonic()
    code, lines = _run(job.argv, job, root, is_quiet=is_quiet, tell=tell)
    if code and job.again and _is_stale(lines):
        if tell:
            click.echo(
                f"{job.file} and its lock file differ: {' '.join(_shown(job.again))} brings them together",
                err=True,
            )
        code, lines = _run(job.again, job, root, is_quiet=is_quiet, tell=tell)
    if code and (is_quiet or not tell):
        click.echo("\n".join(lines), err=True)
    return Done(job, code, time.monotonic() - started)


def _run(argv: tuple[str, ...], job: Job, root: Path, *, is_quiet: bool, tell: bool) -> tuple[int, list[str]]:
    try:
        process = subprocess.Popen(
            argv,
            cwd=root,
            env={**os.environ, **job.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise CommandError(
            f"{argv[0]} cannot be started: {error.strerror}", hint="`motia doctor` looks"
        ) from error
    kept: deque[str] = deque(maxlen=LINES_KEPT)
    with spinner(f"{job.file}: {' '.join(_shown(argv))}", is_shown=is_quiet and tell), process:
        assert process.stdout is not None
        for line in process.stdout:
            kept.append(line.rstrip("\n"))
            if tell and not is_quiet:
                click.echo(line, nl=False, err=True)
    return process.returncode, list(kept)


def _shown(argv: tuple[str, ...]) -> tuple[str, ...]:
    return (Path(argv[0]).name, *argv[1:])


def _is_stale(lines: list[str]) -> bool:
    """Whether npm says that the lock file, and not the network or a package, is at fault."""
    return any("EUSAGE" in line or "EINTEGRITY" in line for line in lines)


@contextmanager
def spinner(text: str, *, is_shown: bool) -> Iterator[None]:
    """Show that something goes on, and for how long; nothing where there is no terminal."""
    if not is_shown or not sys.stderr.isatty():
        yield
        return
    ended = threading.Event()

    def turn() -> None:
        started = time.monotonic()
        count = 0
        while not ended.wait(FRAME_S):
            took = int(time.monotonic() - started)
            click.echo(f"\r\x1b[2K{FRAMES[count % len(FRAMES)]} {text}  {took} s", err=True, nl=False)
            count += 1
        click.echo("\r\x1b[2K", err=True, nl=False)

    thread = threading.Thread(target=turn, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
