"""Checks of the repository's shape: `python -m tools.tidy`.

What a newcomer relies on and no linter sees: the direction of imports, the size of things,
forbidden calls, a test beside each module. `make check` runs it; what exceeds a bound today stands
in `ratchet.json` and may only shrink.
"""

from tools.tidy.finding import Finding
from tools.tidy.repository import Repository, SourceFile
from tools.tidy.run import CHECKS, examine

__all__ = ["CHECKS", "Finding", "Repository", "SourceFile", "examine"]
