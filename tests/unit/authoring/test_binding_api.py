"""How requests become arguments: path, then query, then body, by name."""

from __future__ import annotations

import msgspec
import pydantic
import pytest

from motia import Context, Request, UploadedFile, api
from motia.authoring import InputInvalid


class User(msgspec.Struct):
    name: str
    age: int = 0


class UserModel(pydantic.BaseModel):
    name: str
    age: int = 0


def raws(values):
    return {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in values.items()}


def request_of(method="GET", *, params=None, query=None, body=None, headers=(), **more):
    raw = b"" if body is None else msgspec.json.encode(body)
    return Request(
        method=method,
        url="/",
        path="/",
        params=raws(params or {}),
        query=raws(query or {}),
        headers=headers,
        media=more.pop("media", "none" if body is None else "json"),
        raw=more.pop("raw", raw),
        **more,
    )


@pytest.fixture
def bound(collector, invocation):
    def declare(function, request, **options):
        options = {"id": f"s{len(collector.steps)}", "method": request.method, "path": "/x/:id", **options}
        api(**options)(function)
        assert collector.faults == []
        args, kwargs = collector.steps[-1].bind_request(request, invocation)
        return function(*args, **kwargs)

    return declare


def test_names_come_from_path_then_query_then_body(bound):
    def handler(id, page, name):
        return id, page, name

    request = request_of(
        "POST", params={"id": "7"}, query={"page": 2}, body={"name": "n", "id": "b", "page": 9}
    )

    schema = {"query": {"page": int}, "body": {"name": str, "page": int}}
    assert bound(handler, request, schema=schema) == ("7", 2, "n")


def test_the_parts_of_the_request_have_names(bound):
    def handler(request, body, params, query, headers, ctx):
        return request.method, body, params, query, headers["X-A"], ctx.step_id

    request = request_of("POST", params={"id": "7"}, query={"q": 1}, body=[1], headers=(("x-a", "v"),))

    assert bound(handler, request) == ("POST", [1], {"id": "7"}, {"q": 1}, "v", "here")


def test_annotations_convert_path_and_query(collector, bound):
    def handler(id: int, page: int = 1, tags: list[str] | None = None):
        return id, page, tags

    assert bound(handler, request_of(params={"id": "7"}, query={"page": "3"})) == (7, 3, None)
    request = collector.steps[0].spec.request
    assert msgspec.json.decode(request.params)["properties"]["id"] == {"type": "integer"}
    assert msgspec.json.decode(request.query)["properties"]["page"]["default"] == 1


@pytest.mark.parametrize("model", [User, UserModel])
def test_a_model_gets_the_whole_body(collector, bound, model):
    def handler(user, id):
        return user, id

    handler.__annotations__["user"] = model
    request = request_of("POST", params={"id": "7"}, body={"name": "n"})

    assert bound(handler, request) == (model(name="n"), "7")
    assert msgspec.json.decode(collector.steps[0].spec.request.body)
    assert collector.steps[0].spec.worker_validates is (model is UserModel)


def test_a_model_on_a_get_is_its_query(bound):
    def handler(filters: User):
        return filters

    assert bound(handler, request_of(query={"name": "n", "age": "5"}), path="/x") == User("n", 5)


def test_body_annotated_with_a_model_is_an_instance(bound):
    def handler(body: User):
        return body

    assert bound(handler, request_of("POST", body={"name": "n"}), path="/x") == User("n")


def test_a_field_of_the_body_is_converted_to_its_annotated_model(bound):
    def handler(user: User):
        return user

    request = request_of("POST", body={"user": {"name": "n"}})
    assert bound(handler, request, path="/x", schema={"body": {"user": dict}}) == User("n")


def test_body_fields_without_any_schema_come_from_annotations(bound):
    def handler(name: str, size: int = 2):
        return name, size

    assert bound(handler, request_of("POST", body={"name": "n"}), path="/x") == ("n", 2)


def test_forms_are_read_with_text_standing_for_numbers(bound):
    def handler(name: str, size: int):
        return name, size

    form = msgspec.Raw(b'{"name":"n","size":"4"}')
    assert bound(handler, request_of("POST", media="form", form=form), path="/x") == ("n", 4)


def test_uploads_are_bound_by_name(bound):
    def handler(doc: UploadedFile, title: str, more: list[UploadedFile]):
        return doc.read(), title, [file.filename for file in more]

    files = tuple(
        UploadedFile(name=name, filename=f"{name}{i}", content_type="", body=b"abcd", offset=i, length=2)
        for i, name in enumerate(("doc", "more", "more"))
    )
    request = request_of("POST", media="multipart", form=msgspec.Raw(b'{"title":"T"}'), files=files)

    assert bound(handler, request, path="/x") == (b"ab", "T", ["more1", "more2"])


def test_problems_of_all_parts_are_told_at_once(collector, invocation):
    @api(id="s", method="POST", path="/x/:id", schema={"body": {"name": str}, "query": {"page": int}})
    def handler(id: int, name, page):
        pass

    with pytest.raises(InputInvalid) as caught:
        collector.steps[0].bind_request(
            request_of("POST", params={"id": "seven"}, query={}, body={"name": 1}), invocation
        )

    assert {(p.where, p.path) for p in caught.value.problems} == {
        ("params", "/id"),
        ("query", "/page"),
        ("body", "/name"),
    }


@pytest.mark.parametrize("raw", [b"", b"{", b"[]"])
def test_a_body_that_is_missing_or_malformed_is_a_problem(collector, invocation, raw):
    @api(id="s", method="POST", path="/x", schema={"body": {"name": str}})
    def handler(name):
        pass

    with pytest.raises(InputInvalid):
        collector.steps[0].bind_request(request_of("POST", media="json", raw=raw), invocation)


def test_a_parameter_that_nothing_provides_is_a_fault(collector):
    @api(id="s", method="GET", path="/x/:id", schema={"query": {"page": int}})
    def handler(id, page, nmae):
        pass

    (fault,) = collector.faults
    assert fault.code == "signature-mismatch"
    assert "'nmae'" in fault.message
    assert "page" in fault.hint


def test_a_params_schema_that_the_path_does_not_have_is_a_fault(collector):
    @api(id="s", path="/x/:id", schema={"params": {"uid": str}})
    def handler(request):
        pass

    assert [fault.code for fault in collector.faults] == ["signature-mismatch"]


def test_an_unknown_part_of_the_schema_is_a_fault(collector):
    @api(id="s", path="/x", schema={"boddy": {"a": str}})
    def handler():
        pass

    assert [fault.code for fault in collector.faults] == ["schema-unreadable"]


def test_the_response_schema_is_in_the_manifest(collector):
    @api(id="s", path="/x", schema={"response": {"ok": bool}})
    def handler():
        pass

    assert msgspec.json.decode(collector.steps[0].spec.request.response)["required"] == ["ok"]


def test_the_context_comes_by_annotation(bound):
    def handler(context: Context, req: Request):
        return context.step_id, req.path

    assert bound(handler, request_of(), path="/x") == ("here", "/")


def test_a_json_schema_beside_a_model_is_checked_in_the_worker(collector, invocation):
    @api(
        id="s",
        method="POST",
        path="/x",
        schema={"body": UserModel, "query": {"type": "object", "properties": {"n": {"maximum": 3}}}},
    )
    def handler(name, n):
        pass

    with pytest.raises(InputInvalid) as caught:
        collector.steps[0].bind_request(request_of("POST", query={"n": 9}, body={"name": "n"}), invocation)

    assert [(p.where, p.path, p.keyword) for p in caught.value.problems] == [("query", "/n", "maximum")]
