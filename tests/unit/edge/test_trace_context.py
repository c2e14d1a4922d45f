from __future__ import annotations

import pytest

from motia.edge.trace_context import parse_traceparent

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "value", [f"00-{TRACE}-{SPAN}-01", f" 00-{TRACE}-{SPAN}-00 ", f"01-{TRACE}-{SPAN}-01-more"]
)
def test_a_traceparent_gives_trace_and_parent(value: str) -> None:
    assert parse_traceparent(value.encode()) == (TRACE, SPAN)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "junk",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
    ],
)
def test_what_is_no_traceparent_starts_a_new_trace(value: str) -> None:
    assert parse_traceparent(value.encode()) is None
