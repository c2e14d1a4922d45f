"""What the command line itself refuses, and how any error is told to a person or a program."""

from __future__ import annotations

import json
import os
import traceback
from typing import Any

import click

from motia.model import CallerError, MotiaError

DEBUG_VARIABLE = "MOTIA_DEBUG"


class CommandError(CallerError):
    """A command cannot do what was asked; nothing was changed unless the message says so."""

    code = "command-failed"


class ControlError(MotiaError):
    """The engine's control API refused; `code`, message and hint are the engine's own."""

    code = "control-refused"

    def __init__(self, message: str, *, code: str, status: int, hint: str = "", details: Any = None) -> None:
        super().__init__(message, hint=hint, details=details)
        self.refusal = code
        self.http_status = status


def report(error: Exception, *, as_json: bool) -> None:
    """Tell of `error` on standard error: what happened, where, what to do. No traceback unless MOTIA_DEBUG is set."""
    if os.environ.get(DEBUG_VARIABLE):
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    described = describe(error)
    if as_json:
        click.echo(json.dumps({"error": described}, default=str), err=True)
        return
    click.echo(f"{click.style('error:', fg='red', bold=True)} {described['message']}", err=True)
    for problem in _problems(described.get("details")):
        if problem not in described["message"]:
            click.echo(f"  {problem}", err=True)
    if described["hint"]:
        click.echo(f"{click.style('hint:', fg='cyan')} {described['hint']}", err=True)


def describe(error: Exception) -> dict[str, Any]:
    """`code`, `message`, `hint` and, when there are any, `details`."""
    if isinstance(error, MotiaError):
        code = error.refusal if isinstance(error, ControlError) else error.code
        told: dict[str, Any] = {"code": code, "message": error.message, "hint": error.hint}
        return told | ({"details": error.details} if error.details else {})
    if isinstance(error, OSError) and error.filename:
        message = f"{error.filename}: {error.strerror}"
        return {"code": "operating-system", "message": message, "hint": "check the path and its permissions"}
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        shown = error.object.encode("utf-8", "backslashreplace").decode()
        return {
            "code": "command-failed",
            "message": f"{shown} is not UTF-8",
            "hint": "arguments are UTF-8 text",
        }
    return {
        "code": "internal-error",
        "message": f"{type(error).__name__}: {error}",
        "hint": f"this is a fault of Motia: set {DEBUG_VARIABLE}=1 for the traceback and report it",
    }


def _problems(details: Any) -> list[str]:
    """Lines for the places that a refusal names (`{path, message, where}`, or faults)."""
    if not isinstance(details, list):
        return []
    lines = []
    for entry in details:
        if isinstance(entry, dict) and "message" in entry:
            place = entry.get("path") or entry.get("file") or ""
            if entry.get("file") and entry.get("line"):
                place = f"{entry['file']}:{entry['line']}"
            where = " ".join(str(part) for part in (entry.get("where", ""), place) if part)
            lines.append(f"{where}: {entry['message']}" if where else str(entry["message"]))
    return lines
