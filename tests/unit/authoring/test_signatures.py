from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypedDict

import pytest

from motia.authoring import Context, Request
from motia.authoring.models import NO_DEFAULT
from motia.authoring.signatures import is_context, is_open, is_request, signature_of


class Item(TypedDict):
    name: str


def test_parameters_come_with_hints_and_defaults() -> None:
    def handler(a: int, b: str = "x", c=None): ...

    a, b, c = signature_of(handler).parameters

    assert (a.name, a.hint, a.has_hint, a.default) == ("a", int, True, NO_DEFAULT)
    assert (b.hint, b.default) == (str, "x")
    assert (c.hint, c.has_hint, c.default) == (Any, False, None)


def test_what_takes_everything_is_told_apart_from_parameters() -> None:
    def handler(first, /, *args, named, **rest): ...

    signature = signature_of(handler)

    assert [(p.name, p.is_positional_only) for p in signature.parameters] == [
        ("first", True),
        ("named", False),
    ]
    assert signature.takes_args
    assert signature.takes_rest


def test_a_decorator_that_names_what_it_wraps_is_looked_through() -> None:
    def traced(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def inner(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return inner

    @traced
    def handler(name: str, count: int = 1): ...

    signature = signature_of(handler)

    assert [(p.name, p.hint) for p in signature.parameters] == [("name", str), ("count", int)]
    assert not signature.takes_rest


def test_an_annotation_that_cannot_be_read_is_said_and_not_raised() -> None:
    def handler(a: int, b: Missing): ...  # noqa: F821

    signature = signature_of(handler)

    assert "Missing" in signature.error
    assert [p.name for p in signature.parameters] == ["a", "b"]


def test_the_context_and_the_request_are_known_by_name_or_type() -> None:
    def handler(ctx, request, c: Context, r: Request | None, x: Annotated[Context, "mine"], plain: int): ...

    by_name = {p.name: p for p in signature_of(handler).parameters}

    assert [name for name, p in by_name.items() if is_context(p)] == ["ctx", "c", "x"]
    assert [name for name, p in by_name.items() if is_request(p)] == ["request", "r"]


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (Any, True),
        (object, True),
        (dict, True),
        (dict[str, Any], True),
        (Mapping[str, int], True),
        (dict | None, True),
        (Item, False),
        (int, False),
        (list, False),
    ],
)
def test_an_open_annotation_takes_any_object(hint: Any, expected: bool) -> None:
    assert is_open(hint) is expected
