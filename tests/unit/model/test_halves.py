"""Half of a character in JSON text."""

from __future__ import annotations

import msgspec
import pytest

from motia.model import half_in


def refusal(data: bytes) -> Exception:
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (rb'"\ud800"', 1),
        (rb'{"\uDBFF": 1}', 2),
        (rb'["\ud83d\ude00\ud83d"]', 14),
        (rb'["\ud800x", 1]', 2),
        (rb'["\ud800\u0041"]', 2),
        (rb'["\\\udc00"]', 4),
    ],
)
def test_half_of_a_character_is_found_where_it_begins(data: bytes, at: int) -> None:
    found = half_in(data, refusal(data))

    assert found is not None
    assert found.at == at
    assert found.reason.startswith(data[at : at + 6].decode() + " is half of a character")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"a": 1',
        rb'"\\ud800',
        rb'"\ud83d\ude00',
        rb'"\ud83d',
        rb'"\ud83d\ude',
        rb'[oops, "\ud800"]',
        rb"\ud800",
    ],
)
def test_what_is_wrong_otherwise_is_left_to_the_decoder(data: bytes) -> None:
    assert half_in(data, refusal(data)) is None
