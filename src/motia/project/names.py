"""What may be an id or a topic, and the closest known name to one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from motia.model import ID_BYTES_MAX

NAME_HINT: Final = 'a topic is printable text without spaces, such as "order.placed"'
_CLOSE_MAX: Final = 3


def name_reason(name: str) -> str:
    """Why `name` can be no id and no topic, as the end of a sentence; empty when it can."""
    if not name:
        return "is empty"
    if not name.isprintable() or any(char.isspace() for char in name):
        return "has white space or control characters in it"
    size = len(name.encode("utf-8", "surrogatepass"))
    return f"is {size} bytes long; {ID_BYTES_MAX} is the limit" if size > ID_BYTES_MAX else ""


def close_to(name: str, known: Iterable[str]) -> str:
    """A question that names up to three known names like `name`; empty when none is."""
    close = difflib.get_close_matches(name, list(known), n=_CLOSE_MAX, cutoff=0.6)
    return f"did you mean {' or '.join(repr(found) for found in close)}?" if close else ""
