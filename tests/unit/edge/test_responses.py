from __future__ import annotations

import json

import pytest

from motia.edge.responses import OWN_HEADERS, DateLine, UnsafeHeader, error_body, header_line, header_lines


@pytest.mark.parametrize(
    "header",
    [
        ("x-a", "a\r\nset-cookie: b"),
        ("x-a", "a\nb"),
        ("x-a", "a\rb"),
        ("x-a", "a\x00b"),
        ("x-a\r\nset-cookie", "b"),
        ("x a", "b"),
        ("x:a", "b"),
        ("", "b"),
        ("x-ü", "b"),
    ],
)
def test_a_header_that_could_split_the_response_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(UnsafeHeader):
        header_lines((("a", "b"), header))


@pytest.mark.parametrize("name", sorted(OWN_HEADERS))
def test_headers_about_the_connection_are_left_out(name: str) -> None:
    assert header_line((name.title(), "x")) == b""


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (("X-A", " b\tc "), b"x-a: b\tc\r\n"),
        (("x-a", "ü"), b"x-a: \xc3\xbc\r\n"),
        (("x-a", "\u2028"), b"x-a: \xe2\x80\xa8\r\n"),
        (("x-a", ""), b"x-a: \r\n"),
    ],
)
def test_a_header_line_is_name_and_value(header: tuple[str, str], line: bytes) -> None:
    assert header_line(header) == line


def test_the_date_changes_with_the_second() -> None:
    date = DateLine()

    assert date.at(1_767_225_600_000) == b"date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    assert date.at(1_767_225_600_999) is date.at(1_767_225_600_000)
    assert date.at(1_767_225_601_000) == b"date: Thu, 01 Jan 2026 00:00:01 GMT\r\n"


def test_the_error_shape() -> None:
    plain = json.loads(error_body(code="a", message="b", trace="c"))
    full = json.loads(error_body(code="a", message="b", trace="c", details=[1], hint="d"))

    assert plain == {"error": {"code": "a", "message": "b", "traceId": "c"}}
    assert full == {"error": {"code": "a", "message": "b", "traceId": "c", "details": [1], "hint": "d"}}
