"""Output: lines whole however they arrive, cut when long, bounded in rate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from motia.runtime import FrozenClock
from motia.workers.output import LineCutter, RateBound


@given(lines=st.lists(st.text("abcä ", min_size=1, max_size=8)), size=st.integers(1, 9))
def test_lines_are_whole_however_they_arrive(lines: list[str], size: int) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    cutter = LineCutter()

    got = [line for at in range(0, len(data), size) for line in cutter.feed(data[at : at + size])]

    assert got == [line for line in lines if line.strip()]


def test_a_long_line_is_cut_with_a_mark_and_the_next_is_whole() -> None:
    cutter = LineCutter(bytes_max=4)

    got = cutter.feed(b"123") + cutter.feed(b"4567") + cutter.feed(b"89\nnext\n")

    assert got == ["1234… (5 bytes cut)", "next"]


def test_the_last_line_needs_no_end_and_bad_utf8_is_marked() -> None:
    cutter = LineCutter()

    assert cutter.feed(b"\xff\r\nlast") == ["\ufffd"]
    assert cutter.finish() == ["last"]
    assert cutter.finish() == []


async def test_a_rate_bound_counts_what_it_refuses() -> None:
    clock = FrozenClock()
    bound = RateBound(clock, per_s=10.0, burst=2.0)

    assert [bound.try_take() for _ in range(4)] == [True, True, False, False]
    assert (bound.dropped, bound.take_untold(), bound.take_untold()) == (2, 2, 0)
    await clock.advance(0.1)
    assert [bound.try_take() for _ in range(2)] == [True, False]
