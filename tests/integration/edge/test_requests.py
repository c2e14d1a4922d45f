"""What a step gets of a request, and what a client gets of an answer."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from motia.model import Problem

WAIT_S = 5.0
ITEM = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "count": {"type": "integer", "minimum": 1}},
    "required": ["name"],
    "additionalProperties": False,
}


async def seen(app: Any) -> Any:
    return app.workers.seen[-1]


async def test_a_step_answers_json_with_its_trace(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({"hello": "world"})

    app.step("GET", "/hello", handler)

    response = await app.client.get("/hello")

    assert response.status_code == 200
    assert response.json() == {"hello": "world"}
    assert response.headers["content-type"] == "application/json"
    trace = app.workers.seen[0].trace
    assert response.headers["x-trace-id"] == trace
    assert response.headers["traceresponse"] == f"00-{trace}-{app.workers.seen[0].span}-01"
    record = app.records.requests[0]
    assert (record["status"], record["handler_us"], record["wait_us"], record["path"]) == (
        200,
        5,
        3,
        "/hello",
    )


async def test_params_and_query_arrive_in_the_types_of_their_schemas(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        request = invocation.request
        return app.answer(msgspec.json.encode({"params": request.params, "query": request.query}))

    app.step(
        "GET",
        "/users/:id/:name",
        handler,
        schema={
            "params": {"type": "object", "properties": {"id": {"type": "integer"}}},
            "query": {
                "type": "object",
                "properties": {
                    "tags": {"type": "array", "items": {"type": "integer"}},
                    "deep": {"type": "boolean"},
                    "ratio": {"type": "number"},
                    "near": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                },
            },
        },
    )

    response = await app.client.get(
        "/users/42/J%C3%BCr%2Fgen?tags=1&tags=2&deep=true&ratio=1.5&near=&q=a+b%21&r=1&r=2"
    )

    assert response.json() == {
        "params": {"id": 42, "name": "Jür/gen"},
        "query": {"tags": [1, 2], "deep": True, "ratio": 1.5, "near": None, "q": "a b!", "r": ["1", "2"]},
    }


async def test_every_problem_of_every_part_is_reported(app: Any) -> None:
    app.step(
        "POST",
        "/items/:id",
        seen,
        schema={
            "body": ITEM,
            "params": {"type": "object", "properties": {"id": {"type": "integer"}}},
            "query": {"type": "object", "required": ["page"]},
            "headers": {
                "type": "object",
                "properties": {"X-Size": {"type": "integer"}},
                "required": ["X-Size"],
            },
        },
    )

    response = await app.client.post(
        "/items/abc", json={"count": 0, "extra/field": 1}, headers={"x-size": "big"}
    )

    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "validation-failed"
    assert error["traceId"] == response.headers["x-trace-id"]
    places = {(problem["where"], problem["path"], problem["keyword"]) for problem in error["details"]}
    assert places == {
        ("params", "/id", "type"),
        ("query", "/page", "required"),
        ("headers", "/X-Size", "type"),
        ("body", "/name", "required"),
        ("body", "/count", "minimum"),
        ("body", "/extra~1field", "additionalProperties"),
    }
    assert app.workers.seen == []
    assert app.records.requests[0]["status"] == 422


async def test_a_body_reaches_the_worker_as_the_bytes_that_came(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({"media": invocation.request.media})

    app.step("POST", "/items", handler, schema={"body": ITEM})
    raw = b' {"name" :  "a"}\n'

    response = await app.client.post("/items", content=raw, headers={"content-type": "application/json"})

    assert response.json() == {"media": "json"}
    assert app.workers.seen[0].body == raw


async def test_malformed_json_names_its_place(app: Any) -> None:
    app.step("POST", "/items", seen, schema={"body": ITEM})

    response = await app.client.post(
        "/items", content=b'{"a": 1,\n "b": x}', headers={"content-type": "application/json"}
    )

    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "malformed-body"
    assert (error["details"][0]["line"], error["details"][0]["column"]) == (2, 7)


async def test_a_body_that_the_worker_validates_is_passed_on_unchecked(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.failed(
            "validation",
            problems=(Problem(path="/name", message="too short", where="body"),),
        )

    app.step("POST", "/items", handler, schema={"body": ITEM}, worker_validates=True)

    response = await app.client.post("/items", json={"count": "many"})

    assert len(app.workers.seen) == 1
    assert response.status_code == 422


async def test_a_required_body_that_is_missing_is_reported(app: Any) -> None:
    app.step("POST", "/items", seen, schema={"body": ITEM})

    response = await app.client.post("/items")

    assert response.status_code == 422
    assert response.json()["error"]["details"][0]["message"] == "a body is required"


async def test_an_unexpected_media_type_is_415(app: Any) -> None:
    app.step("POST", "/items", seen, schema={"body": ITEM})

    response = await app.client.post("/items", content=b"<a/>", headers={"content-type": "application/xml"})

    assert response.status_code == 415


async def test_a_form_is_converted_by_the_body_schema(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer(
            {"media": invocation.request.media, "form": msgspec.json.decode(invocation.request.form)}
        )

    app.step("POST", "/items", handler, schema={"body": ITEM})

    response = await app.client.post("/items", data={"name": "a b", "count": "3"})

    assert response.json() == {"media": "form", "form": {"name": "a b", "count": 3}}


async def test_files_are_slices_of_the_raw_body(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        file = invocation.request.files[0]
        content = invocation.body[file.offset : file.offset + file.length]
        form = msgspec.json.decode(invocation.request.form)
        return app.answer(
            content,
            headers=(("x-name", file.filename), ("x-type", file.content_type), ("x-form", form["note"])),
        )

    app.step("POST", "/upload", handler)
    content = bytes(range(256)) * 40 + b"\r\n--not the boundary"

    response = await app.client.post(
        "/upload", data={"note": "hi"}, files={"photo": ("a b.png", content, "image/png")}
    )

    assert response.content == content
    assert response.headers["x-name"] == "a b.png"
    assert response.headers["x-type"] == "image/png"
    assert response.headers["x-form"] == "hi"


async def test_an_unknown_path_is_404_with_the_closest_one(app: Any) -> None:
    app.step("GET", "/orders", seen)

    response = await app.client.get("/order")

    assert response.status_code == 404
    assert "/orders" in response.json()["error"]["hint"]


async def test_production_gives_no_hint_and_no_internals(make_app: Any) -> None:
    app = await make_app(environment="production")

    async def handler(invocation: Any) -> Any:
        return app.failed(message="password=hunter2")

    app.step("GET", "/orders", handler)

    missing = await app.client.get("/order")
    response = await app.client.get("/orders")

    assert "hint" not in missing.json()["error"]
    assert response.status_code == 500
    assert "hunter2" not in response.text
    assert response.json()["error"]["traceId"] == response.headers["x-trace-id"]
    assert any("hunter2" in log["message"] for log in app.records.logs)


@pytest.mark.parametrize(("kind", "is_shown"), [("error", True), ("retry_after", False)])
async def test_the_log_shows_where_a_step_failed_but_not_where_it_met_what_is_away(
    app: Any, kind: str, is_shown: bool
) -> None:
    async def handler(invocation: Any) -> Any:
        return app.failed(kind, stack="File x.py, line 3")

    app.step("GET", "/orders", handler)

    await app.client.get("/orders")

    (line,) = app.records.logs
    assert ("boom" in line["message"], "x.py" in line["message"]) == (True, is_shown)


async def test_development_says_what_failed(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.failed()

    app.step("GET", "/orders", handler)

    response = await app.client.get("/orders")

    assert response.status_code == 500
    assert response.json()["error"]["message"] == "ValueError: boom"


async def test_an_http_error_of_a_step_is_shown_in_production(make_app: Any) -> None:
    app = await make_app(environment="production")

    async def handler(invocation: Any) -> Any:
        details = msgspec.Raw(b'{"sku":7}')
        return app.failed(
            "http", status=404, message="no such item", details=details, headers=(("x-a", "b"),)
        )

    app.step("GET", "/items", handler)

    response = await app.client.get("/items")

    assert response.status_code == 404
    assert response.headers["x-a"] == "b"
    error = response.json()["error"]
    assert (error["code"], error["message"], error["details"]) == ("not-found", "no such item", {"sku": 7})


async def test_a_wrong_method_is_405_with_allow(app: Any) -> None:
    app.step("GET", "/items", seen)

    response = await app.client.delete("/items")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_head_is_get_without_its_body(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({"a": 1})

    app.step("GET", "/items", handler)

    response = await app.client.head("/items")

    assert response.status_code == 200
    assert response.headers["content-length"] == "8"
    assert response.content == b""


async def test_options_answers_allow(app: Any) -> None:
    app.step("PUT", "/items", seen)

    response = await app.client.options("/items")

    assert response.status_code == 204
    assert response.headers["allow"] == "OPTIONS, PUT"


async def test_nothing_is_204_without_a_length(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer(b"", 204, ())

    app.step("DELETE", "/items", handler)

    response = await app.client.delete("/items")

    assert response.status_code == 204
    assert "content-length" not in response.headers


async def test_cookies_may_be_set_twice(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({}, headers=(("set-cookie", "a=1"), ("set-cookie", "b=2")))

    app.step("GET", "/login", handler)

    response = await app.client.get("/login")

    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


async def test_a_header_with_a_line_break_is_never_sent(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({}, headers=(("x-name", "a\r\nset-cookie: stolen=1"),))

    app.step("GET", "/split", handler)

    response = await app.client.get("/split")

    assert response.status_code == 500
    assert "set-cookie" not in response.headers
    assert "x-name" in response.json()["error"]["message"]


async def test_headers_about_framing_are_the_edges_own(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer(
            b"hello", headers=(("Content-Length", "2"), ("Transfer-Encoding", "chunked"), ("x-a", "b"))
        )

    app.step("GET", "/framing", handler)

    response = await app.client.get("/framing")

    assert response.content == b"hello"
    assert response.headers["x-a"] == "b"


async def test_a_trace_from_outside_is_continued(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({})

    app.step("GET", "/hello", handler)
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    response = await app.client.get("/hello", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})

    assert response.headers["x-trace-id"] == trace
    assert app.workers.seen[0].trace == trace
    assert app.records.requests[0]["parent"] == "00f067aa0ba902b7"


async def test_a_worker_that_dies_is_502(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.died()

    app.step("GET", "/crash", handler)

    response = await app.client.get("/crash")

    assert response.status_code == 502
    assert response.json()["error"]["traceId"]


async def test_a_step_that_takes_too_long_is_504_and_cancelled(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        await asyncio.Event().wait()

    app.step("GET", "/slow", handler, timeout_ms=50)

    response = await app.client.get("/slow")

    assert response.status_code == 504
    assert await asyncio.wait_for(app.workers.cancelled.get(), WAIT_S) == "timeout"


async def test_a_request_waits_for_a_free_worker(app: Any) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handler(invocation: Any) -> Any:
        entered.set()
        await leave.wait()
        return app.answer({})

    app.step("GET", "/one", handler)
    app.workers.slots = 1
    first = asyncio.ensure_future(app.client.get("/one"))
    await asyncio.wait_for(entered.wait(), WAIT_S)
    second = asyncio.ensure_future(app.client.get("/one"))
    while app.edge.in_flight < 2:
        await asyncio.sleep(0)
    leave.set()

    answers = await asyncio.wait_for(asyncio.gather(first, second), WAIT_S)

    assert [response.status_code for response in answers] == [200, 200]
    assert app.edge.in_flight == 0


async def test_a_request_that_no_worker_takes_is_503_with_retry_after(app: Any) -> None:
    app.step("GET", "/one", seen, timeout_ms=50)
    app.workers.slots = 0

    response = await app.client.get("/one")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"


async def test_more_requests_than_the_bound_are_503(make_app: Any) -> None:
    app = await make_app(limits={"requests_in_flight": 1})
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handler(invocation: Any) -> Any:
        entered.set()
        await leave.wait()
        return app.answer({})

    app.step("GET", "/one", handler)
    first = asyncio.ensure_future(app.client.get("/one"))
    await asyncio.wait_for(entered.wait(), WAIT_S)

    response = await app.client.get("/one")
    leave.set()

    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert (await first).status_code == 200


async def test_a_client_that_leaves_cancels_the_handler(app: Any) -> None:
    entered = asyncio.Event()

    async def handler(invocation: Any) -> Any:
        entered.set()
        await asyncio.Event().wait()

    app.step("GET", "/slow", handler)
    _, writer = await app.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.wait_for(entered.wait(), WAIT_S)
    await app.close(writer)

    assert await asyncio.wait_for(app.workers.cancelled.get(), WAIT_S) == "disconnect"
    async with asyncio.timeout(WAIT_S):
        while app.edge.in_flight:
            await asyncio.sleep(0)


async def test_a_new_catalog_serves_new_routes_and_leaves_requests_in_flight_alone(app: Any) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handler(invocation: Any) -> Any:
        entered.set()
        await leave.wait()
        return app.answer({"version": 1})

    app.step("GET", "/a", handler)
    first = asyncio.ensure_future(app.client.get("/a"))
    await asyncio.wait_for(entered.wait(), WAIT_S)
    app.specs.clear()
    app.step("GET", "/b", handler)
    leave.set()

    assert (await first).json() == {"version": 1}
    assert (await app.client.get("/a")).status_code == 404
    assert (await app.client.get("/b")).status_code == 200
