"""What reaches what."""

from __future__ import annotations

from motia.model import StepId
from motia.project.static.sites import reached_by


def test_a_part_belongs_to_every_step_that_gets_to_it() -> None:
    reached = reached_by(
        {StepId("one"): ["a"], StepId("two"): ["b"]}, {"a": ["c"], "b": ["c"], "c": ["a"], "d": ["a"]}
    )

    assert reached == {"a": ("one", "two"), "b": ("two",), "c": ("one", "two")}
