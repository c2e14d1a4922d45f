from __future__ import annotations

import pytest

from motia.edge.bodies import decode_json, media_of, parse_form
from motia.edge.faults import HttpFault


@pytest.mark.parametrize(
    ("content_type", "media"),
    [
        (b"", ""),
        (b"application/json", "json"),
        (b"Application/JSON; charset=utf-8", "json"),
        (b"application/problem+json", "json"),
        (b"application/x-www-form-urlencoded", "form"),
        (b"multipart/form-data; boundary=x", "multipart"),
        (b"text/csv", "text"),
        (b"application/pdf", "bytes"),
        (b"application/jsonp", "bytes"),
    ],
)
def test_a_content_type_is_one_of_five_media(content_type: bytes, media: str) -> None:
    assert media_of(content_type) == media


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "ends too early"),
        (b'{"a": 1', "ends too early"),
        (b"{'a': 1}", "line 1, column 2"),
        (b'{"a": 1}\n{', "(line 2, "),
        (b'"\xff"', "UTF-8"),
        (b'"\\ud800"', "\\ud800 is half of a character, without its other half (line 1, column 2)"),
        (b'{"a":\n "x\\uDC00"}', "\\uDC00 is half of a character, without its other half (line 2, column 4)"),
        (b'{"a": "\\ud83d\\ude00', "ends too early"),
        (b'{"a": "\\ud83d', "ends too early"),
        (b"NaN", "column 1"),
        (b"[Infinity]", "column 2"),
        (b"1e999", "out of range"),
        (b"[" * 5_000, "64 levels"),
        (b"[" * 65 + b"]" * 65, "64 levels"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "64 levels"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(raw: bytes, words: str) -> None:
    with pytest.raises(HttpFault) as caught:
        decode_json(raw)

    assert caught.value.http_status == 400
    assert words in caught.value.message


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 64 + b"]" * 64,
        b'{"a":1,"a":2}',
        b"123456789012345678901234567890",
        b'"' + b"[" * 500 + b'"',
        b"[[],[]]",
    ],
)
def test_unusual_json_is_json(raw: bytes) -> None:
    decode_json(raw)


def test_a_form_is_decoded_and_repeated_names_collected() -> None:
    assert parse_form(b"a=1&b=x+y%21&a=2&empty=&bare&&") == {
        "a": ["1", "2"],
        "b": ["x y!"],
        "empty": [""],
        "bare": [""],
    }


@pytest.mark.parametrize(("raw", "status"), [(b"a=%ff", 400), (b"&".join([b"a=1"] * 1_001), 413)])
def test_a_form_that_cannot_be_taken_is_refused(raw: bytes, status: int) -> None:
    with pytest.raises(HttpFault) as caught:
        parse_form(raw)

    assert caught.value.http_status == status
