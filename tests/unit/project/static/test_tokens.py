"""Lines and brackets."""

from __future__ import annotations

from motia.project.static.tokens import Lines, Token, closing


def test_a_position_has_the_line_that_holds_it() -> None:
    lines = Lines("ab\n\nc")

    assert [lines.at(position) for position in range(5)] == [1, 1, 1, 2, 3]


def test_brackets_close_the_innermost_and_the_open_ones_end_with_the_file() -> None:
    tokens = [Token("mark", text, 1) for text in "([)]("] + [Token("string", ")", 1)]

    assert closing(tokens, "([{", ")]}") == {1: 2, 0: 3, 4: 6}
