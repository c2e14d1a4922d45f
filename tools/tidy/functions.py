"""Functions of TypeScript and Ruby files, with their lengths: those with a body of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from motia.project.static.javascript_tokens import javascript_tokens
from motia.project.static.ruby_blocks import ruby_blocks
from motia.project.static.ruby_tokens import ruby_tokens
from motia.project.static.tokens import Token, closing

NOT_FUNCTIONS = frozenset({"if", "for", "while", "switch", "catch", "with"})
"""Words before `(…) {` that make a statement of it."""


class Function(NamedTuple):
    """A function, from its name (or first parameter) to the end of its body."""

    name: str
    line: int
    lines: int


def typescript_functions(text: str) -> Iterator[Function]:
    """Functions, methods and arrow functions whose body is a block, in order; those within others too."""
    tokens = javascript_tokens(text)
    ends = closing(tokens, "([{", ")]}")
    for index, token in enumerate(tokens):
        if token.kind != "mark" or token.text != "(" or index not in ends:
            continue
        before = tokens[index - 1] if index else token
        if before.text in NOT_FUNCTIONS:
            continue
        body = _body(tokens, ends, ends[index] + 1)
        if body is not None and ends[body] < len(tokens):
            first = before if before.kind == "name" else token
            yield Function(_name(tokens, index), first.line, tokens[ends[body]].line - first.line + 1)


def ruby_functions(text: str) -> Iterator[Function]:
    """Methods that an `end` closes, in order."""
    tokens = ruby_tokens(text)
    for index, end in sorted(ruby_blocks(tokens).items()):
        if tokens[index].text == "def" and end < len(tokens):
            at = index + 3 if tokens[index + 2].text == "." else index + 1
            line = tokens[index].line
            yield Function(tokens[at].text, line, tokens[end].line - line + 1)


def _body(tokens: list[Token], ends: dict[int, int], index: int) -> int | None:
    """The `{` of the body that follows a list of parameters, behind a return type and an arrow."""
    is_typed = index < len(tokens) and tokens[index].text == ":"
    while index < len(tokens):
        token, before = tokens[index], tokens[index - 1].text
        if token.text == "{" and not (is_typed and before in (":", "|", "&", "<", ",", "is")):
            return index
        if token.text != "=>" and not is_typed:
            return None
        if token.text in (";", ",", ")", "]", "}", "=", "?"):
            return None
        is_typed = is_typed and token.text != "=>"
        index = ends.get(index, index) + 1
    return None


def _name(tokens: list[Token], index: int) -> str:
    """`name(…)`, `name<T>(…)`, or the constant or property that a function is given to."""
    at = index - 1
    while at >= 0 and tokens[at].text in ("async", "function", "=", ":", "*", ">"):
        if tokens[at].text == ">":
            while at > 0 and tokens[at].text != "<":
                at -= 1
        at -= 1
    return tokens[at].text if at >= 0 and tokens[at].kind == "name" else "(anonymous)"
