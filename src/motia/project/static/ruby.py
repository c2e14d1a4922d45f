"""Reads Ruby by its tokens.

Known as ours: `trigger` and `call` by themselves (unless the file defines a method of that name), and
those of `motia`, `Motia`, `ctx`, `context`, of a handler's context parameter, and of what is assigned
from one of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from motia.model import StepId
from motia.project.static.parts import Found, Part, attribute
from motia.project.static.ruby_blocks import ruby_blocks
from motia.project.static.ruby_tokens import ruby_tokens
from motia.project.static.sites import CONTEXT_NAMES, OPS, Declared, TriggerSite
from motia.project.static.tokens import Token

_OBJECTS: Final = CONTEXT_NAMES | {"Motia"}
_MAKERS: Final = {"api": 1, "event": 1, "cron": 0}
"""Which positional parameter of the handler is the context."""
_AFTER_TARGET: Final = frozenset(
    {",", ")", ";", "}", "do", "end", "if", "unless", "while", "until", "rescue", "and", "or", "then"}
)


def read_ruby(text: str, *, file: str, steps: Sequence[Declared]) -> list[TriggerSite]:
    """Trigger sites of one file, in order of their lines."""
    reader = _Reader(ruby_tokens(text))
    return attribute(reader.found(), reader.parts, file=file, steps=steps, places=reader.places(steps))


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._blocks = ruby_blocks(tokens)
        self._objects = set(_OBJECTS)
        self._own = {self._text(index + 1) for index, token in enumerate(tokens) if token.text == "def"}
        self._constants = self._read_constants()
        self.parts = [self._part(first, last) for first, last in self._statements()]

    def found(self) -> Iterator[Found]:
        """Calls whose target is known, in order."""
        for part in self.parts:
            self._objects |= self._aliases(part, is_top=True)
        for part in self.parts:
            objects = self._objects | self._aliases(part, is_top=False) | self._parameters(part)
            for index in range(part.first, part.last):
                if self._is_ours(index, objects):
                    target = self._target(index + 1)
                    if target:
                        yield Found(index, self._tokens[index].line, self._tokens[index].text, target)

    def places(self, steps: Sequence[Declared]) -> dict[StepId, int]:
        """Step to the token of its id in `id: "…"`, when that is written just once."""
        wanted = {step.id for step in steps}
        places: dict[str, list[int]] = {}
        for index in range(1, len(self._tokens)):
            before, token = self._tokens[index - 1], self._tokens[index]
            if token.value in wanted and before.kind == "label" and before.value == "id":
                places.setdefault(token.value or "", []).append(index)
        return {StepId(name): found[0] for name, found in places.items() if len(found) == 1}

    # statements

    def _statements(self) -> Iterator[tuple[int, int]]:
        first = index = 0
        while index < len(self._tokens):
            index = self._blocks.get(index, index)
            if index < len(self._tokens) and self._ends(index):
                if index > first:
                    yield first, index
                first = index + 1
            index += 1
        if first < len(self._tokens):
            yield first, len(self._tokens)

    def _ends(self, index: int) -> bool:
        token = self._tokens[index]
        if token.kind != "newline":
            return token.kind == "mark" and token.text == ";"
        before = self._tokens[index - 1] if index else token
        is_open = before.kind == "mark" and before.text not in (")", "]", "}", "|", "?", "!")
        return not is_open

    def _part(self, first: int, last: int) -> Part:
        tokens = self._tokens
        makes = frozenset(self._declared(first))
        uses = set()
        for index in range(first, last):
            token = tokens[index]
            is_member = self._text(index - 1) in (".", "&.", "def") and self._text(index - 2) != "self"
            if (token.kind in ("name", "constant") and not is_member) or (
                token.kind == "symbol" and self._text(index - 2) == "method"
            ):
                uses.add(token.value or token.text)
        return Part(first, last, tokens[first].line, tokens[last - 1].line, makes, frozenset(uses - makes))

    def _declared(self, first: int) -> Iterator[str]:
        word = self._text(first)
        while word in ("private", "public", "module_function", "private_class_method"):
            first += 1
            word = self._text(first)
        if word == "def":
            yield self._text(first + 3 if self._text(first + 2) == "." else first + 1)
        elif word in ("class", "module"):
            yield self._text(first + 1)
        elif self._text(first + 1) == "=":
            yield word

    def _read_constants(self) -> dict[str, str]:
        """Constants that are one literal text (frozen or not) and assigned once."""
        values: dict[str, list[str]] = {}
        for index, token in enumerate(self._tokens):
            if token.kind == "constant" and self._text(index + 1) == "=":
                value = self._tokens[index + 2] if index + 2 < len(self._tokens) else None
                is_frozen = self._text(index + 3) == "." and self._text(index + 4) == "freeze"
                after = self._tokens[index + (5 if is_frozen else 3) :][:1]
                is_whole = not after or after[0].kind == "newline" or after[0].text == ";"
                is_text = value is not None and value.kind in ("string", "symbol") and is_whole
                values.setdefault(token.text, []).append((value.value or "") if is_text and value else "")
        return {name: found[0] for name, found in values.items() if len(found) == 1}

    # names

    def _aliases(self, part: Part, *, is_top: bool) -> set[str]:
        """Names assigned from an object of ours, as `m` in `m = ctx.motia`."""
        found = set()
        for index in range(part.first, part.first + 1 if is_top else part.last):
            if self._text(index + 1) != "=" or self._tokens[index].kind not in ("name", "constant"):
                continue
            at = index + 2
            is_ours = self._text(at) in self._objects
            while self._text(at + 1) in (".", "&."):
                at += 2
                is_ours = self._text(at) == "motia"
            if is_ours and (at + 1 >= len(self._tokens) or self._tokens[at + 1].kind == "newline"):
                found.add(self._tokens[index].text)
        return found

    def _parameters(self, part: Part) -> set[str]:
        """The context parameter of each handler in the statement, whatever its name."""
        found = set()
        for index in range(part.first, part.last):
            wanted = _MAKERS.get(self._tokens[index].text)
            if wanted is None or self._tokens[index].kind != "name" or self._text(index - 1) == ".":
                continue
            at = index + 1
            while at < part.last and not (self._text(at) in ("do", "{") and self._text(at + 1) == "|"):
                at = self._blocks.get(at, at) + 1
            found |= self._parameter(at + 2, wanted, part.last)
        return found

    def _parameter(self, at: int, wanted: int, last: int) -> set[str]:
        number = 0
        while at < last and self._text(at) != "|":
            token = self._tokens[at]
            if number == wanted and token.kind == "name":
                return {token.text}
            number += token.text == "," and token.kind == "mark"
            at = self._blocks.get(at, at) + 1
        return set()

    # calls

    def _is_ours(self, index: int, objects: set[str]) -> bool:
        token = self._tokens[index]
        if token.kind != "name" or token.text not in OPS:
            return False
        if self._text(index - 1) not in (".", "&."):
            is_defined = self._text(index - 1) == "def" or token.text in self._own
            return not is_defined and self._text(index - 1) != "::"
        is_member = self._text(index - 3) in (".", "&.")
        owner = self._text(index - 2)
        return owner == "motia" if is_member else owner in objects

    def _target(self, index: int) -> str:
        if self._text(index) == "(":
            index += 1
        while self._text(index + 1) == "::":
            index += 2
        if index >= len(self._tokens):
            return ""
        after = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        if after is not None and after.kind != "newline" and after.text not in _AFTER_TARGET:
            return ""
        token = self._tokens[index]
        if token.kind == "constant":
            return self._constants.get(token.text, "")
        return token.value or "" if token.kind in ("string", "symbol") else ""

    def _text(self, index: int) -> str:
        """The text of a token that is code; empty outside the file."""
        return self._tokens[index].text if 0 <= index < len(self._tokens) else ""
