from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motia.edge.faults import HttpFault
from motia.edge.multipart import PARTS_MAX, parse_multipart


def part(disposition: str, content: bytes, extra: str = "") -> bytes:
    return f"--X\r\nContent-Disposition: form-data; {disposition}\r\n{extra}\r\n".encode() + content + b"\r\n"


def test_fields_and_files_are_told_apart() -> None:
    body = (
        part('name="a"', b"1")
        + part('name="a"', "zwei ü".encode())
        + part('name="f"; filename="x.png"', b"\x00\xff", "Content-Type: image/png\r\n")
        + part('name="g"; filename=""', b"")
        + b"--X--\r\n"
    )

    fields, files = parse_multipart(body, "X")

    assert fields == {"a": ["1", "zwei ü"]}
    assert [(file.name, file.filename, file.content_type) for file in files] == [
        ("f", "x.png", "image/png"),
        ("g", "", "application/octet-stream"),
    ]
    assert body[files[0].offset : files[0].offset + files[0].length] == b"\x00\xff"
    assert files[1].length == 0


@given(st.binary(max_size=200))
def test_a_file_is_exactly_its_bytes(content: bytes) -> None:
    if b"\r\n--X" in b"\r\n" + content:
        return
    body = part('name="f"; filename="f"', content) + b"--X--"

    _, files = parse_multipart(body, "X")

    assert body[files[0].offset : files[0].offset + files[0].length] == content


def test_a_line_that_only_begins_like_the_boundary_is_content() -> None:
    content = b"a\r\n--Xy\r\nb"
    body = part('name="a"', content) + b"--X--"

    assert parse_multipart(body, "X")[0] == {"a": [content.decode()]}


def test_names_are_decoded_as_browsers_and_rfc_5987_encode_them() -> None:
    body = (
        part('name="a%22b"', b"1")
        + part("name=f; filename=\"x\"; filename*=UTF-8''%C3%BC.txt", b"")
        + b"--X--"
    )

    fields, files = parse_multipart(body, "X")

    assert fields == {'a"b': ["1"]}
    assert files[0].filename == "ü.txt"


def test_text_before_the_first_boundary_is_ignored() -> None:
    assert parse_multipart(b"preamble\r\n" + part('name="a"', b"1") + b"--X--", "X")[0] == {"a": ["1"]}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no boundary", 400),
        (b"--X", 400),
        (b"--X\r\n", 400),
        (b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1", 400),
        (part("x=1", b"1") + b"--X--", 400),
        (b"--X\r\n\r\n1\r\n--X--", 400),
        (b"--Xjunk\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--", 400),
        (part('name="a"', b"\xff") + b"--X--", 400),
        (part('name="a"', b"x" * 1_048_577) + b"--X--", 413),
        (part('name="a"', b"") * (PARTS_MAX + 1) + b"--X--", 413),
        (b"--X\r\nA: " + b"b" * 9_000 + b"\r\n\r\n1\r\n--X--", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(HttpFault) as caught:
        parse_multipart(body, "X")

    assert caught.value.http_status == status


@pytest.mark.parametrize("boundary", ["", "x" * 71, "ü"])
def test_a_boundary_has_1_to_70_ascii_characters(boundary: str) -> None:
    with pytest.raises(HttpFault):
        parse_multipart(b"", boundary)


@given(st.binary(max_size=300))
def test_no_body_brings_it_down(body: bytes) -> None:
    with contextlib.suppress(HttpFault):
        parse_multipart(b"--X\r\n" + body, "X")
