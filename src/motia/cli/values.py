"""Reads JSON values and instants from the command line."""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

from motia.cli.errors import CommandError

EXAMPLE = '{"name": "Ada"}'
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?")
UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, None: 1_000}


def read_json(text: str, *, option: str) -> Any:
    """The JSON value of an argument; `@file` reads a file, `-` standard input.

    Raises:
        CommandError: It is not JSON; the message has the place.
    """
    source, content = option, text
    if text == "-":
        source, content = "standard input", sys.stdin.read()
    elif text.startswith("@"):
        source, content = text[1:], Path(text[1:]).read_text("utf-8")
    try:
        value = json.loads(content, parse_constant=_refuse_constant, parse_float=_finite)
        if "\\u" in content:
            _check_text(value)
        return value
    except (ValueError, RecursionError) as error:
        name = f"{option} " if option.startswith("--") else ""
        raise CommandError(
            f"{source} is not JSON: {error}",
            hint=f"quote it for the shell: {name}'{EXAMPLE}'; @FILE reads a file, - standard input",
        ) from error


def read_duration_ms(text: str, *, option: str) -> int:
    """Milliseconds of `500ms`, `30s`, `5m`, `2h`, `1d`, or of seconds without a unit.

    Raises:
        CommandError: It is none of these.
    """
    match = DURATION.fullmatch(text.strip())
    if match is None:
        raise CommandError(f"{option} {text!r} is no duration", hint="write 500ms, 30s, 5m, 2h or 1d")
    return round(float(match[1]) * UNIT_MS[match[2]])


def _check_text(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = ord(error.object[error.start])
        raise ValueError(f"\\u{half:04x} is half of a character") from None


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large for a number")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
