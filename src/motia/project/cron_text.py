"""Cron expressions as text: whether one can be read, and if not what is wrong with which field.

It is here, below `cron/`, because the project's checks need it before any scheduler exists.
"""

from __future__ import annotations

import difflib
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from cronsim import CronSim, CronSimError

EXPRESSION_CHARS_MAX: Final = 200
EXAMPLE: Final = '"0 3 * * *" (every day at 03:00) or "*/15 * * * *" (every quarter of an hour)'
NICKNAMES: Final = {
    "@hourly": "0 0 * * * *",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@weekly": "0 0 0 * * 0",
    "@monthly": "0 0 0 1 * *",
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
}
_FIELDS: Final = (
    ("second", "0 to 59"),
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, L (the last) or LW (the last weekday)"),
    ("month", "1 to 12 or JAN to DEC"),
    (
        "day of the week",
        "0 to 7 (0 and 7 are Sunday) or SUN to SAT; MON#2 is the second Monday, 5L the last Friday",
    ),
)
_ENDS: Final = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
# Any instant will do to try an expression: 400 years of Gregorian calendar repeat themselves.
_TRIAL: Final = datetime(2000, 1, 1)


class CronInvalid(ValueError):
    """A cron expression or a time zone that cannot be read; `hint` says how to write it."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CronFields(msgspec.Struct, frozen=True):
    """A readable expression as six fields, seconds first."""

    text: str
    has_seconds: bool
    """The author wrote a field of seconds."""

    @property
    def parts(self) -> list[str]:
        """The six fields."""
        return self.text.split()


@lru_cache(maxsize=1_000)
def parse_expression(text: str) -> CronFields:
    """Read 5 fields, 6 fields (seconds first) or a nickname such as `@daily`.

    Raises:
        CronInvalid: Names the field, what it holds and what it may hold; or the expression
            describes a date that never comes, such as 31 February.
    """
    words = text.upper().split() if len(text) <= EXPRESSION_CHARS_MAX else []
    if not words:
        what = "is empty" if not text.strip() else f"is longer than {EXPRESSION_CHARS_MAX} characters"
        raise CronInvalid(f"the schedule {what}", hint=f"write five fields, such as {EXAMPLE}")
    if words[0].startswith("@"):
        return _parse_nickname(text.strip())
    if len(words) not in (5, 6):
        raise CronInvalid(
            f"the schedule {text!r} has {len(words)} field{'s' if len(words) != 1 else ''}, not 5 or 6",
            hint=f"minute hour day month weekday, or with the second first, such as {EXAMPLE}",
        )
    fields = CronFields(" ".join(words if len(words) == 6 else ["0", *words]), len(words) == 6)
    _try_fields(text, fields)
    return fields


@lru_cache(maxsize=100)
def parse_zone(name: str) -> ZoneInfo:
    """The time zone with this IANA name.

    Raises:
        CronInvalid: There is none; the hint names the closest.
    """
    try:
        if name.startswith(("/", ".")) or name != name.strip():
            raise ValueError(name)
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        known = sorted(available_timezones())
        folded = {zone.lower(): zone for zone in known}
        close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
        hint = (
            f"did you mean {folded[close[0]]!r}?"
            if close
            else 'use an IANA name such as "Europe/Berlin" or "UTC"'
        )
        if not known:
            hint = "this machine has no time zone data: install the system's tzdata, or `pip install tzdata`"
        raise CronInvalid(f"there is no time zone {name!r}", hint=hint) from error


def _parse_nickname(text: str) -> CronFields:
    known = NICKNAMES.get(text.lower())
    if known is not None:
        return CronFields(known, False)
    close = difflib.get_close_matches(text.lower(), NICKNAMES, n=1, cutoff=0.5)
    raise CronInvalid(
        f"the schedule {text!r} is no known nickname",
        hint=f"did you mean {close[0]!r}?" if close else f"the nicknames are {', '.join(NICKNAMES)}",
    )


def _try_fields(text: str, fields: CronFields) -> None:
    for index, part in enumerate(fields.parts):
        trial = ["*"] * 6
        trial[index] = part
        try:
            CronSim(" ".join(trial), _TRIAL)
        except (CronSimError, ValueError, AssertionError) as error:
            name, allowed = _FIELDS[index]
            raise CronInvalid(
                f"in the schedule {text!r} the {name} field {part!r} cannot be read: {_reason(part, index)}",
                hint=f"the {name} is {allowed}; lists (1,2), ranges (1-5) and steps (*/5) work; example: {EXAMPLE}",
            ) from error
    try:
        next(CronSim(fields.text, _TRIAL))
    except (CronSimError, StopIteration) as error:
        raise CronInvalid(
            f"the schedule {text!r} never fires: no month it names has such a day",
            hint=f"check day {fields.parts[3]!r} against month {fields.parts[4]!r}; L is the last day of any month",
        ) from error


def _reason(part: str, index: int) -> str:
    if "?" in part:
        return 'write "*" instead of "?"'
    if part.endswith("/0"):
        return "a step of 0 never moves"
    low, dash, high = part.partition("-")
    if dash and low.isdigit() and high.isdigit() and int(low) > int(high):
        first, last = _ENDS[index]
        return f"the range runs backwards; write {low}-{last},{first}-{high}"
    return "it is out of range or no number"
