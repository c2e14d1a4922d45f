"""Stacks for the terminal: what deep recursion repeats is said once, with how often it comes."""

from __future__ import annotations

import re
from typing import Final

BLOCK_LINES_MAX: Final = 12
"""Lines of the longest block that is looked for: a circle of so many calls is folded."""
REPEATS_MIN: Final = 4
"""Fewer in a row are shown as they are."""
BLOCKS_SHOWN: Final = 2
_PLACE: Final = re.compile(r'File "[^"]+", line \d+|^\s*at .*:\d+|\.rb:\d+')


def folded(stack: str) -> str:
    """`stack` with blocks of lines that repeat, in any language's form, shown twice and then counted."""
    lines = stack.split("\n")
    shown: list[str] = []
    at = 0
    while at < len(lines):
        size, repeats = _block_at(lines, at)
        if repeats < REPEATS_MIN:
            shown.append(lines[at])
            at += 1
            continue
        frames = sum(1 for line in lines[at : at + size] if _PLACE.search(line)) or size
        shown += lines[at : at + size * BLOCKS_SHOWN]
        shown.append(f"  {_fold_text(repeats - BLOCKS_SHOWN, frames)}")
        at += size * repeats
    return "\n".join(shown)


def _block_at(lines: list[str], at: int) -> tuple[int, int]:
    """The shortest block from `at` on that comes often enough, and how often it comes in a row."""
    for size in range(1, BLOCK_LINES_MAX + 1):
        end = at + size
        while end < len(lines) and lines[end] == lines[end - size]:
            end += 1
        if (repeats := (end - at) // size) >= REPEATS_MIN:
            return size, repeats
    return 1, 1


def _fold_text(times: int, frames: int) -> str:
    if frames == 1:
        return f"… {times} more of the same"
    return f"… {times} more rounds of the same {frames} frames"
