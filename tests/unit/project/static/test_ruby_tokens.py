"""Ruby as tokens."""

from __future__ import annotations

import pytest

from motia.project.static.ruby_tokens import ruby_tokens


def kinds(text: str) -> list[str]:
    return [token.kind for token in ruby_tokens(text)]


def names(text: str) -> list[str]:
    return [token.text for token in ruby_tokens(text) if token.kind == "name"]


@pytest.mark.parametrize(
    "text", ["x = /a/i", "split /a/", "f(/a/)", "if /a/", "when /a/", "x =~ /a/", "%r{a/b}"]
)
def test_a_slash_where_an_operand_may_stand_opens_a_regular_expression(text: str) -> None:
    assert "regex" in kinds(text)


@pytest.mark.parametrize(
    "text", ["a / b / c", "a/b/c", "f(x) / 2 / 3", "1 / 2 / 3", "x.then / 2 / 3", "@a / b / c"]
)
def test_a_slash_behind_an_operand_divides(text: str) -> None:
    assert "regex" not in kinds(text)


def test_texts_say_what_they_mean() -> None:
    tokens = ruby_tokens('"a\\n\\u0042", \'c\', %q(d (e) f), %{g}, "h#{1}", :i, :"j k", l: 1, "m": ?n')

    values = [token.value for token in tokens if token.kind in ("string", "symbol", "label")]
    assert values == ["a\nB", "c", "d (e) f", "g", None, "i", "j k", "l", "m", "n"]


def test_code_in_a_text_is_tokens_and_the_text_around_it_is_not() -> None:
    assert names('"a #{f(b { c }, "d #{e} f")} g" + h') == ["f", "b", "c", "e", "h"]


def test_heredocs_are_no_code_and_what_follows_on_their_line_is() -> None:
    text = "f(<<~ONE, <<-'TWO', a)\n  b\nONE\n  c\n  TWO\nd << EOS\ne\n"

    assert names(text) == ["f", "a", "d", "e"]


def test_a_shift_is_no_heredoc() -> None:
    assert names("class << self\n  a\nend\nlist <<CONST\nself\n") == [
        "class",
        "self",
        "a",
        "end",
        "list",
        "self",
    ]


def test_a_hash_key_and_a_symbol_are_no_names() -> None:
    assert names("{ if: 1, end: :class, a ? b : c => d }") == ["a", "b", "c", "d"]


def test_tokens_know_their_lines() -> None:
    tokens = ruby_tokens("a\n=begin\nx\n=end\nb <<~T\nx\nT\nc # d\n")

    assert [(t.text, t.line) for t in tokens if t.kind == "name"] == [("a", 1), ("b", 5), ("c", 8)]


@pytest.mark.parametrize(
    "text", ["'abc", '"a#{', "%w[", "<<~A\n", "=begin", ":", "?", "\\", "'\\", "}", "@", "$"]
)
def test_what_is_cut_off_ends_with_the_text(text: str) -> None:
    assert len(ruby_tokens(text)) <= len(text) + 1
