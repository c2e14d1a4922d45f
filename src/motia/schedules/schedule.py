"""Schedules: from an expression and a zone to instants.

Rules
1. Fields are wall-clock time in the zone. A time that does not exist (clocks go forward) fires at the
   first instant that does; several such times fire there once.
2. A time that comes twice (clocks go back) fires the first time only.
3. A schedule whose hour field allows every hour counts elapsed time instead: it goes on through both
   changes at its own pace, so that `*/5 * * * *` neither falls silent for an hour nor fires at once for one.
4. Instants are whole seconds, in strictly rising order, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim

from motia.project import CronFields, parse_expression, parse_zone

MS_PER_S: Final = 1_000
HOURS_PER_DAY: Final = 24
_YEAR_MAX: Final = 9_900


class Schedule:
    """A parsed schedule; immutable and equal to another with the same fields and zone."""

    def __init__(self, expression: str, timezone: str, *, fields: CronFields, zone: ZoneInfo) -> None:
        """Use `Schedule.parse`."""
        self.expression = expression
        self.timezone = timezone
        self._fields = fields
        self._zone = zone
        self._is_elapsed = len(self._simulate(datetime(2000, 1, 1)).hours) == HOURS_PER_DAY

    @classmethod
    def parse(cls, expression: str, timezone: str = "UTC") -> Schedule:
        """A schedule of 5 fields, 6 fields (seconds first) or a nickname, in a zone by its IANA name.

        Raises:
            CronInvalid: Says which field or name is wrong and how to write it; or that no such date
                ever comes.
        """
        return cls(expression, timezone, fields=parse_expression(expression), zone=parse_zone(timezone))

    def next_after(self, at_ms: int) -> int | None:
        """The first instant later than `at_ms`; None when none comes within 50 years."""
        return next(self._instants_after(at_ms), None)

    def between(self, after_ms: int, until_ms: int, *, limit: int) -> list[int]:
        """The first `limit` instants later than `after_ms` and not later than `until_ms`."""
        found: list[int] = []
        for instant in self._instants_after(after_ms):
            if instant > until_ms or len(found) >= limit:
                break
            found.append(instant)
        return found

    def latest(self, after_ms: int, until_ms: int, *, limit: int) -> list[int]:
        """The last `limit` instants of that span, in rising order.

        Looks back in growing windows, so that a long span of a frequent schedule costs little.
        """
        window_ms = 60 * MS_PER_S
        while True:
            start_ms = max(after_ms, until_ms - window_ms)
            found: list[int] = []
            for instant in self._instants_after(start_ms):
                if instant > until_ms:
                    break
                found.append(instant)
            if len(found) >= limit or start_ms <= after_ms:
                return found[-limit:]
            window_ms *= 4

    def describe(self) -> str:
        """The schedule in words, with its zone: "At 03:00 every day (Europe/Berlin)"."""
        return f"{_explain(self._fields)} ({self.timezone})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Schedule)
            and self._fields.text == other._fields.text
            and self.timezone == other.timezone
        )

    def __hash__(self) -> int:
        return hash((self._fields.text, self.timezone))

    def __repr__(self) -> str:
        return f"Schedule({self.expression!r}, {self.timezone!r})"

    def _instants_after(self, at_ms: int) -> Iterator[int]:
        start = datetime.fromtimestamp(at_ms // MS_PER_S, UTC)
        if start.year > _YEAR_MAX:
            return
        local = start.astimezone(self._zone)
        last = at_ms
        # The simulation is given six fields and, for wall time, no zone: the library's own handling
        # of clock changes differs between five and six fields.
        for moment in self._simulate(local if self._is_elapsed else local.replace(tzinfo=None, fold=0)):
            instant = self._instant_of(moment)
            if instant > last:
                yield instant
                last = instant

    def _simulate(self, start: datetime) -> CronSim:
        return CronSim(self._fields.text, start)

    def _instant_of(self, moment: datetime) -> int:
        aware = moment if self._is_elapsed else moment.replace(tzinfo=self._zone, fold=0)
        instant = int(aware.timestamp()) * MS_PER_S
        if self._is_elapsed:
            return instant
        back = datetime.fromtimestamp(instant // MS_PER_S, self._zone).replace(tzinfo=None)
        if back == moment:
            return instant
        # In a gap `fold=0` counts with the offset before it, which lands after it by as much as the
        # time lies inside the gap: the gap's end is that much earlier.
        return instant - self._inside_gap_ms(moment)

    def _inside_gap_ms(self, moment: datetime) -> int:
        # The gap's end is the first wall time from which the clock runs again: search for the instant
        # where the offset changes, within the size of the gap.
        before = moment.replace(tzinfo=self._zone, fold=0)
        instant = int(before.timestamp())
        offset = before.utcoffset() or timedelta()
        low, high = instant - int(timedelta(days=1).total_seconds()), instant
        while high - low > 1:
            middle = (low + high) // 2
            here = datetime.fromtimestamp(middle, self._zone).utcoffset()
            low, high = (middle, high) if here == offset else (low, middle)
        return (instant - high) * MS_PER_S


@lru_cache(maxsize=1_000)
def _explain(fields: CronFields) -> str:
    parts = fields.parts
    try:
        return CronSim(" ".join(parts if fields.has_seconds else parts[1:]), datetime(2000, 1, 1)).explain()
    except (ValueError, IndexError, KeyError):
        # What the library can run but not put into words, such as a step of a named weekday.
        return f"At the times of {fields.text!r}"
