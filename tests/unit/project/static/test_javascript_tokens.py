"""JavaScript and TypeScript as tokens."""

from __future__ import annotations

import pytest

from motia.project.static.javascript_tokens import javascript_tokens


def kinds(text: str) -> list[str]:
    return [token.kind for token in javascript_tokens(text)]


@pytest.mark.parametrize(
    "text",
    [
        "x = /a/g", "return /a/", "f(/a/)", "[/a/]", "{}\n/a/", "if (x) /a/", "!/a/", "() => /a/", "x = /[/]/",
        "a ? /b/ : c", "typeof /a/",
    ],
)  # fmt: skip
def test_a_slash_where_an_operand_may_stand_opens_a_regular_expression(text: str) -> None:
    assert "regex" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "a / b / c",
        "f(x) / 2 / 3",
        "a[0] / b / c",
        "({}) / 1 / 2",
        "1 / 2 / 3",
        "x.return / 1 / 2",
        "i++ / 2 / 3",
    ],
)
def test_a_slash_behind_an_operand_divides(text: str) -> None:
    assert "regex" not in kinds(text)


def test_strings_say_what_they_mean() -> None:
    tokens = javascript_tokens("'a\\n\\x41\\u0042\\u{43}\\'' \"b\\\nc\" `d` `e${1}`")

    assert [token.value for token in tokens if token.kind == "string"] == ["a\nABC'", "bc", "d", None]


def test_code_in_a_template_is_tokens_and_the_text_around_it_is_not() -> None:
    tokens = javascript_tokens("`a ${ f({ b: `c ${d} e` }) } g` + h")

    assert [token.text for token in tokens if token.kind == "name"] == ["f", "b", "d", "h"]


def test_tokens_know_their_lines() -> None:
    tokens = javascript_tokens("#!/usr/bin/env node\na\n/* \n */ b `\n` c")

    assert [(token.text, token.line) for token in tokens if token.kind == "name"] == [
        ("a", 2),
        ("b", 4),
        ("c", 5),
    ]


@pytest.mark.parametrize("text", ["'abc", "`abc", "`a${", "/* abc", "/abc", "\\", "'\\", "}", "`\\"])
def test_what_is_cut_off_ends_with_the_text(text: str) -> None:
    assert len(javascript_tokens(text)) <= len(text)
