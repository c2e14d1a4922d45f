from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from motia.project import CronInvalid
from motia.schedules import Schedule


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1_000)


def fires(expression: str, zone: str, start: str, *, count: int) -> list[str]:
    schedule = Schedule.parse(expression, zone)
    instants = schedule.between(at(start, zone), 1 << 62, limit=count)
    return [datetime.fromtimestamp(instant / 1_000, ZoneInfo(zone)).isoformat() for instant in instants]


@pytest.mark.parametrize("expression", ["30 2 * * *", "0 30 2 * * *"])
@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
        ("Europe/Berlin", "2026-10-24T12:00", ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]),
        ("America/New_York", "2026-03-07T12:00", ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"]),
        ("America/New_York", "2026-10-31T12:00", ["2026-11-01T02:30:00-05:00", "2026-11-02T02:30:00-05:00"]),
    ],
)
def test_a_gap_fires_at_the_first_valid_instant_and_a_fold_once(
    expression: str, zone: str, start: str, expected: list[str]
) -> None:
    assert fires(expression, zone, start, count=2) == expected


def test_new_yorks_fold_fires_the_first_time_only() -> None:
    assert fires("30 1 * * *", "America/New_York", "2026-10-31T12:00", count=2) == [
        "2026-11-01T01:30:00-04:00",
        "2026-11-02T01:30:00-05:00",
    ]


def test_a_change_of_half_an_hour_is_followed() -> None:
    assert fires("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", count=2) == [
        "2026-10-04T02:30:00+11:00",
        "2026-10-05T02:15:00+11:00",
    ]
    assert fires("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00", count=2) == [
        "2026-04-05T01:45:00+11:00",
        "2026-04-06T01:45:00+10:30",
    ]


def test_a_gap_at_midnight_fires_when_the_day_begins() -> None:
    assert fires("@daily", "Africa/Cairo", "2026-04-23T12:00", count=2) == [
        "2026-04-24T01:00:00+03:00",
        "2026-04-25T00:00:00+03:00",
    ]


def test_several_times_inside_one_gap_fire_once_at_its_end() -> None:
    assert fires("*/15 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00", count=5) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-29T03:15:00+02:00",
        "2026-03-29T03:30:00+02:00",
        "2026-03-29T03:45:00+02:00",
        "2026-03-30T02:00:00+02:00",
    ]


def test_several_times_inside_a_fold_fire_the_first_time_only() -> None:
    assert fires("*/30 2 * * *", "Europe/Berlin", "2026-10-25T00:00", count=3) == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:00:00+01:00",
    ]


def test_asking_from_inside_the_second_pass_of_a_fold_repeats_nothing() -> None:
    schedule = Schedule.parse("30 2 * * *", "Europe/Berlin")

    later = schedule.next_after(at("2026-10-25T02:10", "Europe/Berlin", fold=1))

    assert later == at("2026-10-26T02:30", "Europe/Berlin")


def test_a_schedule_of_every_hour_keeps_its_pace_through_both_changes() -> None:
    for day in ("2026-03-29T00:00", "2026-10-25T00:00"):
        schedule = Schedule.parse("*/20 * * * *", "Europe/Berlin")
        instants = schedule.between(at(day, "Europe/Berlin"), 1 << 62, limit=20)
        assert {b - a for a, b in pairwise(instants)} == {20 * 60_000}


def test_leap_days_fire_every_fourth_year() -> None:
    assert fires("0 0 29 2 *", "UTC", "2026-01-01T00:00", count=2) == [
        "2028-02-29T00:00:00+00:00",
        "2032-02-29T00:00:00+00:00",
    ]


def test_a_leap_monday_is_found_decades_ahead() -> None:
    assert fires("0 0 29 2 *", "UTC", "2096-03-01T00:00", count=1) == ["2104-02-29T00:00:00+00:00"]


def test_seconds_names_last_and_nth_are_understood() -> None:
    assert fires("*/20 * * * * *", "UTC", "2026-01-01T00:00", count=3) == [
        "2026-01-01T00:00:20+00:00",
        "2026-01-01T00:00:40+00:00",
        "2026-01-01T00:01:00+00:00",
    ]
    assert fires("0 9 L * *", "UTC", "2026-02-01T00:00", count=1) == ["2026-02-28T09:00:00+00:00"]
    assert fires("0 9 * JAN MON#2", "UTC", "2026-02-01T00:00", count=1) == ["2027-01-11T09:00:00+00:00"]
    assert fires("0 9 * * 5L", "UTC", "2026-04-01T00:00", count=1) == ["2026-04-24T09:00:00+00:00"]
    assert fires("0 9 LW * *", "UTC", "2026-05-01T00:00", count=1) == ["2026-05-29T09:00:00+00:00"]


def test_day_of_month_and_weekday_are_either_or() -> None:
    assert fires("0 0 13 * FRI", "UTC", "2026-02-01T00:00", count=3) == [
        "2026-02-06T00:00:00+00:00",
        "2026-02-13T00:00:00+00:00",
        "2026-02-20T00:00:00+00:00",
    ]


def test_next_after_is_strictly_later_and_whole_seconds() -> None:
    schedule = Schedule.parse("* * * * * *")

    assert schedule.next_after(5_000) == 6_000
    assert schedule.next_after(5_001) == 6_000
    assert schedule.next_after(4_999) == 5_000


def test_between_takes_the_end_and_leaves_the_start() -> None:
    schedule = Schedule.parse("* * * * *")

    assert schedule.between(60_000, 180_000, limit=10) == [120_000, 180_000]
    assert schedule.between(60_000, 180_000, limit=1) == [120_000]
    assert schedule.between(60_000, 60_000, limit=10) == []


def test_latest_is_the_end_of_between() -> None:
    schedule = Schedule.parse("*/7 * * * *")
    start, end = at("2026-01-01T00:00"), at("2026-01-09T00:00")

    everything = schedule.between(start, end, limit=100_000)

    assert schedule.latest(start, end, limit=5) == everything[-5:]
    assert schedule.latest(start, end, limit=100_000) == everything


def test_nothing_comes_after_the_calendar_ends() -> None:
    assert Schedule.parse("@yearly").next_after(at("9950-01-01T00:00")) is None


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_random_schedules_agree_with_a_walk_through_every_minute(zone: str) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    draw = random.Random(seed)
    starts = {"Europe/Berlin": ["2026-03-28", "2026-10-24"], "America/New_York": ["2026-03-07", "2026-10-31"]}
    starts |= {"Australia/Lord_Howe": ["2026-04-04", "2026-10-03"], "UTC": ["2026-02-27", "2026-12-30"]}
    for start in starts[zone]:
        for _ in range(12):
            minute, hour = (
                draw.choice(["0", "30", "*/15", "5,50"]),
                draw.choice(["1", "2", "3", "1-3", "*/2", "0,2"]),
            )
            expression = f"{minute} {hour} * * *"
            schedule = Schedule.parse(expression, zone)
            begin = at(f"{start}T00:00", zone)
            end = begin + 72 * 3_600_000

            assert schedule.between(begin - 1, end, limit=1_000) == _walk(minute, hour, zone, begin, end), (
                expression
            )


def _walk(minute: str, hour: str, zone: str, begin: int, end: int) -> list[int]:
    """What the rules say, by brute force over every minute of the wall clock."""
    minutes, hours = _set(minute, 60), _set(hour, 24)
    tz = ZoneInfo(zone)
    wall = datetime.fromtimestamp(begin / 1_000, tz).replace(tzinfo=None)
    found: set[int] = set()
    for _ in range(80 * 60):
        if wall.minute in minutes and wall.hour in hours:
            real = wall
            while real.replace(tzinfo=tz).astimezone(UTC).astimezone(tz).replace(tzinfo=None) != real:
                real += timedelta(minutes=1)
            found.add(int(real.replace(tzinfo=tz, fold=0).timestamp()) * 1_000)
        wall += timedelta(minutes=1)
    return sorted(instant for instant in found if begin <= instant <= end)


def _set(field: str, size: int) -> set[int]:
    if field.startswith("*/"):
        return set(range(0, size, int(field[2:])))
    if "-" in field:
        low, high = field.split("-")
        return set(range(int(low), int(high) + 1))
    return {int(part) for part in field.split(",")}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 3 * * *", "At 03:00 every day (Europe/Berlin)"),
        ("*/15 * * * *", "Every 15th minute of every hour (Europe/Berlin)"),
        ("@hourly", "At the start of every hour (Europe/Berlin)"),
        ("*/10 * * * * *", "Every 10th second of every minute (Europe/Berlin)"),
    ],
)
def test_a_schedule_is_described_in_words_with_its_zone(expression: str, words: str) -> None:
    assert Schedule.parse(expression, "Europe/Berlin").describe() == words


def test_equal_schedules_are_equal_whatever_their_spelling() -> None:
    assert Schedule.parse("@daily") == Schedule.parse("0 0 * * *")
    assert hash(Schedule.parse("@daily")) == hash(Schedule.parse("0 0 * * *"))
    assert Schedule.parse("@daily") != Schedule.parse("@daily", "Europe/Berlin")


@pytest.mark.parametrize(
    ("expression", "zone", "message", "hint"),
    [
        ("0 0 30 2 *", "UTC", "never fires", "check day '30' against month '2'"),
        ("61 * * * *", "UTC", "the minute field '61'", "0 to 59"),
        ("@daily", "Europe/Berlni", "there is no time zone 'Europe/Berlni'", "did you mean 'Europe/Berlin'?"),
    ],
)
def test_a_bad_schedule_is_refused_with_what_is_wrong(
    expression: str, zone: str, message: str, hint: str
) -> None:
    with pytest.raises(CronInvalid) as caught:
        Schedule.parse(expression, zone)

    assert message in caught.value.message
    assert hint in caught.value.hint
