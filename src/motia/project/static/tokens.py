"""A token: the smallest piece of source that a reader looks at. Comments and white space are none."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple


class Token(NamedTuple):
    """`text` is as written, and for text literals `value` is what they say."""

    kind: str
    """name, number, string, regex, mark; in Ruby also constant, symbol, label and newline."""
    text: str
    line: int
    value: str | None = None
    """What a string or symbol says; None when it is put together at run time."""
    is_spaced: bool = False
    """White space stands before it."""


class Lines:
    """Line numbers, from 1, of positions in a text."""

    def __init__(self, text: str) -> None:
        """Note where the lines begin."""
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def at(self, position: int) -> int:
        """The line that holds `position`."""
        return bisect_right(self._starts, position)


def closing(tokens: list[Token], opening: str, closing_marks: str) -> dict[int, int]:
    """Index of each opening mark to the index of its closing one; what is never closed ends with the file."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text in ("${", "#{") or (token.text in opening and len(token.text) == 1):
            stack.append(index)
        elif token.text in closing_marks and stack:
            pairs[stack.pop()] = index
    pairs.update((index, len(tokens)) for index in stack)
    return pairs
