"""The project's `.env`: names and values for the environment, read, never written.

Grammar: `NAME=value` a line, `export ` before it allowed; `#` starts a comment at the start of a
line or after white space; a value in single quotes is taken as it is, one in double quotes knows
`\\n \\r \\t \\" \\\\ \\$`; both may go over several lines. Nothing is expanded: a `$` is a `$`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from motia.model import StartError

FILE_BYTES_MAX: Final = 1024 * 1024
_NAME = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=[ \t]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
_QUOTED: Final = {
    "'": re.compile(r"'([^']*)'"),
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
}
_REST = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")


def read_dotenv(path: Path) -> dict[str, str]:
    """The names and values in `path`, in order, a later one winning; empty when there is no file.

    Raises:
        StartError: The file cannot be read, or a line cannot; names file and line, never a value.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StartError(
            f"{path.name} cannot be read: {error.strerror}", hint=f"make {path} readable for this user"
        ) from error
    if len(raw) > FILE_BYTES_MAX:
        raise StartError(f"{path.name} is larger than 1 MiB", hint="it holds names and values, nothing else")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise StartError(f"{path.name}:{line}: not UTF-8", hint="save the file as UTF-8") from error
    return parse_dotenv(text, name=path.name)


def merge_dotenv(environ: Mapping[str, str], dotenv: Mapping[str, str]) -> dict[str, str]:
    """The environment with what `.env` adds; what is set already stays."""
    return {**dotenv, **environ}


def parse_dotenv(text: str, *, name: str = ".env") -> dict[str, str]:
    """The names and values in `text`; see `read_dotenv`."""
    values: dict[str, str] = {}
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        if not line.strip() or line.lstrip().startswith("#"):
            at += len(line) + 1
            continue
        number = text.count("\n", 0, at) + 1
        match = _NAME.match(text, at)
        if match is None or match.end() > at + len(line):
            raise StartError(
                f"{name}:{number}: this line is no NAME=value",
                hint="write NAME=value; a name has letters, digits and _; put values with line breaks in quotes",
            )
        values[match[1]], at = _value(text, match.end(), name=name, line=number)
    return values


def _value(text: str, at: int, *, name: str, line: int) -> tuple[str, int]:
    quote = text[at : at + 1]
    if quote not in _QUOTED:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        return re.split(r"(?:^|\s)#", text[at:end], maxsplit=1)[0].strip(), end + 1
    match = _QUOTED[quote].match(text, at)
    if match is None:
        raise StartError(
            f"{name}:{line}: the quote {quote} is never closed", hint=f"end the value with {quote}"
        )
    rest = _REST.match(text, match.end())
    if rest is None:
        raise StartError(
            f"{name}:{line}: there is something after the closing quote",
            hint="put the whole value in quotes, or start a comment with #",
        )
    value = match[1]
    if quote == '"':
        value = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), value)
    return value, rest.end()
