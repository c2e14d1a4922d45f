import json

import jsonschema_rs
import pytest

from motia.workbench import ENDPOINTS


@pytest.fixture
async def document(client):
    return (await client.get("/v1/openapi.json")).json()


async def test_every_endpoint_is_described_with_its_permission(document):
    described = {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }

    assert set(described) == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    for endpoint in ENDPOINTS:
        operation = described[endpoint.method, endpoint.path]
        assert operation["x-permission"] == endpoint.permission.value
        assert operation["summary"]


async def test_every_reference_leads_somewhere(document):
    text = json.dumps(document)

    for name in {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/status",
        "/v1/steps",
        "/v1/steps/{step}",
        "/v1/faults",
        "/v1/graph",
        "/v1/topics",
        "/v1/session",
        "/v1/doctor",
        "/v1/audit",
        "/v1/cron",
        "/v1/runs",
        "/v1/runs/{run}",
        "/v1/runs/counts",
        "/v1/dead",
        "/v1/queues",
        "/v1/logs",
        "/v1/traces",
        "/v1/errors",
        "/v1/metrics",
        "/v1/state",
        "/v1/workers",
        "/v1/config",
    ],
)
async def test_answers_are_as_described(client, document, world, a_run, path):
    world.ledger.runs = [a_run(1)]
    world.telemetry.log(level="info", message="x", at=1, step="a", fields=b'{"a": 1}')
    url = path.replace("{step}", "nightly").replace("{run}", a_run(1).id)
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    answer = await client.get(url)

    assert answer.status_code == 200
    whole = {**schema, "components": document["components"]}
    errors = [str(error) for error in jsonschema_rs.validator_for(whole).iter_errors(answer.json())]
    assert errors == []
