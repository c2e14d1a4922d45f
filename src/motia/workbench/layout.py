"""Where people put the steps in the flow graph: one small file in the data directory.

Invariants
1. The file is replaced as a whole: a reader sees the old one or the new one.
2. It is bounded: `POSITIONS_MAX` ids, finite coordinates up to `COORDINATE_MAX`.
3. A file that cannot be read counts as none: positions are a convenience.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from motia.model import CallerError, WorldError

POSITIONS_MAX = 5_000
ID_BYTES_MAX = 255
COORDINATE_MAX = 1_000_000.0
FILE_BYTES_MAX = 4 * 1024 * 1024


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the canvas, CSS pixels."""

    x: float
    y: float


class LayoutFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the file holds."""

    positions: dict[str, Position] = {}


class LayoutUnavailable(WorldError):
    """The positions could not be kept; those before are still there."""

    code = "layout-unavailable"


def read_positions(path: Path) -> dict[str, Position]:
    """The positions kept at `path`; none when there is no such file or it cannot be read."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(FILE_BYTES_MAX), type=LayoutFile).positions
    except (OSError, msgspec.MsgspecError):
        return {}


def write_positions(path: Path, positions: Mapping[str, Position]) -> None:
    """Keep `positions` in place of those before.

    Raises:
        LayoutUnavailable: The file cannot be written.
    """
    new = path.with_suffix(".new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(LayoutFile(positions=dict(positions))))
        new.replace(path)
    except OSError as error:
        raise LayoutUnavailable(
            f"the positions cannot be kept in {path.name}: {error.strerror}",
            hint="is the disk full? `motia doctor` looks",
        ) from error


def check_positions(positions: Mapping[str, Position]) -> None:
    """Refuse what would not fit the bounds.

    Raises:
        CallerError: Too many ids, an id that is no id, a coordinate out of range.
    """
    if len(positions) > POSITIONS_MAX:
        raise CallerError(f"{len(positions):,} positions are too many", hint=f"at most {POSITIONS_MAX:,}")
    for name, position in positions.items():
        if not 1 <= len(name.encode("utf-8", "replace")) <= ID_BYTES_MAX:
            raise CallerError(f"an id is empty or longer than {ID_BYTES_MAX} bytes")
        if not all(math.isfinite(at) and abs(at) <= COORDINATE_MAX for at in (position.x, position.y)):
            raise CallerError(f"the position of {name[:80]!r} is out of range")
