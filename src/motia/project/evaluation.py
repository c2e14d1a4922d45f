"""Files that are evaluated for what they say: events, workflows and configuration, by their own language.

Invariants
1. The engine's process never runs such a file: a short-lived process of its language does, in a
   process group of its own that is gone when this returns.
2. Only JSON comes back, through a file that nobody else can read; what it prints is kept apart.
3. Takes bounded time and bytes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from motia.model import LoadFault, OptionalRaw
from motia.project.runtimes import find_runtime
from motia.project.sdks import sdk_dir

EVALUATION_LIMIT_S: Final = 10.0
ANSWER_BYTES_MAX: Final = 8 * 1024 * 1024
OUTPUT_CHARS_MAX: Final = 2_000


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One exported value; exactly one of the forms is there."""

    json: OptionalRaw = None
    """It is JSON."""
    schema: OptionalRaw = None
    """It is a schema of its language; this is its JSON Schema."""
    map: dict[str, Export] | None = None
    """It is an object, and not all in it is JSON."""
    other: str = ""
    """What it is instead, in a word."""
    line: int = 0
    """Where it is written, when that is known."""


class FileExports(msgspec.Struct, frozen=True, kw_only=True):
    """What a file exports by name (`default` too), or why it could not be evaluated."""

    exports: dict[str, Export] = {}
    error: LoadFault | None = None


class DeclaredWorkflow(msgspec.Struct, frozen=True, kw_only=True):
    """One call of `workflow`, as it was written: nothing of it is checked."""

    file: str
    line: int = 0
    options: OptionalRaw = None
    problem: str = ""
    """Why the options are no JSON."""


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluator answers."""

    files: dict[str, FileExports] = {}
    workflows: tuple[DeclaredWorkflow, ...] = ()
    """In the order of the calls, those of files that failed too."""
    read: tuple[str, ...] = ()
    """Project files that were read on the way, relative to the root."""


class EvaluationFailed(Exception):
    """The evaluator did not answer: `message` says why, `hint` what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RuntimeMissing(EvaluationFailed):
    """The language cannot be run here: no file of it can be evaluated."""


def evaluate(
    language: str,
    root: Path,
    files: Sequence[str],
    *,
    environ: Mapping[str, str],
    limit_s: float = EVALUATION_LIMIT_S,
) -> Evaluated:
    """Evaluate `files` (relative to `root`) of one language. Blocks, at most `limit_s` seconds.

    Raises:
        RuntimeMissing: No file of this language can be evaluated here.
        EvaluationFailed: The process did not answer. Nothing of it runs any more.
    """
    with tempfile.TemporaryDirectory(prefix="motia-evaluate-") as directory:
        out, log = Path(directory) / "out.json", Path(directory) / "output"
        argv = [*evaluator(language, root, environ), str(root), str(out), *files]
        status = run_apart(argv, cwd=root, log=log, environ=environ, limit_s=limit_s, what=_named(files))
        if not out.is_file():
            raise EvaluationFailed(
                f"{_named(files)} ended the process with status {status} before it was read: {tail(log)}",
                hint="such a file must only define values",
            )
        if out.stat().st_size > ANSWER_BYTES_MAX:
            raise EvaluationFailed(
                f"{_named(files)} exports more than {ANSWER_BYTES_MAX // 1024 // 1024} MiB",
                hint="such a file holds schemas and settings only",
            )
        try:
            return msgspec.json.decode(out.read_bytes(), type=Evaluated)
        except msgspec.MsgspecError as error:
            raise EvaluationFailed(f"{_named(files)}: the answer cannot be read: {error}") from error


def evaluator(language: str, root: Path, environ: Mapping[str, str]) -> list[str]:
    """The command that evaluates files of a language.

    Raises:
        RuntimeMissing: Its runtime or its SDK is not there.
    """
    if language == "python":
        return [sys.executable, "-P", "-m", "motia.python_worker.evaluate"]
    program = _runtime(language, root, environ)
    sdk = sdk_dir(language)
    if language == "node":
        script = _present(sdk / "dist" / "evaluate.mjs", language)
        return [program, "--enable-source-maps", "--disable-warning=ExperimentalWarning", str(script)]
    script = _present(sdk / "lib" / "motia" / "loading" / "evaluate.rb", language)
    bundler = ["-rbundler/setup"] if (root / "Gemfile").is_file() else []
    return [program, *bundler, f"-I{sdk / 'lib'}", str(script)]


def run_apart(
    argv: Sequence[str], *, cwd: Path, log: Path, environ: Mapping[str, str], limit_s: float, what: str
) -> int:
    """Run a process to its end, with all that it starts; its exit status. What it prints goes to `log`.

    Raises:
        EvaluationFailed: It cannot be started, or takes longer than `limit_s` and was stopped.
    """
    # Output goes to a file, not a pipe: a grandchild that keeps a pipe open could hold us for ever.
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except OSError as error:
            raise EvaluationFailed(
                f"{argv[0]} cannot be started: {error.strerror}", hint="`motia doctor` shows what is there"
            ) from error
        try:
            return process.wait(timeout=limit_s)
        except subprocess.TimeoutExpired:
            raise EvaluationFailed(
                f"{what} was still running after {limit_s:g} s and was stopped: {tail(log)}",
                hint="such a file must only define values: no servers, no waiting",
            ) from None
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def tail(log: Path) -> str:
    """The end of what a process printed."""
    text = log.read_text("utf-8", "replace").strip()
    return text[-OUTPUT_CHARS_MAX:] or "it printed nothing"


def _named(files: Sequence[str]) -> str:
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return ", ".join(files[:3]) + more


def _runtime(language: str, root: Path, environ: Mapping[str, str]) -> str:
    found = find_runtime(language, environ, root=root)
    if not found.is_usable:
        raise RuntimeMissing(found.problem, hint=found.hint)
    return found.path


def _present(script: Path, language: str) -> Path:
    if not script.is_file():
        raise RuntimeMissing(
            f"this installation has no {script}",
            hint=f"npm --prefix {script.parents[1]} ci && npm --prefix {script.parents[1]} run build"
            if language == "node"
            else "install motia-engine again",
        )
    return script
