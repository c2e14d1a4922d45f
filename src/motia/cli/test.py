"""`motia test`: runs the project's tests in each of its languages."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from motia.cli.command import Scope, command
from motia.cli.errors import CommandError
from motia.cli.runners import LANGUAGES, TestCommand, command_of, selected
from motia.project import TITLES


class Result(NamedTuple):
    """How the tests of one language ended."""

    language: str
    files: int
    code: int
    took_s: float


@command(
    "test",
    example="motia test\nmotia test tests/test_users.py -- -k welcome -x\nmotia test --language node",
    is_data=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Only tests in it."
)
def test(scope: Scope, arguments: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """Run the project's tests, in each language that has some.

    Python: test_*.py with pytest. JavaScript and TypeScript: *.test.js and *.test.ts with node --test.
    Ruby: test_*.rb with ruby and Minitest. ARGUMENTS are files or folders; options of the runner
    come after `--`. The exit code is that of the first runner that fails.
    """
    root = scope.root
    paths, options = split(arguments)
    found = selected(root, paths, languages=languages)
    if not found:
        raise CommandError(
            f"there are no tests in {root}" if not paths else f"there are no tests in {', '.join(paths)}",
            hint="name them tests/test_….py, tests/….test.ts, tests/….test.js or tests/test_….rb",
        )
    if options and len(found) > 1:
        raise CommandError(
            f"{' '.join(options)} cannot go to several runners: there are tests in "
            + ", ".join(selection.language for selection in found),
            hint="name files of one language, or --language",
        )
    runs = [command_of(root, selection, options, environ=os.environ) for selection in found]
    results = [_run(run, root, is_alone=len(runs) == 1, is_json=scope.out.is_json) for run in runs]
    _tell(scope, results)


def split(arguments: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paths, and the options from the first one on."""
    at = next((i for i, argument in enumerate(arguments) if argument.startswith("-")), len(arguments))
    return tuple(arguments[:at]), tuple(arguments[at:])


def _run(run: TestCommand, root: Path, *, is_alone: bool, is_json: bool) -> Result:
    import subprocess

    if not is_alone and not is_json:
        click.echo(click.style(f"{run.selection.title}", bold=True))
    started = time.monotonic()
    environ: Mapping[str, str] = {**os.environ, **run.environ}
    # With --json the output is one JSON value: what the runners print goes to standard error.
    sys.stdout.flush()
    done = subprocess.run(
        run.argv, cwd=root, env=environ, check=False, stdout=sys.__stderr__ if is_json else None
    )
    return Result(
        run.selection.language, len(run.selection.files), done.returncode, time.monotonic() - started
    )


def _tell(scope: Scope, results: Sequence[Result]) -> None:
    failed = next((result.code for result in results if result.code), 0)
    if scope.out.is_json:
        each = [{"language": r.language, "passed": r.code == 0, "exitCode": r.code} for r in results]
        scope.out.value({"passed": not failed, "exitCode": failed, "languages": each})
    elif len(results) > 1:
        for result in results:
            sign = click.style("✓", fg="green") if result.code == 0 else click.style("✗", fg="red")
            files = f"{result.files} file{'s' if result.files != 1 else ''}"
            ended = "" if result.code == 0 else f", exit code {result.code}"
            click.echo(f"{sign} {TITLES[result.language]}: {files} in {result.took_s:.1f} s{ended}")
    if failed:
        raise click.exceptions.Exit(abs(failed))
