r"""Lone surrogates in JSON text, such as `"\ud800"`: decoders say of them that the text ends too early.

UTF-8 has no form for half of a character, so no value with one can be stored or sent on.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_ESCAPE: Final = re.compile(
    rb"""\\(?:
        u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}     # both halves
      | (?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})(?!(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z)
      | .
    )""",
    re.VERBOSE | re.DOTALL,
)


class Half(NamedTuple):
    """Half of a character, and the byte where its escape begins."""

    at: int
    reason: str


def half_in(data: bytes, error: Exception) -> Half | None:
    """The lone surrogate for which `data` was refused with `error`; None when it was for something else."""
    found = next((match for match in _ESCAPE.finditer(data) if match["half"]), None)
    byte = _BYTE.search(str(error))
    if found is None or (byte is not None and int(byte[1]) <= found.start()):
        return None
    return Half(found.start(), f"\\{found['half'].decode()} is half of a character, without its other half")
