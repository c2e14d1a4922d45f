"""Where the blocks of Ruby begin and end: brackets, and words that an `end` closes."""

from __future__ import annotations

from typing import Final

from motia.project.static.tokens import Token

_ALWAYS: Final = frozenset({"class", "module", "begin", "case", "do"})
_AT_STATEMENT: Final = frozenset({"if", "unless", "while", "until", "for"})
"""Open a block at the start of an expression; behind an operand they are modifiers."""
_LOOPS: Final = frozenset({"while", "until", "for"})
_EXPRESSION_BEFORE: Final = frozenset({"then", "do", "else", "begin", "ensure", "and", "or", "not"})
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}", "#{": "}"}


def ruby_blocks(tokens: list[Token]) -> dict[int, int]:
    """Index of what opens to the index of what closes it; what is never closed ends with the file."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    headers: set[int] = set()  # loops whose own `do` has not come yet
    for index, token in enumerate(tokens):
        if token.kind == "newline":
            headers.clear()
        elif token.kind == "mark" and token.text in _BRACKETS:
            stack.append(index)
        elif token.kind == "mark" and token.text in (")", "]", "}"):
            _close(
                stack,
                pairs,
                index,
                tokens,
                {opening for opening, end in _BRACKETS.items() if end == token.text},
            )
        elif token.kind == "name" and not _is_name_only(tokens, index):
            if token.text == "end":
                _close(stack, pairs, index, tokens, None)
            elif token.text == "do" and stack and stack[-1] in headers:
                headers.discard(stack[-1])
            elif _opens(tokens, index):
                stack.append(index)
                if token.text in _LOOPS:
                    headers.add(index)
    pairs.update((index, len(tokens)) for index in stack)
    return pairs


def _close(
    stack: list[int], pairs: dict[int, int], index: int, tokens: list[Token], openings: set[str] | None
) -> None:
    """Close the innermost that fits; what stands open above it was misread and ends here too."""
    for place in range(len(stack) - 1, -1, -1):
        text = tokens[stack[place]].text
        if (text in openings) if openings is not None else (text not in _BRACKETS):
            for opening in stack[place:]:
                pairs[opening] = index
            del stack[place:]
            return


def _is_name_only(tokens: list[Token], index: int) -> bool:
    """Whether a keyword stands where it is only a name: a method called, or one defined."""
    before = tokens[index - 1] if index else None
    return before is not None and before.kind != "string" and before.text in (".", "&.", "def")


def _opens(tokens: list[Token], index: int) -> bool:
    text = tokens[index].text
    if text == "def":
        return not _is_endless(tokens, index)
    if text in _ALWAYS:
        return True
    return text in _AT_STATEMENT and _begins_expression(tokens[index - 1] if index else None)


def _begins_expression(before: Token | None) -> bool:
    if before is None or before.kind in ("newline", "label"):
        return True
    if before.kind == "mark":
        return before.text not in (")", "]", "}")
    return before.kind == "name" and before.text in _EXPRESSION_BEFORE


def _is_endless(tokens: list[Token], index: int) -> bool:
    """`def name(…) = expression`, which no `end` closes."""
    at = index + 1
    if [token.text for token in tokens[at + 1 : at + 2]] == ["."]:
        at += 2
    at += 1
    if at < len(tokens) and tokens[at].text == "(":
        depth = 0
        while at < len(tokens):
            depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
            at += 1
            if depth == 0:
                break
    return at < len(tokens) and tokens[at].text == "=" and tokens[at].is_spaced
