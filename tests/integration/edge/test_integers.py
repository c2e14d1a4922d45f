"""Requests with integers that JavaScript cannot hold."""

from __future__ import annotations

from typing import Any

from motia.workers import Answer, Invocation, Responded

BIG = 2**53 + 1


async def taken(invocation: Invocation) -> Answer:
    return Responded(204, (), b"", None, 0, 0)


async def test_they_are_422_on_their_way_to_javascript_alone(app: Any) -> None:
    number = {"type": "object", "properties": {"n": {"type": "integer"}}}
    for language, path in (("node", "/js/:n"), ("python", "/py/:n")):
        schema = {"params": number, "query": number}
        app.step("POST", path, taken, language=language, schema=schema, worker_validates=True)

    refused = await app.client.post(f"/js/{BIG}?n={-BIG}", json={"a": [{"b": BIG}], "c": 2**53})
    python = await app.client.post(f"/py/{BIG}?n={-BIG}", json={"a": [{"b": BIG}]})
    fine = await app.client.post(f"/js/{2**53}", json={"text": str(BIG), "float": 1e30})

    assert refused.status_code == 422
    details = refused.json()["error"]["details"]
    assert {(detail["where"], detail["path"]) for detail in details} == {
        ("params", "/n"),
        ("query", "/n"),
        ("body", "/a/0/b"),
    }
    assert {detail["message"] for detail in details} == {
        "is an integer beyond 2^53, which JavaScript cannot hold exactly"
    }
    assert (python.status_code, fine.status_code) == (204, 204)


async def test_a_form_that_a_schema_makes_numbers_of_is_422_too(app: Any) -> None:
    number = {"type": "object", "properties": {"n": {"type": "integer"}}}
    app.step("POST", "/js", taken, language="node", schema={"body": number})

    refused = await app.client.post("/js", data={"n": str(BIG)})
    fine = await app.client.post("/js", data={"n": str(2**53), "text": str(BIG)})

    assert refused.status_code == 422
    assert refused.json()["error"]["details"][0]["path"] == "/n"
    assert fine.status_code == 204
