"""`motia install`: installs what each language's steps import."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from motia.cli.command import Scope, command
from motia.cli.errors import CommandError
from motia.cli.installing import Done, Job, run_job
from motia.cli.vendored import forget_in_lock, renew
from motia.model import MotiaError

NODE = "JavaScript and TypeScript"
NPM_QUIETLY = ("--no-fund", "--no-audit")


class Manager(NamedTuple):
    """A package manager of Node: its lock file and how it leaves out what only tests need."""

    program: str
    lock: str
    production: str


MANAGERS = (
    Manager("pnpm", "pnpm-lock.yaml", "--prod"),
    Manager("yarn", "yarn.lock", "--production"),
    Manager("npm", "package-lock.json", "--omit=dev"),
)


@command("install", example="motia install\nmotia install --production --quiet", is_data=False)
@click.option("--production", is_flag=True, help="Leave out what only tests need.")
@click.option("--quiet", "-q", is_flag=True, help="Show what runs and for how long, not what it prints.")
def install(scope: Scope, production: bool, quiet: bool) -> None:
    """Install the dependencies of every language.

    requirements.txt (and requirements-dev.txt) into the project's virtual environment, else into the
    Python that runs the steps; package.json with npm, pnpm or yarn, by its lock file; Gemfile with
    Bundler. A file that is not there is passed over. The project's copy of @motia/core is brought
    to what came with this engine first, and then the types of the steps up to date, as by `motia types`.
    """
    root = scope.root
    jobs = list(planned(root, production=production))
    for job in jobs:
        if job.missing:
            raise CommandError(f"{job.file} cannot be installed: {job.missing}", hint=job.hint)
    if _renew(root, scope):
        jobs = list(planned(root, production=production, is_renewed=True))
    done: list[Done] = []
    for job in jobs:
        if job.note:
            scope.out.note(job.note)
        if not quiet:
            scope.out.note(f"{click.style(job.file, bold=True)}: {' '.join(job.argv)}")
        done.append(run_job(job, root, is_quiet=quiet, tell=not scope.out.is_json))
    if not production and all(one.is_good for one in done):
        _write_types(scope, root)
    _tell(scope, done)


def planned(
    root: Path, *, production: bool, environ: Mapping[str, str] | None = None, is_renewed: bool = False
) -> Iterator[Job]:
    """What there is to install in the project, in the order in which it is done.

    Args:
        root: The project.
        production: Leave out what only tests need.
        environ: Where programs are looked for; None: this process's.
        is_renewed: The copy of @motia/core was replaced, so that the lock file does not fit.
    """
    environ = os.environ if environ is None else environ
    yield from _python_jobs(root, environ, production=production)
    if (root / "package.json").is_file():
        yield _node_job(root, environ, production=production, is_renewed=is_renewed)
    if (root / "Gemfile").is_file():
        path = shutil.which("bundle", path=environ.get("PATH"))
        yield Job(
            "Ruby",
            "Gemfile",
            (path or "bundle", "install"),
            missing="" if path else "Bundler is not installed",
            hint="gem install bundler",
        )


def _python_jobs(root: Path, environ: Mapping[str, str], *, production: bool) -> Iterator[Job]:
    from motia.project import find_venv

    names = ("requirements.txt",) if production else ("requirements.txt", "requirements-dev.txt")
    wanted = [name for name in names if _has_requirements(root / name)]
    if not wanted:
        return
    venv = find_venv(root, environ)
    python = str(venv.python) if venv is not None else sys.executable
    for name in wanted:
        argv = (python, "-m", "pip", "install", "--disable-pip-version-check", "-r", name)
        if _has_pip(python):
            yield Job("Python", name, argv)
        else:
            yield Job("Python", name, *_without_pip(python, name, environ))


def _has_pip(python: str) -> bool:
    import subprocess

    asked = subprocess.run([python, "-c", "import pip"], capture_output=True, check=False)
    return asked.returncode == 0


def _without_pip(python: str, name: str, environ: Mapping[str, str]) -> tuple[tuple[str, ...], str, str]:
    """The command, what is missing, and the hint, for an environment made without pip (uv makes such ones)."""
    uv = shutil.which("uv", path=environ.get("PATH"))
    if uv is not None:
        return (uv, "pip", "install", "--python", python, "-r", name), "", ""
    return (python, "-m", "pip"), f"{python} has no pip", f"{python} -m ensurepip --upgrade"


def _node_job(root: Path, environ: Mapping[str, str], *, production: bool, is_renewed: bool) -> Job:
    from motia.project import find_npm, install_hint

    wanted = next((manager for manager in MANAGERS if (root / manager.lock).is_file()), MANAGERS[-1])
    path = shutil.which(wanted.program, path=environ.get("PATH"))
    note = ""
    if wanted.program != "npm" and path is None:
        note = (
            f"{wanted.lock} is there, but {wanted.program} is not: npm installs instead "
            f"(to get it: npm install --global {wanted.program})"
        )
        wanted = MANAGERS[-1]
    omit = (wanted.production,) if production else ()
    if wanted.program != "npm":
        more = {"YARN_CHECKSUM_BEHAVIOR": "update"} if wanted.program == "yarn" else {}
        fresh = ("--no-frozen-lockfile",) if wanted.program == "pnpm" and is_renewed else ()
        return Job(NODE, "package.json", (path or "", "install", *omit, *fresh), environ=more)
    npm = find_npm(environ)
    missing = "" if npm else "npm (it comes with Node) is not installed"
    hint = "" if npm else f"{install_hint('node', environ)}, then run `motia install` again"
    plain = (*(npm or ("npm",)), "install", *omit, *NPM_QUIETLY)
    if is_renewed or not (root / "package-lock.json").is_file():
        return Job(NODE, "package.json", plain, missing=missing, hint=hint, note=note)
    clean = (*(npm or ("npm",)), "ci", *omit, *NPM_QUIETLY)
    return Job(NODE, "package.json", clean, missing=missing, hint=hint, again=plain, note=note)


def _renew(root: Path, scope: Scope) -> bool:
    from motia.project import sdk_dir

    if not (root / "package.json").is_file():
        return False
    renewed = renew(root, sdk_dir("node"))
    if renewed:
        forget_in_lock(root)
        scope.out.note(f"{renewed.path} is now the library of this engine")
    return bool(renewed)


def _has_requirements(path: Path) -> bool:
    """Whether the file asks for anything: one with comments alone needs no pip and no network."""
    if not path.is_file():
        return False
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _tell(scope: Scope, done: Sequence[Done]) -> None:
    """Summary by language; fails when a job failed."""
    installed = [one.job.file for one in done if one.is_good]
    lines = [
        f"{click.style('✓', fg='green') if one.is_good else click.style('✗', fg='red')} "
        f"{one.job.language}: {one.job.file} with {one.job.program} in {one.took_s:.1f} s"
        for one in done
    ]
    failed = [one for one in done if not one.is_good]
    if failed:
        for line in lines:
            scope.out.note(line)
        first = failed[0]
        raise CommandError(
            "; ".join(f"{one.job.file}: {one.job.program} ended with code {one.code}" for one in failed),
            hint=f"its own message is above; mend what it says and run `motia install` again, "
            f"or by hand: {' '.join(first.job.argv)}",
        )
    nothing = "Nothing to install: no requirements.txt, package.json or Gemfile."
    scope.out.done("\n".join(lines) if lines else nothing, {"installed": installed})


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
