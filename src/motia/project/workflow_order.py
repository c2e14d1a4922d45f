"""The order of a workflow's members: circles in what waits for what, and what waits for a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def circles(after: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """One circle of each group of members that wait for each other, in the order in which they wait.

    The first of a circle is the one that comes first in `after`; a member that waits for itself is a
    circle of one.
    """
    found: list[tuple[str, ...]] = []
    in_circle: set[str] = set()
    for name in after:
        if name in in_circle:
            continue
        circle = _circle_through(name, after)
        if circle:
            found.append(circle)
            in_circle |= {one for one in _ahead(name, after) if name in _ahead(one, after)}
    return found


def unreachable(
    after: Mapping[str, Sequence[str]], found: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Members in no circle that wait, directly or not, for a member of one; with that member."""
    if not found:
        return
    looped = {name for name in after if name in _ahead(name, after)}
    for name in after:
        if name not in looped:
            blocker = next((one for one in _ahead(name, after) if one in looped), None)
            if blocker is not None:
                yield name, blocker


def _ahead(name: str, after: Mapping[str, Sequence[str]]) -> dict[str, None]:
    """All that `name` waits for, nearest first."""
    seen: dict[str, None] = {}
    todo = list(after[name])
    for one in todo:
        if one not in seen:
            seen[one] = None
            todo += after[one]
    return seen


def _circle_through(start: str, after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from `start` back to itself; empty when there is none."""
    came_from: dict[str, str] = {}
    todo = [start]
    for one in todo:
        for other in after[one]:
            if other == start:
                way = [one]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return tuple(reversed(way))
            if other not in came_from:
                came_from[other] = one
                todo.append(other)
    return ()
