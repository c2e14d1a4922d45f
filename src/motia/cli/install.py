"""`motia install`: installs what each language's steps import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from motia.cli.command import Scope, command
from motia.cli.errors import CommandError
from motia.model import MotiaError


class Job(NamedTuple):
    """One file of dependencies and the command that installs it; `missing` says why it cannot."""

    file: str
    argv: tuple[str, ...]
    missing: str = ""


@command("install", example="motia install\nmotia install --production", is_data=False)
@click.option("--production", is_flag=True, help="Leave out what only tests need.")
def install(scope: Scope, production: bool) -> None:
    """Install the dependencies of every language.

    requirements.txt (and requirements-dev.txt) into the Python that runs the steps, package.json
    with npm, Gemfile with Bundler. A file that is not there is passed over. Then the types of the
    steps are brought up to date, as by `motia types`.
    """
    root = scope.root
    jobs = list(planned(root, production=production))
    for job in jobs:
        if job.missing:
            raise CommandError(
                f"{job.file} cannot be installed: {job.missing}", hint="`motia doctor` shows what is there"
            )
    for job in jobs:
        scope.out.note(f"{click.style(job.file, bold=True)}: {' '.join(job.argv)}")
        _run(job, root, quietly=scope.out.is_json)
    if not production:
        _write_types(scope, root)
    done = (
        f"Installed {', '.join(job.file for job in jobs)}."
        if jobs
        else "Nothing to install: no requirements.txt, package.json or Gemfile."
    )
    scope.out.done(done, {"installed": [job.file for job in jobs]})


def _write_types(scope: Scope, root: Path) -> None:
    """Bring the types of the steps up to date; a project at fault keeps those it has."""
    from motia.cli.loading import load_project
    from motia.cli.serve import run_loop
    from motia.cli.settings import load_settings
    from motia.cli.types import write_types

    try:
        settings = load_settings(root, mode="check")
        loaded = run_loop(load_project(settings))
        if loaded.errors:
            scope.out.note(
                "the types are left as they are: `motia check` says what is at fault in the project"
            )
            return
        written = write_types(settings, loaded)
    except MotiaError as error:
        scope.out.note(f"the types are left as they are: {error}")
        return
    for name in written:
        scope.out.note(f"wrote {name}")


def planned(root: Path, *, production: bool) -> Iterator[Job]:
    """What there is to install in the project, in the order in which it is done."""
    for name in ("requirements.txt",) if production else ("requirements.txt", "requirements-dev.txt"):
        if _has_requirements(root / name):
            argv = (sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-r", name)
            yield Job(name, argv)
    if (root / "package.json").is_file():
        verb = "ci" if (root / "package-lock.json").is_file() else "install"
        omit = ("--omit=dev",) if production else ()
        yield _tool(
            "package.json",
            "npm",
            (verb, *omit, "--no-fund", "--no-audit"),
            "npm (it comes with Node) is not installed",
        )
    if (root / "Gemfile").is_file():
        yield _tool("Gemfile", "bundle", ("install",), "Bundler (gem install bundler) is not installed")


def _tool(file: str, program: str, arguments: tuple[str, ...], missing: str) -> Job:
    path = shutil.which(program)
    return Job(file, (path or program, *arguments), "" if path else missing)


def _has_requirements(path: Path) -> bool:
    """Whether the file asks for anything: one with comments alone needs no pip and no network."""
    if not path.is_file():
        return False
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _run(job: Job, root: Path, *, quietly: bool) -> None:
    try:
        done = subprocess.run(
            job.argv,
            cwd=root,
            check=False,
            env={**os.environ},
            stdout=subprocess.DEVNULL if quietly else None,
        )
    except OSError as error:
        raise CommandError(
            f"{job.argv[0]} cannot be started: {error.strerror}", hint="`motia doctor` looks"
        ) from error
    if done.returncode != 0:
        raise CommandError(
            f"{job.file}: {Path(job.argv[0]).name} ended with code {done.returncode}",
            hint="its own message is above; mend the file and run `motia install` again",
        )
