"""YAML of workflow configurations: what JSON can say, in YAML's words, with the line of everything.

Invariants
1. Nothing is made but text, numbers, true, false, null, lists and mappings: tags are refused.
2. A file grows no larger in memory than it is on disk: anchors and aliases are refused, and a file of
   more than 1 MiB, or deeper than 32 levels, is not read.
3. Words mean what they mean in YAML 1.2: `no` and `on` are text, `1:30` is text, `010` is ten.
4. A key that is written twice is a fault, never silently the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import yaml

YAML_BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 32
_INTEGER_MAX: Final = 2**64
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OF_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a file. `line` is where it is named: in a mapping that of its key."""

    value: bool | int | float | str | dict[str, Written] | list[Written] | None
    line: int

    @property
    def plain(self) -> Any:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {name: one.plain for name, one in self.value.items()}
        if isinstance(self.value, list):
            return [one.plain for one in self.value]
        return self.value

    @property
    def shown(self) -> str:
        """What it is, for people."""
        if isinstance(self.value, dict):
            return "an object"
        if isinstance(self.value, list):
            return "a list"
        if self.value is None:
            return "empty"
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return repr(self.value[:80]) if isinstance(self.value, str) else str(self.value)


def written_at(value: Any, line: int) -> Written:
    """A JSON value all of which is written on one line."""
    if isinstance(value, dict):
        return Written(value={str(name): written_at(one, line) for name, one in value.items()}, line=line)
    if isinstance(value, list):
        return Written(value=[written_at(one, line) for one in value], line=line)
    return Written(value=value, line=line)


class YamlInvalid(Exception):
    """The text cannot be read: `message` says why, `line` where (from 1), `hint` what to do."""

    def __init__(self, message: str, *, line: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


def read_yaml(source: bytes) -> list[Written]:
    """The documents of a file, those that are empty left out.

    Raises:
        YamlInvalid: The text is no YAML, or says something that is not read.
    """
    import yaml  # only projects with a .yaml file pay for it

    if len(source) > YAML_BYTES_MAX:
        raise YamlInvalid(f"the file is larger than {YAML_BYTES_MAX // 1024} KiB", hint="split it")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise YamlInvalid("this is no UTF-8 text", line=line, hint="save the file as UTF-8") from error
    # libyaml when the wheel has it: thirty times as fast. Only its parser, which makes nothing but events.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(_Documents(yaml.parse(text, Loader=loader)).read())
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position if isinstance(error.position, int) else 0) + 1
        raise YamlInvalid(
            f"this is no YAML: {error.reason}", line=line, hint="write plain UTF-8 text"
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _of_mark(error) from error
    except yaml.YAMLError as error:
        raise YamlInvalid(f"this is no YAML: {error}", hint="look at the file's first lines") from error


def _of_mark(error: yaml.MarkedYAMLError) -> YamlInvalid:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    column = f"look at column {mark.column + 1}" if mark else "look at the file's first lines"
    return YamlInvalid(
        f"this is no YAML: {said}",
        line=mark.line + 1 if mark else 1,
        hint=f"{column}; YAML indents with spaces, and text with ': ' or ' #' in it stands in quotes",
    )


class _Documents:
    """Builds values from the parser's events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    def read(self) -> Iterator[Written]:
        for event in self._events:
            if type(event).__name__ == "DocumentStartEvent":
                document = self._value(next(self._events), 1, None)
                if document.value is not None:
                    yield document

    def _value(self, event: Any, depth: int, key_line: int | None) -> Written:
        own_line = event.start_mark.line + 1
        _refuse(event, own_line)
        if depth > DEPTH_MAX:
            raise YamlInvalid(
                f"this is deeper than {DEPTH_MAX} levels", line=own_line, hint="make it flatter"
            )
        line = own_line if key_line is None else key_line
        kind = type(event).__name__
        if kind == "MappingStartEvent":
            return Written(value=self._mapping(depth), line=line)
        if kind == "SequenceStartEvent":
            return Written(value=self._sequence(depth), line=line)
        is_plain = event.implicit[0] and not event.style
        return Written(value=_scalar(event.value, own_line) if is_plain else event.value, line=line)

    def _mapping(self, depth: int) -> dict[str, Written]:
        found: dict[str, Written] = {}
        for key in self._events:
            if type(key).__name__ == "MappingEndEvent":
                break
            line = key.start_mark.line + 1
            _refuse(key, line)
            if type(key).__name__ != "ScalarEvent":
                raise YamlInvalid("a key is a list or an object", line=line, hint="a key is text")
            if key.value in found:
                raise YamlInvalid(
                    f"the key {key.value[:80]!r} is written twice, first in line {found[key.value].line}",
                    line=line,
                    hint="keep one of the two",
                )
            found[key.value] = self._value(next(self._events), depth + 1, line)
        return found

    def _sequence(self, depth: int) -> list[Written]:
        found: list[Written] = []
        for event in self._events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            found.append(self._value(event, depth + 1, None))
        return found


def _refuse(event: Any, line: int) -> None:
    if type(event).__name__ == "AliasEvent" or getattr(event, "anchor", None) is not None:
        sign = "*" if type(event).__name__ == "AliasEvent" else "&"
        raise YamlInvalid(
            f"the alias or anchor {sign}{event.anchor[:80]} is not read here",
            line=line,
            hint=f"write the value out; text that begins with {sign} stands in quotes",
        )
    if getattr(event, "tag", None) is not None:
        raise YamlInvalid(
            f"the tag {event.tag[:80]} is not read here",
            line=line,
            hint="leave it out; text that begins with ! stands in quotes",
        )


def _scalar(text: str, line: int) -> bool | int | float | str | None:
    if text in _WORDS:
        return _WORDS[text]
    if _NO_NUMBER.fullmatch(text):
        raise YamlInvalid(f"{text} is no value of JSON", line=line, hint="write a number, or text in quotes")
    if _FLOAT.fullmatch(text) is None and _OF_BASE.fullmatch(text) is None:
        return text
    is_whole = _FLOAT.fullmatch(text) is None or _INTEGER.fullmatch(text) is not None
    if len(text) > 40 and is_whole:
        raise _too_large(text, line)
    value = int(text, 0 if _OF_BASE.fullmatch(text) else 10) if is_whole else float(text)
    if (abs(value) >= _INTEGER_MAX and is_whole) or value in (float("inf"), float("-inf")):
        raise _too_large(text, line)
    return value


def _too_large(text: str, line: int) -> YamlInvalid:
    return YamlInvalid(f"the number {text[:40]} is too large", line=line, hint="write it as text in quotes")
