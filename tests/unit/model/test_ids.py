from __future__ import annotations

import pytest

from motia.model import run_id_of
from motia.model.ids import run_number_of


def test_a_run_id_sorts_as_its_number_does() -> None:
    numbers = [0, 1, 15, 16, 255, 1 << 32, (1 << 63) - 1]

    ids = [run_id_of(number) for number in numbers]

    assert ids == sorted(ids)
    assert {len(run) for run in ids} == {16}
    assert [run_number_of(run) for run in ids] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "0" * 17,
        "g" * 16,
        "8" + "0" * 15,
        "0x00000000000001",
        "0000_0000_000001",
        " 00000000000001 ",
        "-000000000000001",
        "+000000000000001",
        "00000000000000AB",
        "٠" * 16,
    ],
)
def test_nothing_else_is_a_run_id(text: str) -> None:
    with pytest.raises(ValueError, match=r"16 hexadecimal|invalid literal"):
        run_number_of(text)
