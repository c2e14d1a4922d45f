import msgspec
import pytest

from motia.model import CallerError, RunState
from motia.workbench.instants import iso, parse_instant, shown


class Inner(msgspec.Struct):
    at: int
    seen_at: int | None
    upcoming_at: tuple[int, ...]
    count: int
    value: msgspec.Raw
    data: dict


def test_an_instant_is_iso_8601_in_utc_with_milliseconds():
    assert iso(1_767_225_600_007) == "2026-01-01T00:00:00.007Z"
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert iso(-5) == iso(0)
    assert iso(1 << 62).startswith("9999-12-31")


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01",
        "2026-01-01T01:00:00+01:00",
        "1767225600000",
    ],
)
def test_instants_are_read_in_every_form_we_offer(text):
    assert parse_instant(text, name="since") == 1_767_225_600_000


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "-5", "9" * 30, "²"])
def test_what_is_no_instant_is_refused_with_the_parameter_s_name(text):
    with pytest.raises(CallerError, match="since"):
        parse_instant(text, name="since")


def test_only_fields_of_structs_that_are_named_so_become_text():
    inner = Inner(
        at=0,
        seen_at=None,
        upcoming_at=(0, 1),
        count=5,
        value=msgspec.Raw(b'{"created_at": 5}'),
        data={"at": 7, "state": RunState.DEAD},
    )

    assert shown(inner) == {
        "at": "1970-01-01T00:00:00.000Z",
        "seen_at": None,
        "upcoming_at": ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.001Z"],
        "count": 5,
        "value": msgspec.Raw(b'{"created_at": 5}'),
        "data": {"at": 7, "state": "dead"},
    }
