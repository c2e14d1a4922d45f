"""Blocks of Ruby."""

from __future__ import annotations

import pytest

from motia.project.static.ruby_blocks import ruby_blocks
from motia.project.static.ruby_tokens import ruby_tokens


@pytest.mark.parametrize(
    "body",
    [
        "x if y", "return unless x", "x = if y then 1 else 2 end", "while x do y end", "until x\n y\nend",
        "for x in y do z end", "y while x", "begin\n x\nend while y", "case x\nwhen 1 then 2\nend", "x.class",
        "x.each do |y| z end", "x.each { |y| z }", "def y = 1", "def y(a, b) = a", "def y=(a)\n  @y = a\nend",
        "def end; 1; end", "class << self\n  1\nend", "x { end: 1 }", "x.end", "x rescue y", "(x if y)",
        "x = y ? 1 : 2", '"#{if x then 1 end}"', "loop do x end", "->(x) do y end", "x.map do |y| y if z end",
        "while x.any? { |y| y } do z end",
    ],
)  # fmt: skip
def test_a_block_ends_with_its_own_end(body: str) -> None:
    tokens = ruby_tokens(f"def outer\n  {body}\nend\nlast")

    assert tokens[ruby_blocks(tokens)[0] + 2].text == "last"


def test_what_is_never_closed_ends_with_the_file() -> None:
    tokens = ruby_tokens("def a\n  [1\n")

    assert set(ruby_blocks(tokens).values()) == {len(tokens)}
