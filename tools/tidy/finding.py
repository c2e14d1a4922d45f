"""What a check reports."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One offence. Two with one `key` are one entry of the ratchet, their amounts added."""

    check: str
    path: str
    """Relative to the repository."""
    line: int
    message: str
    name: str = ""
    """What in the file; makes the key independent of line numbers."""
    amount: int = 1
    """How bad, in the check's own unit (lines, occurrences)."""

    @property
    def key(self) -> str:
        """The ratchet's name for this offence."""
        return f"{self.check}:{self.path}:{self.name}" if self.name else f"{self.check}:{self.path}"
