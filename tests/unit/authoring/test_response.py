from __future__ import annotations

import msgspec
import pytest

from motia import Request, UploadedFile, response, sse
from motia.authoring import InputInvalid, ValueNotJson, encode_body, encode_piece, is_stream, response_of
from motia.model import CallerError


@pytest.mark.parametrize(
    ("value", "status", "media", "body"),
    [
        ({"a": 1}, 200, "application/json", b'{"a":1}'),
        ([], 200, "application/json", b"[]"),
        (0, 200, "application/json", b"0"),
        (False, 200, "application/json", b"false"),
        ("", 200, "text/plain; charset=utf-8", b""),
        ("hi", 200, "text/plain; charset=utf-8", b"hi"),
        (b"\x00", 200, "application/octet-stream", b"\x00"),
        (response({"a": 1}, status=201), 201, "application/json", b'{"a":1}'),
    ],
)
def test_what_a_handler_returns_becomes_an_answer(value, status, media, body):
    answer = response_of(value)

    headers, content = encode_body(answer, what="it")

    assert (answer.status, dict(headers)["content-type"], content) == (status, media, body)


def test_none_is_204_without_a_body():
    answer = response_of(None)

    assert (answer.status, encode_body(answer, what="it")) == (204, ((), b""))


def test_headers_may_repeat_and_content_type_is_the_authors():
    answer = response(
        "<p>", headers={"Content-Type": "text/html", "Set-Cookie": ["a=1", "b=2"], "Content-Length": "9"}
    )

    headers, _ = encode_body(answer, what="it")

    assert headers == (("content-type", "text/html"), ("set-cookie", "a=1"), ("set-cookie", "b=2"))
    assert answer.with_header("x-b", "2").header("X-B") == "2"


@pytest.mark.parametrize("headers", [{"a\r\nb": "1"}, {"a": "1\r\nset-cookie: x"}, {"": "1"}, {"a": "\0"}])
def test_a_header_that_would_smuggle_is_refused(headers):
    with pytest.raises(CallerError):
        response(headers=headers)


@pytest.mark.parametrize("status", [0, 199, 600, "200", True])
def test_a_status_that_is_none_is_refused(status):
    with pytest.raises(CallerError):
        response(status=status)


@pytest.mark.parametrize("value", [{1}, {"a": float("nan")}, object()])
def test_a_body_that_is_not_json_is_refused(value):
    with pytest.raises(ValueNotJson, match="step 'x'"):
        encode_body(response_of(value), what="the response of step 'x'")


def test_items_of_a_stream_are_framed():
    assert encode_piece("a\nb", is_sse=True, what="it") == b"data: a\ndata: b\n\n"
    assert encode_piece({"a": 1}, is_sse=True, what="it") == b'data: {"a":1}\n\n'
    assert encode_piece(sse({"a": 1}, event="e", id="7", retry_ms=5), is_sse=True, what="it") == (
        b'event: e\nid: 7\nretry: 5\ndata: {"a":1}\n\n'
    )
    assert encode_piece(b"raw", is_sse=False, what="it") == b"raw"
    with pytest.raises(CallerError, match="text or bytes"):
        encode_piece({"a": 1}, is_sse=False, what="it")
    with pytest.raises(CallerError):
        sse("x", event="a\nb")


def test_iterators_are_streams_and_lists_are_not():
    assert is_stream(iter([1]))
    assert not is_stream([1])
    assert response_of(x for x in "ab").is_sse


def test_a_request_decodes_its_parts_when_asked():
    request = Request(
        method="POST",
        url="/a?q=1",
        path="/a",
        params={"id": msgspec.Raw(b'"7"')},
        query={"q": msgspec.Raw(b"[1,2]")},
        headers=(("x-a", "1"), ("x-a", "2"), ("cookie", 's="x"; t=2')),
        media="json",
        raw=b'{"a":1}',
    )

    assert (request.params, request.query, request.body) == ({"id": "7"}, {"q": [1, 2]}, {"a": 1})
    assert (request.headers["X-A"], request.headers.get_all("X-A")) == ("1, 2", ["1", "2"])
    assert "X-Nothing" not in request.headers
    assert request.cookies == {"s": "x", "t": "2"}


def test_malformed_json_is_a_problem_of_the_body():
    request = Request(method="POST", url="/", path="/", media="json", raw=b"{")

    with pytest.raises(InputInvalid) as caught:
        _ = request.body

    assert caught.value.problems[0].where == "body"


def test_a_multipart_body_has_fields_and_files(tmp_path):
    file = UploadedFile(
        name="f", filename="../x", content_type="text/plain", body=b"--hello--", offset=2, length=5
    )
    request = Request(
        method="POST",
        url="/",
        path="/",
        media="multipart",
        form=msgspec.Raw(b'{"a":"1"}'),
        files=(file,),
        raw=b"--",
    )

    assert request.body == {"a": "1", "f": file}
    assert (file.read(), file.text(), file.size_bytes) == (b"hello", "hello", 5)
    file.save(tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"hello"


def test_other_bodies_are_what_they_are():
    def body(media, raw):
        return Request(method="POST", url="/", path="/", media=media, raw=raw).body

    assert (body("text", b"hi"), body("bytes", b"\x00"), body("none", b"")) == ("hi", b"\x00", None)
