"""A file cut into its top-level statements, and which step reaches which of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from motia.model import StepId
from motia.project.static.sites import Declared, TriggerSite, reached_by


class Found(msgspec.Struct, frozen=True):
    """A call of trigger or call with a target that is known, at the token `index`."""

    index: int
    line: int
    op: str
    target: str


class Part(msgspec.Struct, frozen=True):
    """A top-level statement: tokens `first` up to `last`, the names it makes and those it uses."""

    first: int
    last: int
    line: int
    line_last: int
    makes: frozenset[str]
    uses: frozenset[str]


def attribute(
    found: Iterable[Found],
    parts: Sequence[Part],
    *,
    file: str,
    steps: Sequence[Declared],
    places: Mapping[StepId, int],
) -> list[TriggerSite]:
    """Give each site to the steps that reach it.

    A statement that makes several steps (an object or array of them) shares its sites out: each
    belongs to the step that is declared last before it.

    Args:
        found: The calls.
        parts: The file's statements, in order.
        file: As the sites shall name it.
        steps: Steps of the file.
        places: Step to the token that names its id, as far as the source says it literally.
    """
    homes = {step.id: _home(step, parts, places) for step in steps}
    made: dict[str, list[int]] = {}
    for number, part in enumerate(parts):
        for name in part.makes:
            made.setdefault(name, []).append(number)
    uses = {
        number: [other for name in part.uses for other in made.get(name, ()) if other != number]
        for number, part in enumerate(parts)
    }
    reached = reached_by({id: [home] for id, home in homes.items() if home is not None}, uses)
    sites = []
    for call in sorted(found, key=lambda call: call.index):
        number = bisect_right(parts, call.index, key=lambda part: part.first) - 1
        at_home = [step for step in steps if homes[step.id] == number]
        owners = reached.get(number, ())
        if len(at_home) > 1:
            nearest = _nearest(call, at_home, places)
            owners = tuple(id for id in owners if id == nearest or homes[id] != number)
        sites.append(TriggerSite(file=file, line=call.line, op=call.op, target=call.target, steps=owners))
    return sites


def _home(step: Declared, parts: Sequence[Part], places: Mapping[StepId, int]) -> int | None:
    """The statement that declares the step: where its id stands, else the one with its line."""
    place = places.get(step.id)
    for number, part in enumerate(parts):
        if place is not None and part.first <= place < part.last:
            return number
    on_line = [n for n, part in enumerate(parts) if part.line <= step.source.line <= part.line_last]
    return on_line[-1] if on_line else None


def _nearest(call: Found, steps: Sequence[Declared], places: Mapping[StepId, int]) -> StepId:
    if all(step.id in places for step in steps):
        ordered = sorted(steps, key=lambda step: places[step.id])
        before = [step for step in ordered if places[step.id] <= call.index]
    else:
        ordered = list(steps)
        before = [step for step in ordered if step.source.line <= call.line]
    return (before or ordered)[-1 if before else 0].id
