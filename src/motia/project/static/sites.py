"""What static reading finds, and whose it is: trigger sites, and the steps whose code reaches them.

Invariants
1. Only literal targets and module-level constants are sites; nothing is executed, nothing is guessed.
2. A site belongs to every step whose handler contains it or uses, directly or through others, the
   function of the same file that does. What no handler of the file reaches belongs to none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

import msgspec

from motia.model import Source, StepId

OPS: Final = frozenset({"trigger", "call"})
CONTEXT_NAMES: Final = frozenset({"motia", "ctx", "context"})
"""Names that stand for the engine or a handler's context wherever they are met."""
_Part = TypeVar("_Part", str, int)


class TriggerSite(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the source that triggers `target`. `steps` are those whose code reaches it, if known."""

    file: str
    line: int
    op: str
    """trigger or call"""
    target: str
    steps: tuple[StepId, ...] = ()


class Declared(NamedTuple):
    """A step as far as static reading needs it."""

    id: StepId
    source: Source


def reached_by(
    starts: Mapping[StepId, Iterable[_Part]], uses: Mapping[_Part, Iterable[_Part]]
) -> dict[_Part, tuple[StepId, ...]]:
    """Part of a file (a function, a statement) to the steps that reach it.

    Args:
        starts: The parts that hold a step's handler.
        uses: Part to the parts that it names.
    """
    reached: dict[_Part, list[StepId]] = {}
    for step, first in starts.items():
        todo, seen = list(first), set[_Part]()
        while todo:
            part = todo.pop()
            if part not in seen:
                seen.add(part)
                reached.setdefault(part, []).append(step)
                todo += uses[part]
    return {part: tuple(steps) for part, steps in reached.items()}
