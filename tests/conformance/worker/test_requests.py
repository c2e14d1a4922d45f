"""worker.md, sections 4 and 5: requests, responses and streams."""

from __future__ import annotations

import msgspec
import pytest

from motia.protocol import Cancel, Chunk, Failure, FilePart, Ping, Pong, Pull, Result


def test_a_request_becomes_a_response(worker):
    worker.request("get-user", path="/users/7", params={"id": msgspec.Raw(b'"7"')})

    answer = worker.answer()

    assert isinstance(answer, Result)
    assert (answer.status, answer.headers) == (200, (("content-type", "application/json"),))
    assert msgspec.json.decode(worker.blob) == {"id": "7", "method": "GET"}


def test_a_json_body_is_bound_by_name(worker):
    worker.request("create-user", "POST", "/users", body=b'{"name":"Ann","age":7}', media="json")

    answer = worker.answer()

    assert answer.status == 201
    assert dict(answer.headers)["x-made"] == "yes"
    assert msgspec.json.decode(worker.blob) == {"name": "Ann", "age": 7}


def test_a_body_that_does_not_fit_is_a_validation_failure(worker):
    worker.request("create-user", "POST", "/users", body=b'{"name":1}', media="json")

    failure = worker.answer()

    assert isinstance(failure, Failure)
    assert failure.kind == "validation"
    assert {(p.where, p.path) for p in failure.problems} == {("body", "/name"), ("body", "/age")}


def test_nothing_is_204(worker):
    worker.request("nothing", "DELETE", "/users/7", params={"id": msgspec.Raw(b'"7"')})

    assert (worker.answer().status, worker.blob) == (204, b"")


def test_text_and_bytes_are_sent_as_they_are(worker):
    worker.request("text")
    answer = worker.answer()
    assert dict(answer.headers)["content-type"].startswith("text/plain")
    assert worker.blob == b"plain words"

    worker.request("raw", "POST", body=b"\x00\xff\r\n", media="bytes")
    answer = worker.answer()
    assert dict(answer.headers)["content-type"] == "application/x-own"
    assert worker.blob == b"\x00\xff\r\n"


def test_an_http_error_sets_the_answer(worker):
    worker.request("refuses")

    failure = worker.answer()

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.message) == ("http", 409, "taken")
    assert failure.headers == (("x-why", "so"),)
    assert msgspec.json.decode(failure.details) == {"by": "somebody"}


def test_another_error_is_a_failure_with_the_authors_stack(worker, language):
    worker.request("breaks")

    failure = worker.answer()

    assert isinstance(failure, Failure)
    assert failure.kind == "error"
    assert "breaks" in failure.stack
    assert language.own_frames not in failure.stack


@pytest.mark.parametrize(("headers", "status"), [((), 401), ((("authorization", "me"),), 200)])
def test_middleware_runs_in_order_around_the_handler(worker, headers, status: int):
    worker.request("guarded", headers=headers)

    answer = worker.answer()

    assert answer.status == status
    assert dict(answer.headers)["x-stamp"] == "guarded"


def test_an_upload_is_a_slice_of_the_body(worker):
    body = b"--b--hello--b--"
    part = FilePart(name="doc", filename="a.txt", content_type="text/plain", offset=5, length=5)
    worker.request(
        "upload", "POST", body=body, media="multipart", files=(part,), form=msgspec.Raw(b'{"title":"T"}')
    )

    worker.answer()

    assert msgspec.json.decode(worker.blob) == {"filename": "a.txt", "size": 5, "text": "hello", "title": "T"}


def test_a_generator_is_a_stream_of_events(worker):
    worker.request("streams", number=3)

    head = worker.next()
    pieces = b""
    while True:
        chunk = worker.next()
        pieces += worker.blob
        if chunk.last:
            break

    assert isinstance(head, Result)
    assert (head.stream, head.status) == (True, 200)
    assert dict(head.headers)["content-type"].startswith("text/event-stream")
    assert pieces == b'data: one\n\ndata: {"two":2}\n\n'
    assert chunk.error == ""


def test_a_stream_sends_no_more_than_its_credit(worker):
    worker.request("floods", number=3)
    assert isinstance(worker.next(), Result)
    for _ in range(4):
        assert isinstance(worker.next(), Chunk)
    worker.send(Ping(token=1))
    assert worker.next() == Pong(token=1)

    worker.send(Pull(invocation=3, bytes=65_536))
    assert isinstance(worker.next(), Chunk)
    worker.send(Pull(invocation=3, bytes=1 << 30))
    received = 5
    while not worker.next().last:
        received += 1

    assert received == 16


def test_a_stream_that_breaks_midway_ends_with_an_error(worker):
    worker.request("breaks-midway", number=3)
    assert isinstance(worker.next(), Result)
    assert not worker.next().last

    last = worker.next()

    assert last.last
    assert "midway" in last.error


def test_a_disconnect_stops_a_stream_that_waits_for_credit(worker):
    worker.request("floods", number=3)
    assert isinstance(worker.next(), Result)
    for _ in range(4):
        worker.next()

    worker.send(Cancel(invocation=3, reason="disconnect"))

    last = worker.next()
    assert last.last
    assert last.error


def test_a_request_may_trigger(worker):
    worker.request("accepts", "POST", body=b'{"a":1}', media="json")
    call, args = worker.call()
    assert args["payload"] == {"a": 1}

    worker.reply(call, {"runId": "r1", "traceId": "t1"})

    assert worker.answer().status == 202
    assert msgspec.json.decode(worker.blob) == {"runId": "r1", "traceId": "t1"}
