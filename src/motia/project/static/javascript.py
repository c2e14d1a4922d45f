"""Reads JavaScript and TypeScript by their tokens.

Known as ours: the global `motia`, what is imported or required from `@motia/core` (renamed or whole),
`ctx` and `context`, the context parameter of a handler whatever its name, and what is taken out of any
of these (`const { trigger: send } = ctx.motia`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from motia.model import StepId
from motia.project.static.javascript_tokens import OPERATOR_WORDS, javascript_tokens
from motia.project.static.parts import Found, Part, attribute
from motia.project.static.sites import CONTEXT_NAMES, OPS, Declared, TriggerSite
from motia.project.static.tokens import Token, closing

PACKAGE: Final = "@motia/core"
_MAKERS: Final = frozenset({"api", "event", "cron", "noop"})
_DECLARES: Final = frozenset({"const", "let", "var"})
_INFIX_WORDS: Final = frozenset(
    {"as", "satisfies", "in", "of", "instanceof", "else", "catch", "finally", "from"}
)
_TYPE_TOKENS_MAX: Final = 200


def read_javascript(text: str, *, file: str, steps: Sequence[Declared]) -> list[TriggerSite]:
    """Trigger sites of one module, in order of their lines."""
    reader = _Reader(javascript_tokens(text))
    return attribute(reader.found(), reader.parts, file=file, steps=steps, places=reader.places(steps))


class _Names:
    """What stands for the engine in a scope: objects that have `trigger`, and functions by themselves."""

    def __init__(self) -> None:
        self.objects: set[str] = set()
        self.functions: dict[str, str] = {}
        self.modules: set[str] = set()
        """Names of the whole package: `core.trigger`, `core.motia.trigger`."""


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._closing = closing(tokens, "([{", ")]}")
        self._global = _Names()
        self._global.objects |= CONTEXT_NAMES
        self._constants: dict[str, str] = {}
        self._makers: dict[str, str] = {}
        self.parts: list[Part] = []
        for first, last in self._statements():
            self.parts.append(self._part(first, last))
        self._hidden = self._rebound()

    def found(self) -> Iterator[Found]:
        """Calls whose target is known, in order."""
        for part in self.parts:
            self._read_bindings(part.first, part.last, self._global, depth_max=0)
        for part in self.parts:
            own = self._names_inside(part)
            for index in range(part.first, part.last):
                yield from self._call_at(index, own)

    def places(self, steps: Sequence[Declared]) -> dict[StepId, int]:
        """Step to the token of its id in `id: '…'`, when that is written just once."""
        wanted = {step.id for step in steps}
        places: dict[str, list[int]] = {}
        for index in range(2, len(self._tokens)):
            value = self._tokens[index].value
            if value in wanted and self._texts(index - 2, 2) == ("id", ":"):
                places.setdefault(value, []).append(index)
        return {StepId(name): found[0] for name, found in places.items() if len(found) == 1}

    # statements

    def _statements(self) -> Iterator[tuple[int, int]]:
        tokens, first, index = self._tokens, 0, 0
        while index < len(tokens):
            if index > first and self._begins(index):
                yield first, index
                first = index
            index = self._closing.get(index, index)
            if index < len(tokens) and tokens[index].text == ";" and tokens[index].kind == "mark":
                yield first, index + 1
                first = index + 1
            index += 1
        if first < len(tokens):
            yield first, len(tokens)

    def _begins(self, index: int) -> bool:
        """Whether a statement begins here: a new line between two things that cannot be one expression."""
        before, token = self._tokens[index - 1], self._tokens[index]
        if token.line == before.line or (token.kind == "name" and token.text in _INFIX_WORDS):
            return False
        is_operand = token.kind != "mark"
        is_after_operand = (
            before.text in (")", "]", "}")
            if before.kind == "mark"
            else before.kind != "name" or before.text not in OPERATOR_WORDS | {"export", "async", "declare"}
        )
        return is_operand and is_after_operand

    def _part(self, first: int, last: int) -> Part:
        tokens = self._tokens
        makes = set(self._declared(first, last))
        uses = {
            tokens[index].text
            for index in range(first, last)
            if tokens[index].kind == "name" and not self._is_member(index)
        }
        return Part(
            first, last, tokens[first].line, tokens[last - 1].line, frozenset(makes), frozenset(uses - makes)
        )

    def _is_member(self, index: int) -> bool:
        """Whether the name is a property or the key of an object, and so no use of a variable."""
        before = self._texts(index - 1, 1)
        return before in ((".",), ("?.",)) or (
            before in (("{",), (",",)) and self._texts(index + 1, 1) == (":",)
        )

    def _declared(self, first: int, last: int) -> Iterator[str]:
        tokens, index = self._tokens, first
        while index < last and tokens[index].text in ("export", "default", "async", "declare", "abstract"):
            index += 1
        if index >= last:
            return
        word = tokens[index].text
        if word in ("function", "class", "enum", "namespace"):
            index += 2 if self._texts(index + 1, 1) == ("*",) else 1
            if index < last and tokens[index].kind == "name":
                yield tokens[index].text
        elif word in _DECLARES:
            yield from self._declarators(index + 1, last)
            if word == "const" and self._texts(index + 2, 1) == ("=",):
                self._read_constant(index + 1, index + 3)
            elif word == "const" and self._texts(index + 2, 1) == (":",):
                self._read_constant(index + 1, index + 5)  # const TARGET: string = …

    def _declarators(self, index: int, last: int) -> Iterator[str]:
        """Names that `const`, `let` or `var` makes, those of a pattern included."""
        is_target = True
        while index < last:
            token = self._tokens[index]
            if is_target and token.kind == "name":
                yield token.text
            elif is_target and token.text == "{":
                yield from (name for _, name in self._pattern(index))
            is_target = token.text == "," and token.kind == "mark"
            index = self._closing.get(index, index) + 1

    def _read_constant(self, name: int, value: int) -> None:
        tokens = self._tokens
        if value < len(tokens) and tokens[value - 1].text == "=" and tokens[value].value is not None:
            after = tokens[value + 1] if value + 1 < len(tokens) else None
            if after is None or after.text in (";", ",", "as") or after.line > tokens[value].line:
                self._constants[tokens[name].text] = tokens[value].value or ""

    def _rebound(self) -> frozenset[str]:
        """Names of constants that something inside the file binds anew: not known then."""
        seen: dict[str, int] = {}
        for index, token in enumerate(self._tokens):
            if token.text in self._constants and token.kind == "name":
                is_declared = index > 0 and self._tokens[index - 1].text in _DECLARES
                is_parameter = self._is_parameter(index)
                seen[token.text] = seen.get(token.text, 0) + (is_declared or is_parameter)
        return frozenset(name for name, times in seen.items() if times > 1)

    def _is_parameter(self, index: int) -> bool:
        """Whether the name stands in a list of parameters: `(…) =>`, `(…) {`, or alone before `=>`."""
        if self._texts(index + 1, 1) == ("=>",):
            return True
        depth = index
        while depth > 0 and index - depth < _TYPE_TOKENS_MAX:
            depth -= 1
            if self._tokens[depth].text == "(" and self._closing.get(depth, 0) > index:
                return self._body_follows(self._closing[depth]) and self._tokens[depth - 1].text not in (
                    "if", "while", "for", "switch", "with",
                )  # fmt: skip
        return False

    def _body_follows(self, end: int) -> bool:
        return self._texts(end + 1, 1) in (("=>",), ("{",))

    # names

    def _read_bindings(self, first: int, last: int, names: _Names, *, depth_max: int | None = None) -> None:
        index = first
        while index < last:
            token = self._tokens[index]
            if token.kind == "name" and token.text == "import":
                self._read_import(index, last)
            elif token.kind == "name" and token.text in _DECLARES:
                self._read_declaration(index + 1, names)
            index = self._closing.get(index, index) + 1 if depth_max == 0 else index + 1

    def _read_import(self, index: int, last: int) -> None:
        tokens, at = self._tokens, index + 1
        while at < last and tokens[at].value is None and at - index < _TYPE_TOKENS_MAX:
            at += 1
        if at >= last or tokens[at].value != PACKAGE:
            return
        for number in range(index + 1, at):
            text = tokens[number].text
            if text == "{":
                self._take(self._pattern(number, rename="as"), self._global)
            elif text == "*" and self._texts(number + 1, 1) == ("as",):
                self._global.modules.add(tokens[number + 2].text)
            elif number == index + 1 and tokens[number].kind == "name" and text != "type":
                self._global.modules.add(text)

    def _read_declaration(self, index: int, names: _Names) -> None:
        """`const { trigger: send } = ctx.motia`, `const m = ctx.motia`, `const send = motia.trigger`."""
        tokens = self._tokens
        if index >= len(tokens):
            return
        end = self._closing.get(index, index)
        if self._texts(end + 1, 1) != ("=",):
            return
        kind = self._kind_of(end + 2, names)
        if tokens[index].text == "{":
            self._take(self._pattern(index) if kind in ("module", "object") else iter(()), names)
        elif kind == "module":
            names.modules.add(tokens[index].text)
        elif kind == "object":
            names.objects.add(tokens[index].text)
        elif kind:
            names.functions[tokens[index].text] = kind

    def _kind_of(self, index: int, names: _Names) -> str:
        """What the expression at `index` is: module, object, trigger, call, or empty for something else."""
        while self._texts(index, 1) == ("await",):
            index += 1
        if self._texts(index, 2) in (("require", "("), ("import", "(")):
            is_ours = self._tokens[index + 2].value == PACKAGE if index + 2 < len(self._tokens) else False
            return "module" if is_ours else ""
        kind, behind = self._chain(index, names)
        return "" if self._texts(behind, 1) in (("(",), ("<",), ("?.",)) else kind

    def _chain(self, index: int, names: _Names) -> tuple[str, int]:
        """What a chain such as `ctx.motia.trigger` is, and the index behind it."""
        if index >= len(self._tokens) or self._tokens[index].kind != "name":
            return "", index
        name = self._tokens[index].text
        kind = names.functions.get(name) or self._global.functions.get(name, "")
        if name in names.modules or name in self._global.modules:
            kind = "module"
        elif name in names.objects or name in self._global.objects:
            kind = "object"
        index += 1
        while True:
            at = index + 1 if self._texts(index, 1) == ("!",) else index
            if self._texts(at, 1) not in ((".",), ("?.",)):
                return kind, index
            if at + 1 >= len(self._tokens) or self._tokens[at + 1].kind != "name":
                return "", index
            member = self._tokens[at + 1].text
            is_op = kind in ("module", "object") and member in OPS
            kind = "object" if member == "motia" else member if is_op else ""
            index = at + 2

    def _take(self, pattern: Iterator[tuple[str, str]], names: _Names) -> None:
        for exported, name in pattern:
            if exported in OPS:
                names.functions[name] = exported
            elif exported == "motia":
                names.objects.add(name)
            elif exported in _MAKERS:
                self._makers[name] = exported

    def _pattern(self, opening: int, *, rename: str = ":") -> Iterator[tuple[str, str]]:
        """Pairs of member and name of `{ trigger, call: ask }` (or `call as ask` in an import)."""
        index, end = opening + 1, self._closing.get(opening, len(self._tokens))
        while index < end:
            token = self._tokens[index]
            is_type_only = token.text == "type" and index + 1 < end and self._tokens[index + 1].kind == "name"
            if (
                not is_type_only
                and token.kind == "name"
                and self._tokens[index - 1].text in ("{", ",", "type")
            ):
                is_renamed = self._texts(index + 1, 1) == (rename,) and index + 2 < end
                yield token.text, self._tokens[index + 2 if is_renamed else index].text
            index = self._closing.get(index, index) + 1

    def _names_inside(self, part: Part) -> _Names:
        names = _Names()
        for index in range(part.first, part.last):
            token = self._tokens[index]
            if token.text == "Context" and self._texts(index - 1, 1) == (":",):
                self._add_context(index - 2, names)
            elif token.kind == "name" and self._texts(index + 1, 1) in (("(",), ("<",)):
                self._read_maker(index, part.last, names)
        self._read_bindings(part.first, part.last, names)
        return names

    def _read_maker(self, index: int, last: int, names: _Names) -> None:
        """The context parameter of the handler in `event({…}, async (payload, c) => …)`."""
        name = self._tokens[index].text
        maker = name if name in _MAKERS and self._is_of_module(index) else self._makers.get(name)
        if maker is None:
            return
        opening = self._after_types(index + 1)
        at = self._closing.get(opening + 1, opening + 1) + 1  # behind the options
        if self._texts(at, 1) != (",",):
            return
        at += 1
        while self._texts(at, 1) in (("async",), ("function",), ("*",)):
            at += 1
        if at < last and self._tokens[at].kind == "name" and self._texts(at + 1, 1) == ("(",):
            at += 1  # function named(…)
        if self._texts(at, 1) != ("(",):
            if maker == "cron" and at < last and self._texts(at + 1, 1) == ("=>",):
                self._add_context(at, names)
            return
        wanted, number, at = (0 if maker == "cron" else 1), 0, at + 1
        while at < last and self._tokens[at].text != ")":
            if number == wanted:
                self._add_context(at, names)
                return
            number += self._tokens[at].text == ","
            at = self._closing.get(at, at) + 1

    def _is_of_module(self, index: int) -> bool:
        return self._texts(index - 1, 1) == (".",) and self._tokens[index - 2].text in self._global.modules

    def _add_context(self, index: int, names: _Names) -> None:
        if index < 0:
            return
        if self._tokens[index].kind == "name":
            names.objects.add(self._tokens[index].text)
        elif self._tokens[index].text in ("{", "}"):
            opening = index
            if self._tokens[index].text == "}":
                opening = next((o for o, c in self._closing.items() if c == index), index)
            self._take(self._pattern(opening), names)

    # calls

    def _call_at(self, index: int, names: _Names) -> Iterator[Found]:
        token = self._tokens[index]
        if token.kind != "name" or (index and self._tokens[index - 1].text in ("function", "new")):
            return
        is_inside = index > 0 and self._tokens[index - 1].text in (".", "?.")
        if is_inside and (token.text != "motia" or self._is_read_already(index)):
            return
        op, behind = self._chain(index, names)
        if op not in OPS:
            return
        opening = self._after_types(behind)
        if self._texts(opening, 1) == ("?.",):
            opening += 1
        if self._texts(opening, 1) == ("(",):
            target = self._target(opening + 1)
            if target:
                yield Found(index, self._tokens[index].line, op, target)

    def _is_read_already(self, index: int) -> bool:
        """Whether the chain that `index` is in begins with a name (`get().motia.trigger` does not)."""
        while index > 1 and self._tokens[index - 1].text in (".", "?."):
            index -= 2
        return self._tokens[index].kind == "name"

    def _after_types(self, index: int) -> int:
        """The index behind `<Type, …>` when that stands before a `(`, else `index`."""
        if self._texts(index, 1) != ("<",):
            return index
        depth = 0
        for at in range(index, min(index + _TYPE_TOKENS_MAX, len(self._tokens))):
            depth += {"<": 1, ">": -1}.get(self._tokens[at].text, 0)
            if depth == 0:
                return at + 1
        return index

    def _target(self, index: int) -> str:
        if index >= len(self._tokens):
            return ""
        token = self._tokens[index]
        if self._texts(index + 1, 1) not in ((",",), (")",), ("as",)):
            return ""
        if token.kind == "name" and token.text not in self._hidden:
            return self._constants.get(token.text, "")
        return token.value or ""

    def _texts(self, index: int, count: int) -> tuple[str, ...]:
        return tuple(token.text for token in self._tokens[index : index + count]) if index >= 0 else ()
