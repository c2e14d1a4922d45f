"""`motia test`: runs the project's tests with pytest, in the Python that runs its steps."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import click

from motia.cli.command import Scope, command
from motia.cli.errors import CommandError


@command("test", example="motia test\nmotia test tests/test_users.py -- -k welcome -x", is_data=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(scope: Scope, arguments: tuple[str, ...]) -> None:
    """Run the project's tests.

    ARGUMENTS go to pytest; options of its own come after `--`. The exit code is pytest's.
    """
    root = scope.root
    if importlib.util.find_spec("pytest") is None:
        raise CommandError(
            f"pytest is not installed in {sys.executable}",
            hint="write pytest into requirements-dev.txt and run `motia install`",
        )
    done = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=root, check=False)
    if scope.out.is_json:
        scope.out.value({"passed": done.returncode == 0, "exitCode": done.returncode})
    if done.returncode:
        raise click.exceptions.Exit(done.returncode)
