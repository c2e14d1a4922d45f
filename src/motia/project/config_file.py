"""The project's configuration file: which one it is, and what its own language says it holds.

Invariants
1. The engine's process never runs the file: a short-lived process of its language does, in a
   process group of its own that is gone when this returns.
2. Only JSON comes back, through a file that nobody else can read; what it prints is kept apart.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from motia.model import StartError
from motia.project.discovery import CONFIG_NAMES
from motia.project.runtimes import find_runtime

EVALUATION_LIMIT_S: Final = 10.0
CONFIG_BYTES_MAX: Final = 1024 * 1024
_OUTPUT_CHARS_MAX: Final = 2_000
_TYPES_STRIPPED_SINCE: Final = (22, 6)

_PYTHON: Final = """
import json, os, runpy, sys, traceback
path, out = sys.argv[1], sys.argv[2]
sys.path.insert(0, os.path.dirname(path))
try:
    found = runpy.run_path(path, run_name="motia_config")
    if "config" not in found:
        answer = {"error": "it defines no `config`", "hint": "write config = {...} at its top level"}
    elif not isinstance(found["config"], dict):
        answer = {"error": "`config` is no dict but " + type(found["config"]).__name__, "hint": "write config = {...}"}
    else:
        answer = {"config": found["config"]}
    text = json.dumps(answer, allow_nan=False)
except SyntaxError as error:
    text = json.dumps({"error": f"{type(error).__name__}: {error.msg}", "line": error.lineno})
except BaseException as error:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
    text = json.dumps({"error": f"{type(error).__name__}: {error}", "line": lines[-1] if lines else 0})
with open(out, "w", encoding="utf-8") as file:
    file.write(text)
"""

_NODE: Final = """
const fs = require('node:fs'), url = require('node:url');
const [path, out] = process.argv.slice(-2);
const end = (answer) => { fs.writeFileSync(out, JSON.stringify(answer)); process.exit(0); };
const failed = (error) => {
  const text = String((error && error.stack) || error);
  const at = text.split('\\n').map((l) => l.includes(path) && /:(\\d+)(?::\\d+)?\\)?$/.exec(l.trim())).find(Boolean);
  end({ error: String(error), line: at ? Number(at[1]) : 0 });
};
import(url.pathToFileURL(path).href).then(async (found) => {
  const config = await ('default' in found ? found.default : found.config);
  if (config === null || typeof config !== 'object' || Array.isArray(config))
    return end({ error: 'it exports no object', hint: 'write export default {...} or module.exports = {...}' });
  end({ config });
}).catch(failed);
"""


class _Answer(msgspec.Struct, frozen=True):
    config: dict[str, Any] | None = None
    error: str = ""
    hint: str = ""
    line: int | None = None


def find_config_file(root: Path) -> Path | None:
    """The configuration file of the project; None when there is none.

    Raises:
        StartError: There are two.
    """
    present = [root / name for name in CONFIG_NAMES if (root / name).is_file()]
    if len(present) > 1:
        raise StartError(
            f"{root} has {len(present)} configuration files: {', '.join(path.name for path in present)}",
            hint=f"keep one of them, such as {present[0].name}",
        )
    return present[0] if present else None


def read_config_file(
    path: Path, *, environ: Mapping[str, str], limit_s: float = EVALUATION_LIMIT_S
) -> dict[str, Any]:
    """What the file exports, as JSON. Takes at most `limit_s` seconds.

    Raises:
        StartError: It fails (with its line), takes too long, exports no object, or its language
            is not installed. Nothing of it runs any more.
    """
    with tempfile.TemporaryDirectory(prefix="motia-config-") as directory:
        out = Path(directory) / "config.json"
        log = Path(directory) / "output"
        status = _run(
            path, [*_command(path, environ), str(path), str(out)], log, environ=environ, limit_s=limit_s
        )
        if not out.is_file():
            raise StartError(
                f"{path.name} ended its process with status {status} before it was read: {_tail(log)}",
                hint="a configuration file must only define values",
            )
        if out.stat().st_size > CONFIG_BYTES_MAX:
            raise StartError(
                f"{path.name} exports more than 1 MiB", hint="a configuration holds settings only"
            )
        answer = msgspec.json.decode(out.read_bytes(), type=_Answer)
    if answer.config is None:
        place = f"{path.name}:{answer.line}" if answer.line else path.name
        raise StartError(
            f"{place}: {answer.error.strip()}",
            hint=answer.hint
            or "correct the file; it may hold only what JSON can: text, numbers, true, false, lists",
        )
    return answer.config


def _command(path: Path, environ: Mapping[str, str]) -> list[str]:
    if path.suffix == ".py":
        return [sys.executable, "-c", _PYTHON]
    runtime = find_runtime("node", environ, root=path.parent)
    if not runtime.is_usable:
        raise StartError(
            f"{path.name} needs Node.js: {runtime.problem}",
            hint=f"{runtime.hint}, or write motia.config.py instead",
        )
    if path.suffix != ".ts":
        return [runtime.path, "-e", _NODE, "--"]
    if tuple(int(part) for part in runtime.version.split(".")[:2]) < _TYPES_STRIPPED_SINCE:
        raise StartError(
            f"{path.name}: Node.js {runtime.version} cannot read TypeScript",
            hint="install Node.js 22.6 or newer, rename it to motia.config.js (without types), or use motia.config.py",
        )
    return [runtime.path, "--experimental-strip-types", "--no-warnings", "-e", _NODE, "--"]


def _run(path: Path, command: list[str], log: Path, *, environ: Mapping[str, str], limit_s: float) -> int:
    # Output goes to a file, not a pipe: a grandchild that keeps a pipe open could hold us for ever.
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=path.parent,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except OSError as error:
            raise StartError(
                f"{command[0]} cannot be started: {error.strerror}", hint="check MOTIA_NODE"
            ) from error
        try:
            return process.wait(timeout=limit_s)
        except subprocess.TimeoutExpired:
            raise StartError(
                f"{path.name} was still running after {limit_s:g} s and was stopped: {_tail(log)}",
                hint="a configuration file must only define values: no servers, no waiting",
            ) from None
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _tail(log: Path) -> str:
    text = log.read_text("utf-8", "replace").strip()
    return text[-_OUTPUT_CHARS_MAX:] or "it printed nothing"
