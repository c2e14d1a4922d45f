"""JavaScript and TypeScript as tokens: strings, templates, comments and regular expressions told apart.

Never raises: what is cut off ends with the text. A `/` after an operand divides, elsewhere it opens a
regular expression; after `)` and `}` the bracket that opens decides.
"""

from __future__ import annotations

import re
from typing import Final

from motia.project.static.tokens import Lines, Token

_SPACE = re.compile(r"[\s\ufeff]+|//[^\n\u2028\u2029]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_NAME = re.compile(r"[#@]?[^\W\d][\w$]*|[#@]?\$[\w$]*")
_NUMBER = re.compile(r"(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)n?")
_STRING = re.compile(r"""'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?""", re.DOTALL)
_TEMPLATE = re.compile(r"(?:[^`\\$]+|\\.|\$(?!\{))*", re.DOTALL)
_REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+/[a-zA-Z]*")
_MARK = re.compile(r"=>|\?\.(?!\d)|\.\.\.|[=!]==?|&&=?|\|\|=?|\?\?=?|\+\+|--|[-+*/%&|^<>]=|.", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_ESCAPED_NOTHING: Final = frozenset({"\n", "\r\n", "\r", "\u2028", "\u2029"})
OPERATOR_WORDS: Final = frozenset(
    [
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "delete",
        "void",
        "throw",
        "new",
        "else",
        "do",
        "instanceof",
        "yield",
        "await",
        "default",
        "extends",
    ]
)
"""Words that an operand follows."""
_PAREN_WORDS: Final = frozenset({"if", "while", "for", "with"})
_BLOCK_BEFORE: Final = frozenset({")", ";", "{", "}", "=>"})
_BLOCK_WORDS: Final = frozenset({"else", "do", "try", "finally"})


def javascript_tokens(text: str) -> list[Token]:
    """The tokens of `text` in order. A template with substitutions is a string without value, then them."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Lines(text)
        self._tokens: list[Token] = []
        self._open: list[tuple[str, bool]] = []
        """Opening mark, and whether a statement (not an operand) ends where it closes."""
        self._ended_statement = True
        self._at = 0

    def run(self) -> list[Token]:
        if self._text.startswith("#!"):
            self._at = (self._text + "\n").index("\n")
        while self._at < len(self._text):
            space = _SPACE.match(self._text, self._at)
            if space:
                self._at = space.end()
            else:
                self._one()
        return self._tokens

    def _one(self) -> None:
        char = self._text[self._at]
        spaced = bool(self._tokens) and self._at > 0 and self._text[self._at - 1].isspace()
        if char in "'\"":
            found = _STRING.match(self._text, self._at)
            assert found is not None
            self._add("string", found.end(), spaced, _unescaped(found[0][1:].removesuffix(char)))
        elif char == "`":
            self._template(self._at, spaced)
        elif char == "}" and self._open and self._open[-1][0] == "${":
            self._open.pop()
            self._add("mark", self._at + 1, spaced)
            self._template_rest()
        elif name := _NAME.match(self._text, self._at):
            self._add("name", name.end(), spaced)
        elif char.isdigit() or (char == "." and self._text[self._at + 1 : self._at + 2].isdigit()):
            number = _NUMBER.match(self._text, self._at)
            self._add("number", number.end() if number else self._at + 1, spaced)
        elif char == "/" and self._expects_operand() and (regex := _REGEX.match(self._text, self._at)):
            self._add("regex", regex.end(), spaced)
        else:
            self._mark(spaced)

    def _add(self, kind: str, end: int, spaced: bool, value: str | None = None) -> None:
        line = self._lines.at(self._at)
        self._tokens.append(Token(kind, self._text[self._at : end], line, value, spaced))
        self._at = end

    def _mark(self, spaced: bool) -> None:
        found = _MARK.match(self._text, self._at)
        assert found is not None
        mark = found[0]
        if mark in "([{":
            self._open.append((mark, self._opens_statement(mark)))
        elif mark in ")]}" and self._open:
            self._ended_statement = self._open.pop()[1]
        self._add("mark", found.end(), spaced)

    def _opens_statement(self, mark: str) -> bool:
        before = self._tokens[-1] if self._tokens else None
        if mark == "(":
            return before is not None and before.kind == "name" and before.text in _PAREN_WORDS
        if mark != "{" or before is None:
            return mark == "{"
        return before.text in (_BLOCK_BEFORE if before.kind == "mark" else _BLOCK_WORDS)

    def _expects_operand(self) -> bool:
        if not self._tokens:
            return True
        before = self._tokens[-1]
        if before.kind == "name":
            is_member = len(self._tokens) > 1 and self._tokens[-2].text in (".", "?.")
            return before.text in OPERATOR_WORDS and not is_member
        if before.kind != "mark":
            return False
        if before.text in (")", "}"):
            return self._ended_statement
        return before.text not in ("]", "++", "--")

    def _template(self, start: int, spaced: bool) -> None:
        found = _TEMPLATE.match(self._text, start + 1)
        assert found is not None
        end = found.end()
        if self._text[end : end + 1] == "`":
            self._add("string", end + 1, spaced, _unescaped(found[0]))
        else:
            self._add("string", end, spaced)
            self._substitution()

    def _template_rest(self) -> None:
        found = _TEMPLATE.match(self._text, self._at)
        assert found is not None
        self._at = found.end()
        if self._text[self._at : self._at + 1] == "`":
            self._at += 1
        else:
            self._substitution()

    def _substitution(self) -> None:
        if self._text.startswith("${", self._at):
            self._open.append(("${", False))
            self._add("mark", self._at + 2, False)
        else:
            self._at = len(self._text)


def _unescaped(body: str) -> str:
    return _ESCAPE.sub(_escape, body) if "\\" in body else body


def _escape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return "" if found[4] in _ESCAPED_NOTHING else _ESCAPED.get(found[4], found[4])
