from __future__ import annotations

import pytest

from motia.project import CronInvalid, parse_expression, parse_zone


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("0 3 * * *", "0 0 3 * * *"),
        ("*/10 0 3 * * mon-fri", "*/10 0 3 * * MON-FRI"),
        ("  0   3 * JAN  MON ", "0 0 3 * JAN MON"),
        ("@daily", "0 0 0 * * *"),
        ("@Hourly", "0 0 * * * *"),
        ("@weekly", "0 0 0 * * 0"),
        ("@monthly", "0 0 0 1 * *"),
        ("@yearly", "0 0 0 1 1 *"),
        ("@annually", "0 0 0 1 1 *"),
        ("@midnight", "0 0 0 * * *"),
    ],
)
def test_five_fields_six_fields_and_nicknames_become_six_fields(text: str, fields: str) -> None:
    assert parse_expression(text).text == fields


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "is empty", "0 3 * * *"),
        ("* * *", "has 3 fields, not 5 or 6", "minute hour day month weekday"),
        ("0 0 0 1 1 * 2026", "has 7 fields, not 5 or 6", "minute hour day"),
        ("0 25 * * *", "the hour field '25' cannot be read", "the hour is 0 to 23"),
        ("60 * * * *", "the minute field '60' cannot be read", "the minute is 0 to 59"),
        ("99 0 3 * * *", "the second field '99' cannot be read", "the second is 0 to 59"),
        ("0 0 32 * *", "the day of the month field '32'", "1 to 31"),
        ("0 0 * 13 *", "the month field '13'", "JAN to DEC"),
        ("0 0 * * MOON", "the day of the week field 'MOON'", "MON#2 is the second Monday"),
        ("0 0 * * MON#6", "the day of the week field 'MON#6'", "MON#2"),
        ("0 22-2 * * *", "the range runs backwards; write 22-23,0-2", "the hour is 0 to 23"),
        ("0 0 ? * *", 'write "*" instead of "?"', "day of the month"),
        ("*/0 * * * *", "a step of 0 never moves", "the minute"),
        ("0 0 31 2 *", "never fires", "check day '31' against month '2'"),
        ("0 0 31 4,6,9,11 *", "never fires", "against month"),
        ("@dayly", "no known nickname", "did you mean '@daily'?"),
        ("@reboot", "no known nickname", "@"),
        ("a" * 201, "longer than 200 characters", "0 3 * * *"),
    ],
)
def test_a_bad_expression_is_refused_with_the_field_and_a_hint(text: str, message: str, hint: str) -> None:
    with pytest.raises(CronInvalid) as caught:
        parse_expression(text)

    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Berln", "did you mean 'Europe/Berlin'?"),
        ("europe/berlin", "did you mean 'Europe/Berlin'?"),
        ("../../etc/passwd", "IANA name"),
        ("", "IANA name"),
        ("Europe", "did you mean"),
        ("xyzzy", "IANA name"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_closest(name: str, hint: str) -> None:
    with pytest.raises(CronInvalid) as caught:
        parse_zone(name)

    assert repr(name) in caught.value.message
    assert hint in caught.value.hint
