from __future__ import annotations

import json
from typing import Any

import msgspec

from motia.edge.openapi import openapi_document
from motia.model import RequestSchemas, Source, StepId, StepKind, StepSpec, TopicSpec


def api(method: str, path: str, **parts: Any) -> StepSpec:
    raws = {name: msgspec.Raw(json.dumps(part).encode()) for name, part in parts.items()}
    return StepSpec(
        id=StepId(f"{method}{path}"),
        kind=StepKind.API,
        language="python",
        source=Source(file="a.py"),
        method=method,
        path=path,
        request=RequestSchemas(**raws) if raws else None,
    )


def test_parameters_come_from_path_query_and_headers() -> None:
    step = api(
        "GET",
        "/users/:id/:tab",
        params={"properties": {"id": {"type": "integer"}}},
        query={"properties": {"page": {"type": "integer", "description": "which"}}, "required": ["page"]},
        headers={"properties": {"X-A": {"type": "string"}}},
    )

    operation = openapi_document([step], title="t")["paths"]["/users/{id}/{tab}"]["get"]

    assert [(p["name"], p["in"], p["required"], p["schema"]["type"]) for p in operation["parameters"]] == [
        ("id", "path", True, "integer"),
        ("tab", "path", True, "string"),
        ("page", "query", True, "integer"),
        ("X-A", "header", False, "string"),
    ]
    assert operation["parameters"][2]["description"] == "which"


def test_definitions_move_to_components_and_references_follow() -> None:
    tree = {"$ref": "#/$defs/T", "$defs": {"T": {"properties": {"next": {"$ref": "#/$defs/T"}}}}}

    document = openapi_document([api("POST", "/a", body=tree, response={"type": "string"})], title="t")

    reference = document["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "$ref"
    ]
    name = reference.removeprefix("#/components/schemas/")
    assert document["components"]["schemas"][name] == {"properties": {"next": {"$ref": reference}}}


def test_responses_may_be_given_by_status() -> None:
    step = api("GET", "/a", response={"200": {"type": "string"}, "404": {"type": "object"}})

    responses = openapi_document([step], title="t")["paths"]["/a"]["get"]["responses"]

    assert set(responses) == {"200", "404", "422", "500"}


def test_an_event_stream_names_its_type() -> None:
    step = api("GET", "/a", response={"contentMediaType": "text/event-stream"})

    content = openapi_document([step], title="t")["paths"]["/a"]["get"]["responses"]["200"]["content"]

    assert set(content) == {"text/event-stream"}


def test_steps_of_other_kinds_are_left_out() -> None:
    event = StepSpec(id=StepId("e"), kind=StepKind.EVENT, language="python", source=Source(file="a.py"))

    assert openapi_document([event], title="t")["paths"] == {}


def test_defined_events_are_described_beside_the_paths() -> None:
    schema = {
        "$id": "order.placed",
        "properties": {"lines": {"$ref": "#/$defs/Line"}, "before": {"$ref": "#"}},
        "$defs": {"Line": {"type": "string"}},
    }
    topic = TopicSpec(
        name="order placed/1",
        description="An order.",
        schema=msgspec.Raw(msgspec.json.encode(schema)),
        source=Source(file="motia/events/order.json"),
    )

    document = openapi_document([], title="t", topics=[topic])

    assert document["x-events"] == {
        "order placed/1": {
            "description": "An order.",
            "payload": {"$ref": "#/components/schemas/event.order_placed_1"},
        }
    }
    assert document["components"]["schemas"]["event.order_placed_1"] == {
        "properties": {
            "lines": {"$ref": "#/components/schemas/event.order_placed_1.Line"},
            "before": {"$ref": "#/components/schemas/event.order_placed_1"},
        }
    }
    assert "x-events" not in openapi_document([], title="t")
