"""Run numbers rise and carry their instant."""

from __future__ import annotations

from motia.ledger.numbers import RunNumbers, created_at_of, first_number_at, number_of
from motia.model import RunId, run_id_of

NOW = 1_767_225_600_000


def test_numbers_of_one_instant_are_consecutive() -> None:
    numbers = RunNumbers()
    first = numbers.take(NOW)

    assert [numbers.take(NOW), numbers.take(NOW)] == [first + 1, first + 2]
    assert first == first_number_at(NOW)


def test_numbers_rise_when_the_clock_goes_back_and_keep_the_instant() -> None:
    numbers = RunNumbers()
    first = numbers.take(NOW)
    second = numbers.take(NOW - 10_000)

    assert second > first
    assert created_at_of(second) == NOW
    assert numbers.take(0) > second


def test_an_id_from_outside_that_is_none_has_no_number() -> None:
    assert number_of(run_id_of(77)) == 77
    assert [number_of(RunId(text)) for text in ("", "x" * 16, "f" * 16, "1")] == [-1] * 4
