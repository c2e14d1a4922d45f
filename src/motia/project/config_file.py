"""The project's configuration file: which one it is, and what its own language says it holds.

Invariants
1. The engine's process never runs the file: a short-lived process of its language does, in a
   process group of its own that is gone when this returns.
2. Only JSON comes back, through a file that nobody else can read; what it prints is kept apart.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from motia.model import StartError
from motia.project.discovery import CONFIG_NAMES
from motia.project.evaluation import (
    EVALUATION_LIMIT_S,
    EvaluationFailed,
    Export,
    FileExports,
    RuntimeMissing,
    evaluate,
    run_apart,
    tail,
)

CONFIG_BYTES_MAX: Final = 1024 * 1024
HINT: Final = "correct the file; it may hold only what JSON can: text, numbers, true, false, lists"

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
    if path.suffix == ".py":
        return _read_python(path, environ=environ, limit_s=limit_s)
    try:
        answer = evaluate("node", path.parent, [path.name], environ=environ, limit_s=limit_s)
    except RuntimeMissing as error:
        raise StartError(
            f"{path.name} needs Node.js: {error.message}",
            hint=f"{error.hint}; or write motia.config.py instead",
        ) from error
    except EvaluationFailed as error:
        raise StartError(error.message, hint=error.hint) from error
    return _config_of(path, answer.files.get(path.name, FileExports()))


def _config_of(path: Path, found: FileExports) -> dict[str, Any]:
    if found.error is not None:
        place = f"{path.name}:{found.error.line}" if found.error.line else path.name
        hint = HINT if "handler" in found.error.hint else found.error.hint
        raise StartError(f"{place}: {found.error.message}", hint=hint or HINT)
    export = found.exports.get("default") or found.exports.get("config")
    value = None if export is None else _plain(path, export, "config")
    if not isinstance(value, dict):
        raise StartError(
            f"{path.name}: it exports no object",
            hint="write export default {...} or module.exports = {...}",
        )
    return value


def _plain(path: Path, export: Export, place: str) -> Any:
    """The value of an export, all of which must be JSON."""
    if export.map is not None:
        return {name: _plain(path, inner, f"{place}.{name}") for name, inner in export.map.items()}
    if export.json is None:
        what = f"a {export.other or 'schema'}"
        raise StartError(f"{path.name}: {place} is {what}", hint=HINT)
    return msgspec.json.decode(export.json)


def _read_python(path: Path, *, environ: Mapping[str, str], limit_s: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="motia-config-") as directory:
        out = Path(directory) / "config.json"
        log = Path(directory) / "output"
        argv = [sys.executable, "-c", _PYTHON, str(path), str(out)]
        try:
            status = run_apart(
                argv, cwd=path.parent, log=log, environ=environ, limit_s=limit_s, what=path.name
            )
        except EvaluationFailed as error:
            raise StartError(error.message, hint=error.hint) from error
        if not out.is_file():
            raise StartError(
                f"{path.name} ended its process with status {status} before it was read: {tail(log)}",
                hint="a configuration file must only define values",
            )
        if out.stat().st_size > CONFIG_BYTES_MAX:
            raise StartError(
                f"{path.name} exports more than 1 MiB", hint="a configuration holds settings only"
            )
        answer = msgspec.json.decode(out.read_bytes(), type=_Answer)
    if answer.config is None:
        place = f"{path.name}:{answer.line}" if answer.line else path.name
        raise StartError(f"{place}: {answer.error.strip()}", hint=answer.hint or HINT)
    return answer.config
