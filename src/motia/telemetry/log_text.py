"""Which log lines have a text: in the message, in the fields, or as a field's value (`userId=42`).

Invariant: `has_text` and the patterns for SQLite find the same lines, with ASCII letters in any case. The Logs screen
has the same rule for what comes live (`workbench/src/features/logs/line.ts`).
"""

from __future__ import annotations

import json
import re
import string

FIELD = re.compile(r"([^\s=\"]{1,100})=(.*)", re.DOTALL)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def like(text: str) -> str:
    """The LIKE pattern of what has `text` somewhere, with a backslash as its escape."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def in_fields(text: str) -> tuple[str, ...]:
    """What to look for in the JSON of a line's fields; any of them is enough.

    `name=value` is also looked for as a field whose value begins so, whether it is text or not.
    """
    found = FIELD.fullmatch(text)
    if found is None:
        return (text,)
    name, value = (json.dumps(part, ensure_ascii=False) for part in found.groups())
    return (text, f"{name}:{found[2]}", f"{name}:{value[:-1]}")


def has_text(text: str, message: str, fields: str | None) -> bool:
    """Whether a line with this message and this JSON of fields, written without spaces, is found by `text`."""
    if text.translate(_LOWER) in message.translate(_LOWER):
        return True
    if fields is None:
        return False
    lower = fields.translate(_LOWER)
    return any(part.translate(_LOWER) in lower for part in in_fields(text))
