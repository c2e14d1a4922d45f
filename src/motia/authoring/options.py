"""Checks of the values that decorators take. Each reads one option and says what is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from motia.model import ID_BYTES_MAX, Backoff, Concurrency

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_DURATION_MAX_MS = 366 * 86_400_000
_PATH_PART = re.compile(r":[A-Za-z_][A-Za-z0-9_]*|\*|[^:*?#\s/]+")


class OptionWrong(Exception):
    """An option has a value it cannot have; `hint` says which it can."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def closest(name: str, known: Iterable[str]) -> str:
    """A hint that names the closest of `known`, or all of them."""
    names = sorted(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean {found[0]!r}?" if found else f"known are {', '.join(names)}"


def step_id(value: Any, name: str = "id") -> str:
    """An id of a step or topic: text of 1 to 255 bytes without control characters."""
    if not isinstance(value, str) or not value.strip():
        raise OptionWrong(f"{name} is {value!r}", "an id is text that is not empty, such as 'resize-image'")
    if len(value.encode("utf-8", "replace")) > ID_BYTES_MAX:
        raise OptionWrong(
            f"{name} is {len(value.encode('utf-8', 'replace'))} bytes long", f"at most {ID_BYTES_MAX}"
        )
    if any(ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise OptionWrong(f"{name} is {value!r}", "an id has no control characters")
    return value


def ids(value: Any, name: str) -> tuple[str, ...]:
    """A list of ids; a single one may be written without the list."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (step_id(value, name),)
    if not isinstance(value, list | tuple | set | frozenset):
        raise OptionWrong(f"{name} is {value!r}", f"write {name}=['one', 'two']")
    return tuple(
        step_id(one, name) for one in (sorted(value) if isinstance(value, set | frozenset) else value)
    )


def text(value: Any, name: str) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise OptionWrong(f"{name} is {value!r}", f"{name} is text")
    return value


def filled_text(value: Any, name: str) -> str:
    """Text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise OptionWrong(f"{name} is {value!r}", f"{name} is text that is not empty")
    return value


def duration_ms(value: Any, name: str, *, is_zero_allowed: bool = False) -> int:
    """Seconds as a number, `'5m'` as text, or a timedelta; in ms."""
    hint = f"{name} is seconds, such as {name}=30, or text such as '500ms', '30s', '5m', '1h'"
    if isinstance(value, timedelta):
        amount = value.total_seconds() * 1_000
    elif isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if match is None:
            raise OptionWrong(f"{name} is {value!r}", hint)
        amount = float(match[1]) * _UNITS_MS[match[2]]
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise OptionWrong(f"{name} is {value!r}", hint)
    else:
        amount = value * 1_000
    if not (0 <= amount <= _DURATION_MAX_MS) or (amount < 1 and not (is_zero_allowed and amount == 0)):
        raise OptionWrong(f"{name} is {value!r}", f"{hint}; more than 0 and at most a year")
    return round(amount)


def whole_number(value: Any, name: str, *, least: int) -> int:
    """An integer of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise OptionWrong(f"{name} is {value!r}", f"{name} is a whole number of at least {least}")
    return value


def one_of(value: Any, name: str, known: Iterable[str]) -> str:
    """One of a few words."""
    words = list(known)
    if not isinstance(value, str) or value not in words:
        raise OptionWrong(f"{name} is {value!r}", closest(str(value), words))
    return value


def method(value: Any) -> str:
    """An HTTP method, in upper case."""
    name = value.upper() if isinstance(value, str) else value
    if name not in METHODS:
        raise OptionWrong(f"method is {value!r}", f"one of {', '.join(METHODS)}")
    return str(name)


def path(value: Any) -> str:
    """A path of an api step: starts with a slash, `:name` for parameters, no name twice."""
    if not isinstance(value, str) or not value.startswith("/"):
        raise OptionWrong(f"path is {value!r}", "a path starts with a slash: /users/:id")
    parts = [part for part in value.split("/") if part]
    for part in parts:
        if _PATH_PART.fullmatch(part) is None:
            raise OptionWrong(
                f"path {value!r} has the part {part!r}", "a part is plain text or one parameter such as :id"
            )
    names = [part[1:] for part in parts if part.startswith(":")]
    for name in names:
        if names.count(name) > 1:
            raise OptionWrong(
                f"path {value!r} has the parameter :{name} twice", "give each parameter its own name"
            )
    return value


def concurrency(value: Any) -> Concurrency | None:
    """A limit, or `{"limit", "key"}`."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        unknown = set(value) - {"limit", "key"}
        if unknown or "limit" not in value:
            raise OptionWrong(
                f"concurrency is {dict(value)!r}", "write concurrency={'limit': 4, 'key': 'userId'}"
            )
        key = value.get("key")
        return Concurrency(
            limit=whole_number(value["limit"], "concurrency.limit", least=1),
            key=None if key is None else filled_text(key, "concurrency.key"),
        )
    return Concurrency(limit=whole_number(value, "concurrency", least=1))


def backoff(value: Any) -> Backoff:
    """Seconds before the first retry, or `{"initial", "factor", "cap", "jitter"}`."""
    if value is None:
        return Backoff()
    if not isinstance(value, Mapping):
        initial = duration_ms(value, "backoff", is_zero_allowed=True)
        return Backoff(initial_ms=initial, cap_ms=max(Backoff().cap_ms, initial))
    known = ("initial", "factor", "cap", "jitter")
    for name in value:
        if name not in known:
            raise OptionWrong(f"backoff has {name!r}", closest(str(name), known))
    default = Backoff()
    initial = duration_ms(value.get("initial", 1), "backoff.initial", is_zero_allowed=True)
    cap = duration_ms(value["cap"], "backoff.cap") if "cap" in value else max(default.cap_ms, initial)
    factor = value.get("factor", default.factor)
    if isinstance(factor, bool) or not isinstance(factor, int | float) or not 1 <= factor <= 1_000:
        raise OptionWrong(f"backoff.factor is {factor!r}", "a number from 1 (always the same delay) up")
    jitter = value.get("jitter", True)
    if not isinstance(jitter, bool):
        raise OptionWrong(f"backoff.jitter is {jitter!r}", "True or False")
    if cap < initial:
        raise OptionWrong(f"backoff.cap ({cap} ms) is below backoff.initial ({initial} ms)", "raise the cap")
    return Backoff(initial_ms=initial, factor=float(factor), cap_ms=cap, jitter=jitter)


def timezone(value: Any) -> str:
    """An IANA zone."""
    name = filled_text(value, "timezone")
    if name != "UTC":
        import zoneinfo  # only steps with a zone pay for it

        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise OptionWrong(
                f"timezone is {value!r}", closest(name, {*zoneinfo.available_timezones(), "UTC"})[:200]
            ) from None
    return name


def middleware(value: Any) -> tuple[Callable[..., Any], ...]:
    """Functions `(request, ctx, next)`."""
    if value is None:
        return ()
    functions = value if isinstance(value, list | tuple) else (value,)
    for function in functions:
        if not callable(function):
            raise OptionWrong(
                f"middleware has {function!r}", "a middleware is a function (request, ctx, next)"
            )
    return tuple(functions)
