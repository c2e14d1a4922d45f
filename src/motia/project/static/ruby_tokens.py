"""Ruby as tokens: strings, heredocs, percent literals, symbols, comments and regular expressions told apart.

Never raises: what is cut off ends with the text. Where Ruby itself needs to know whether a name is a
method or a variable (`a /b`, `a %w`), white space decides, as its own warning says. Code inside `#{…}`
is tokens too, between `#{` and `}`; the text around it is a string without value.
"""

from __future__ import annotations

import re
from typing import Final

from motia.project.static.tokens import Lines, Token

_SPACE = re.compile(
    r"[ \t\r\f\v]+|\\\r?\n|#[^\n]*|^=begin\b.*?(?:^=end\b[^\n]*|\Z)", re.DOTALL | re.MULTILINE
)
_LABEL = re.compile(r"[^\W\d]\w*[?!]?:(?!:)")
_NAME = re.compile(r"[^\W\d]\w*(?:[?!](?!=))?")
_VARIABLE = re.compile(r"@{1,2}[^\W\d]\w*|\$(?:[^\W\d]\w*|\d+|-\w|[~*$?!@/\\;,.=:_\"<>&`'+])")
_NUMBER = re.compile(r"\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?\w*")
_CHARACTER = re.compile(r"\?(?:\\.|[^\s\\])(?!\w)")
_HEREDOC = re.compile(r"<<([~-]?)(?:([A-Za-z_]\w*)|\"([^\"\n]+)\"|'([^'\n]+)'|`([^`\n]+)`)")
_PERCENT = re.compile(r"%([qQwWiIrsx]?)([^\w\s])")
_SYMBOL = re.compile(r":(?:[^\W\d]\w*(?:[?!]|=(?![=~>]))?|(?=[\"'])|[+\-*/%<>=!~^&|]+|\[\]=?)")
_MARK = re.compile(
    r"=>|->|::|&\.|\.\.\.?|\*\*=?|<=>|===?|=~|![=~]|&&=?|\|\|=?|<<=?|>>=?|[-+*/%&|^<>]=|.", re.DOTALL
)
_GOES_ON = re.compile(r"\n(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*(?:\.(?!\.)|&\.)")
"""A line end that ends no statement: the next line begins with a call on this one's value."""
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "s": " ", "e": "\x1b", "0": "\0", "\n": ""}
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}
OPERATOR_WORDS: Final = frozenset(
    [
        "and",
        "or",
        "not",
        "if",
        "elsif",
        "else",
        "unless",
        "while",
        "until",
        "when",
        "in",
        "case",
        "then",
        "do",
        "return",
        "yield",
        "begin",
        "ensure",
        "rescue",
        "puts",
        "print",
    ]
)
"""Words that an operand follows."""
_TERNARY_TOKENS_MAX: Final = 12


def ruby_tokens(text: str) -> list[Token]:
    """The tokens of `text` in order, up to `__END__`; line ends are `newline` tokens."""
    end = re.search(r"^__END__\r?$", text, re.MULTILINE)
    return _Scanner(text[: end.start()] if end else text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Lines(text)
        self._whole_lines = {line.strip() for line in text.split("\n")}
        self._tokens: list[Token] = []
        self._open: list[tuple[str, tuple[str, str, bool] | None]] = []
        """Opening braces; with `#{`, what the text around it needs to go on."""
        self._heredocs: list[tuple[str, bool]] = []
        """Terminator, and whether it may be indented; the bodies begin on the next line."""
        self._at = 0

    def run(self) -> list[Token]:
        while self._at < len(self._text):
            space = _SPACE.match(self._text, self._at)
            if space:
                self._at = space.end()
            elif self._text[self._at] == "\n":
                self._newline()
            else:
                self._one()
        return self._tokens

    def _one(self) -> None:
        text, at, char = self._text, self._at, self._text[self._at]
        if char == "}" and self._open and self._open[-1][1] is not None:
            around = self._open.pop()[1]
            self._add("mark", at + 1)
            assert around is not None
            self._text_rest(*around)
        elif char in "\"'`":
            self._at += 1
            self._literal("string", at, "", char, is_raw=char == "'")
        elif (label := _LABEL.match(text, at)) and not self._follows(".", "&.", "::", "?"):
            self._add("label", label.end(), label[0][:-1])
        elif name := _NAME.match(text, at):
            self._add("constant" if name[0][0].isupper() else "name", name.end())
        elif char.isdigit():
            number = _NUMBER.match(text, at)
            self._add("number", number.end() if number else at + 1)
        elif char in "@$" and (variable := _VARIABLE.match(text, at)):
            self._add("variable", variable.end())
        elif not self._literal_of_marks():
            self._mark()

    def _literal_of_marks(self) -> bool:
        """Literals that begin with an operator's sign: read them only where an operand may stand."""
        text, at, char = self._text, self._at, self._text[self._at]
        if char == ":" and not text.startswith("::", at):
            return self._symbol()
        if char == "<" and (heredoc := _HEREDOC.match(text, at)):
            return self._heredoc(heredoc)
        if not self._expects_operand():
            return False
        if char == "?" and (character := _CHARACTER.match(text, at)):
            self._add("string", character.end(), character[0][1:])
            return True
        if char == "/":
            self._at += 1
            self._literal("regex", at, "", "/", is_raw=False)
            return True
        if char == "%" and (percent := _PERCENT.match(text, at)) and percent[2] != "=":
            self._at = percent.end()
            kind = {"r": "regex", "w": "words", "W": "words", "i": "words", "I": "words", "s": "symbol"}
            closing = _PAIRS.get(percent[2], percent[2])
            opening = percent[2] if closing != percent[2] else ""
            self._literal(
                kind.get(percent[1], "string"), at, opening, closing, is_raw=percent[1] in tuple("qwis")
            )
            return True
        return False

    def _add(self, kind: str, end: int, value: str | None = None, *, start: int | None = None) -> None:
        start = self._at if start is None else start
        spaced = start > 0 and self._text[start - 1].isspace()
        self._tokens.append(Token(kind, self._text[start:end], self._lines.at(start), value, spaced))
        self._at = end

    def _mark(self) -> None:
        found = _MARK.match(self._text, self._at)
        assert found is not None
        if found[0] == "{":
            self._open.append(("{", None))
        elif found[0] == "}" and self._open:
            self._open.pop()
        self._add("mark", found.end())

    def _follows(self, *marks: str) -> bool:
        return bool(self._tokens) and self._tokens[-1].text in marks

    def _expects_operand(self) -> bool:
        before = self._tokens[-1] if self._tokens else None
        if before is None or before.kind in ("newline", "label"):
            return True
        if before.kind == "mark":
            return before.text not in (")", "]", "}")
        if before.kind == "name":
            is_member = len(self._tokens) > 1 and self._tokens[-2].text in (".", "&.")
            if before.text in OPERATOR_WORDS and not is_member:
                return True
            spaced = self._text[self._at - 1].isspace()
            after = self._text[self._at + 1 : self._at + 2]
            return spaced and not after.isspace() and after != "="
        return False

    def _symbol(self) -> bool:
        found = _SYMBOL.match(self._text, self._at)
        if found is None or self._is_in_ternary():
            return False
        if found.end() == self._at + 1:
            start, quote = self._at, self._text[self._at + 1]
            self._at += 2
            self._literal("symbol", start, "", quote, is_raw=quote == "'")
        else:
            self._add("symbol", found.end(), found[0][1:])
        return True

    def _is_in_ternary(self) -> bool:
        """Whether the line's last tokens hold a `?` that waits for its colon."""
        return any(
            token.text == "?" and token.kind == "mark" and token.line == self._tokens[-1].line
            for token in self._tokens[-_TERNARY_TOKENS_MAX:]
        )

    def _literal(self, kind: str, start: int, opening: str, closing: str, *, is_raw: bool) -> None:
        """Read text up to `closing`, the position behind the opening sign; a part without `#{` has a value."""
        end = self._text_end(opening, closing, is_raw)
        if is_raw or not self._text.startswith("#{", end):
            value = _unescaped(self._text[self._at : end])
            is_label = kind == "string" and closing in "\"'" and self._text[end + 1 : end + 2] == ":"
            is_label = is_label and self._text[end + 2 : end + 3] != ":" and not self._is_in_ternary()
            self._add("label" if is_label else kind, min(end + 1, len(self._text)), value, start=start)
            self._at += is_label
            if kind == "regex":
                while self._text[self._at : self._at + 1].isalpha():
                    self._at += 1
        else:
            self._add(kind, end, start=start)
            self._open_code((opening, closing, is_raw))

    def _open_code(self, around: tuple[str, str, bool]) -> None:
        self._open.append(("#{", around))
        self._add("mark", self._at + 2)

    def _text_rest(self, opening: str, closing: str, is_raw: bool) -> None:
        end = self._text_end(opening, closing, is_raw)
        if self._text.startswith("#{", end):
            self._at = end
            self._open_code((opening, closing, is_raw))
        else:
            self._at = min(end + 1, len(self._text))

    def _text_end(self, opening: str, closing: str, is_raw: bool) -> int:
        """Where the text from here stops: at `closing`, at `#{` unless raw, or at the end of the file."""
        depth, at, text = 0, self._at, self._text
        while at < len(text):
            char = text[at]
            if char == "\\":
                at += 2
                continue
            if char == closing and depth == 0:
                return at
            if not is_raw and text.startswith("#{", at):
                return at
            if opening:
                depth += (char == opening) - (char == closing)
            at += 1
        return len(text)

    def _heredoc(self, found: re.Match[str]) -> bool:
        name = found[2] or found[3] or found[4] or found[5]
        is_plain = not found[1]
        if is_plain and ((found[2] and not found[2][0].isupper()) or not self._expects_operand()):
            return False
        if name not in self._whole_lines:
            return False
        self._heredocs.append((name, not is_plain))
        self._add("string", found.end())
        return True

    def _newline(self) -> None:
        is_new = not self._tokens or self._tokens[-1].kind != "newline"
        if is_new and not _GOES_ON.match(self._text, self._at):
            self._add("newline", self._at + 1)
        else:
            self._at += 1
        for name, is_indented in self._heredocs:
            indent = r"[ \t]*" if is_indented else ""
            end = re.compile(rf"^{indent}{re.escape(name)}\r?(?:\n|\Z)", re.MULTILINE)
            found = end.search(self._text, self._at)
            self._at = found.end() if found else len(self._text)
        self._heredocs.clear()


def _unescaped(body: str) -> str:
    return _ESCAPE.sub(_escape, body) if "\\" in body else body


def _escape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return _ESCAPED.get(found[4], found[4])
