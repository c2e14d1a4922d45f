"""Workers as people see them."""

from __future__ import annotations

import pytest

from motia.protocol import Stalled
from motia.workers import stall_text


@pytest.mark.parametrize(
    ("worker", "advice"), [("python-2", "a plain def"), ("node-1", "worker thread"), ("ruby-3", "threads")]
)
def test_a_stall_is_told_with_its_step_its_place_and_advice_for_its_language(
    worker: str, advice: str
) -> None:
    text = stall_text(worker, Stalled(invocation=1, step="slow", ms=1_200, stack="  a.py:3 in slow"))

    assert text.startswith(f"step 'slow' has held the loop of {worker} for 1200 ms: ")
    assert advice in text
    assert text.endswith("\n  a.py:3 in slow")


def test_a_stall_without_a_place_says_so_and_ends_with_no_empty_line() -> None:
    text = stall_text("python-2", Stalled(invocation=1, step="slow", ms=10_000, stack=""))

    assert text.endswith("(where it is cannot be told: it may be in native code, or stopped from outside)")
    assert "\n" not in text
