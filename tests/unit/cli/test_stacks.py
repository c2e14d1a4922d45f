"""Stacks of deep recursion, folded."""

from __future__ import annotations

import pytest

from motia.cli.stacks import folded

DOWN = '  File "motia/steps/a.py", line 3, in down\n    return down(n - 1)\n'
BACK = '  File "motia/steps/a.py", line 7, in back\n    return down(n)\n'


def test_a_frame_that_repeats_is_shown_twice_and_counted() -> None:
    first, last = '  File "motia/steps/a.py", line 9, in run\n', "RecursionError: too deep"

    text = folded(first + DOWN * 198 + last)

    assert text == f"{first}{DOWN * 2}  … 196 more of the same\n{last}"


def test_a_circle_of_calls_is_folded_by_its_rounds() -> None:
    assert "… 28 more rounds of the same 2 frames" in folded((DOWN + BACK) * 30)


@pytest.mark.parametrize(
    "frame", ["    at down (motia/steps/a.ts:3:9)\n", "motia/steps/a.rb:3:in `down'\n"], ids=["node", "ruby"]
)
def test_frames_of_one_line_are_folded_too(frame: str) -> None:
    assert folded(frame * 50) == f"{frame * 2}  … 48 more of the same\n"


@pytest.mark.parametrize("stack", ["", "E: m", DOWN * 3, DOWN + BACK])
def test_what_does_not_repeat_much_stays_as_it_is(stack: str) -> None:
    assert folded(stack) == stack
