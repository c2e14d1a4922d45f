"""Statements of a file, and which step reaches which."""

from __future__ import annotations

from motia.model import Source, StepId
from motia.project.static.parts import Found, Part, attribute
from motia.project.static.sites import Declared


def part(first: int, *, makes: str = "", uses: str = "") -> Part:
    return Part(first, first + 10, first, first + 9, frozenset(makes.split()), frozenset(uses.split()))


def step(name: str, line: int) -> Declared:
    return Declared(StepId(name), Source(file="a", line=line))


def owners(
    parts: list[Part], *steps: Declared, at: int, places: dict[StepId, int] | None = None
) -> tuple[str, ...]:
    (site,) = attribute([Found(at, at, "trigger", "t")], parts, file="a", steps=steps, places=places or {})
    return site.steps


def test_statements_that_use_each_other_in_a_ring_are_reached_once() -> None:
    parts = [part(0, uses="f"), part(10, makes="f", uses="g"), part(20, makes="g", uses="f")]

    assert owners(parts, step("one", 3), at=25) == ("one",)


def test_the_place_of_the_id_goes_before_the_line() -> None:
    parts = [part(0), part(10)]

    assert owners(parts, step("one", 3), at=15, places={StepId("one"): 12}) == ("one",)


def test_of_two_steps_in_one_statement_the_nearest_before_has_the_site() -> None:
    assert owners([part(0)], step("one", 2), step("two", 5), at=7) == ("two",)
    assert owners([part(0)], step("one", 2), step("two", 5), at=3) == ("one",)


def test_a_site_that_no_step_reaches_has_no_owner() -> None:
    assert owners([part(0), part(10)], step("one", 3), at=15) == ()
    assert owners([part(0)], at=5) == ()
