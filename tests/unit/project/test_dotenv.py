from __future__ import annotations

from pathlib import Path

import pytest

from motia.model import StartError
from motia.project import merge_dotenv, parse_dotenv, read_dotenv


def test_names_values_quotes_comments_and_export_are_read() -> None:
    text = "\n".join(
        [
            "# a comment",
            "PLAIN=one two  # trailing comment",
            "  export EXPORTED = yes",
            "EMPTY=",
            "HASH=a#b",
            "SINGLE='a $b # \\n c'",
            'DOUBLE="a\\n\\"b\\" \\$c"  # comment',
            'LINES="-----BEGIN',
            "key = value",
            '-----END"',
            "DOTTED.name=1",
            "PLAIN=last wins",
        ]
    )

    values = parse_dotenv(text)

    assert values == {
        "PLAIN": "last wins",
        "EXPORTED": "yes",
        "EMPTY": "",
        "HASH": "a#b",
        "SINGLE": "a $b # \\n c",
        "DOUBLE": 'a\n"b" $c',
        "LINES": "-----BEGIN\nkey = value\n-----END",
        "DOTTED.name": "1",
    }


def test_the_real_environment_is_never_overridden() -> None:
    merged = merge_dotenv({"A": "real"}, {"A": "file", "B": "file"})

    assert merged == {"A": "real", "B": "file"}


def test_no_file_is_no_values(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}


def test_windows_line_ends_and_a_byte_order_mark_are_no_part_of_values(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfA=1\r\nB=2\r\n")

    assert read_dotenv(tmp_path / ".env") == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("A=1\nnonsense\n", ".env:2: this line is no NAME=value", "write NAME=value"),
        ("1A=2", ".env:1: this line is no NAME=value", "letters, digits and _"),
        ('A="open\nB=1', '.env:1: the quote " is never closed', "end the value"),
        ("A=1\nB='x' y", ".env:2: there is something after the closing quote", "comment with #"),
    ],
)
def test_a_bad_line_is_refused_with_its_place_and_a_hint(text: str, message: str, hint: str) -> None:
    with pytest.raises(StartError) as caught:
        parse_dotenv(text)

    assert caught.value.message == message
    assert hint in caught.value.hint


def test_an_error_never_shows_a_value() -> None:
    with pytest.raises(StartError) as caught:
        parse_dotenv('TOKEN="s3cret')

    assert "s3cret" not in caught.value.message + caught.value.hint


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=1\nB=\xff\n")

    with pytest.raises(StartError) as caught:
        read_dotenv(tmp_path / ".env")

    assert caught.value.message == ".env:2: not UTF-8"
    assert "UTF-8" in caught.value.hint
