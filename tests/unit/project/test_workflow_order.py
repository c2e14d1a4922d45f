from __future__ import annotations

import pytest

from motia.project.workflow_order import circles, unreachable


def graph(**after: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(others) for name, others in after.items()}


@pytest.mark.parametrize(
    ("after", "found", "blocked"),
    [
        (graph(a="", b="a", c="ab"), [], []),
        (graph(a="a"), [("a",)], []),
        (graph(a="b", b="a"), [("a", "b")], []),
        (graph(x="", a="c", b="a", c="b"), [("a", "c", "b")], []),
        (graph(a="b", b="a", c="d", d="c"), [("a", "b"), ("c", "d")], []),
        (graph(a="b", b="a", c="b", d="c", e=""), [("a", "b")], [("c", "b"), ("d", "b")]),
        (graph(a="bc", b="ac", c="ab"), [("a", "b")], []),
    ],
)
def test_circles_and_what_waits_for_them_are_found(
    after: dict[str, tuple[str, ...]], found: list[tuple[str, ...]], blocked: list[tuple[str, str]]
) -> None:
    assert circles(after) == found
    assert list(unreachable(after, found)) == blocked


def test_a_long_chain_is_looked_at_quickly() -> None:
    after = {str(n): (str(n - 1),) if n else () for n in range(500)}

    assert circles(after) == []
    assert circles({**after, "0": ("499",)})[0][:2] == ("0", "499")
