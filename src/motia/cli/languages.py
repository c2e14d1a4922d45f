"""What `motia doctor` says of the other languages: runtimes, SDKs, and the tools that install packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from motia.cli.finding import FAIL, OK, WARN, Finding

VERSION_LIMIT_S = 10.0


def diagnose_languages(root: Path | None) -> Iterator[Finding]:
    """Each language's runtime, SDK and installer, as the project at `root` gets them.

    What no step of the project needs may be missing; what one needs is a failure.
    """
    from motia.project import TITLES, discover

    environ = _environ(root)
    used = discover(root).files if root is not None else {}
    for language in ("node", "ruby"):
        is_used = language in used
        purpose = f"needed for {TITLES[language]} steps" + ("" if is_used else " only; this project has none")
        yield from _runtime(language, environ, root, is_used=is_used, purpose=purpose)
        yield from _sdk(language, is_used=is_used)
        yield from _installer(language, environ, root)


def _environ(root: Path | None) -> Mapping[str, str]:
    from motia.model import MotiaError
    from motia.project import merge_dotenv, read_dotenv

    try:
        return os.environ if root is None else merge_dotenv(os.environ, read_dotenv(root / ".env"))
    except MotiaError:
        return os.environ  # told by the check of the configuration


def _runtime(
    language: str, environ: Mapping[str, str], root: Path | None, *, is_used: bool, purpose: str
) -> Iterator[Finding]:
    from motia.project import find_runtime

    found = find_runtime(language, environ, root=root)
    if found.is_usable:
        yield Finding(language, OK, f"{found.version} at {found.path} (from {found.source})")
    elif is_used:
        yield Finding(language, FAIL, found.problem, f"{found.hint} ({purpose})")
    else:
        yield Finding(language, WARN if found.path else OK, f"{found.problem} ({purpose})", found.hint)


def _sdk(language: str, *, is_used: bool) -> Iterator[Finding]:
    from motia import __version__
    from motia.project import sdk_dir
    from motia.workers import WORKER_FILES

    folder = sdk_dir(language)
    if (folder / WORKER_FILES[language]).is_file():
        yield Finding(f"{language} sdk", OK, f"{__version__} at {folder}")
    else:
        hint = "install motia-engine again; in a checkout run `make setup`"
        yield Finding(
            f"{language} sdk",
            FAIL if is_used else WARN,
            f"{folder / WORKER_FILES[language]} is missing",
            hint,
        )


def _installer(language: str, environ: Mapping[str, str], root: Path | None) -> Iterator[Finding]:
    from motia.project import find_npm

    if language == "node":
        name, command, file = "npm", find_npm(environ), "package.json"
    else:
        path = shutil.which("bundle", path=environ.get("PATH", os.defpath))
        name, command, file = "bundler", (path,) if path else (), "Gemfile"
    is_needed = root is not None and (root / file).is_file()
    if not command:
        found = f"not installed (needed to install a {file} only)"
        yield Finding(name, WARN if is_needed else OK, found, f"this project has a {file}")
        return
    version, problem = _version(command, environ)
    if problem:
        hint = f"repair or remove it; needed to install a {file} only"
        yield Finding(name, WARN, f"{' '.join(command)} does not answer: {problem}", hint)
    else:
        yield Finding(name, OK, f"{version} at {' '.join(command)}")


def _version(command: tuple[str, ...], environ: Mapping[str, str]) -> tuple[str, str]:
    try:
        done = subprocess.run(
            [*command, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=VERSION_LIMIT_S,
            check=True,
            env=dict(environ),
        )
    except (OSError, subprocess.SubprocessError) as error:
        return "", str(error)
    lines = done.stdout.strip().splitlines() or ["no version"]
    return lines[-1].removeprefix("Bundler version "), ""
