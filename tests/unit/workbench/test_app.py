import asyncio

import pytest
from starlette.applications import Starlette
from starlette.routing import Host, Mount, Route
from tests.doubles.routes import declared_routes

from motia.model import LedgerUnavailable
from motia.workbench import ENDPOINTS, ControlApi, ControlRoute, Endpoint, Permission


def test_a_declaration_without_a_permission_cannot_be_made():
    with pytest.raises(TypeError, match="permission"):
        Endpoint(method="GET", path="/v1/new", summary="New", handler=None, answer=None)  # type: ignore[call-arg]


def test_a_route_that_is_not_declared_is_found_wherever_it_hangs(monkeypatch):
    added = Mount("/v1/new", routes=[Host("x", app=Starlette(routes=[Route("/", lambda request: None)]))])
    made = ControlApi.__init__

    def with_one_more(self, deps):
        made(self, deps)
        self.app.routes.append(added)

    monkeypatch.setattr(ControlApi, "__init__", with_one_more)
    with pytest.raises(AssertionError, match="states no permission"):
        declared_routes()


def test_the_router_has_each_declaration_once_and_nothing_else():
    found = sorted((route.declaration.method, route.path) for route in declared_routes())

    assert found == sorted((endpoint.method, endpoint.path) for endpoint in ENDPOINTS)
    assert len(set(found)) == len(found)


async def test_every_route_of_the_router_states_a_permission(world):
    routes = world.api.app.routes

    assert len(routes) == len(ENDPOINTS)
    for route in routes:
        assert isinstance(route, ControlRoute), f"{route} is not declared"
        assert isinstance(route.declaration.permission, Permission)
        changes = route.declaration.method not in ("GET", "HEAD")
        assert changes is (route.declaration.permission is Permission.OPERATE), route.path


async def test_no_two_routes_share_method_and_path():
    assert len({(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}) == len(ENDPOINTS)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
async def test_every_route_is_described_and_refuses_an_unknown_query_parameter(client, endpoint):
    path = endpoint.path.replace("{", "").replace("}", "")

    answer = await client.request(endpoint.method, path, params={"frobnicate": "1"})

    assert endpoint.summary
    assert endpoint.handler.__doc__
    assert answer.status_code == 400
    assert "frobnicate" in answer.json()["error"]["message"]


async def test_an_unknown_parameter_names_the_closest_known_one(client):
    answer = await client.get("/v1/runs", params={"stat": "dead"})

    assert answer.json()["error"]["hint"] == "did you mean state?"


async def test_an_unknown_body_field_names_the_closest_known_one(client):
    answer = await client.post("/v1/trigger", json={"target": "a", "paylod": 1})

    assert answer.status_code == 400
    assert answer.json()["error"]["hint"] == "did you mean payload?"


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff", b'{"target": 1}', b'{"payload": 1}', b'{"a":' * 2_000, b"null"]
)
async def test_a_body_that_cannot_be_used_is_a_bad_request(client, content):
    answer = await client.post("/v1/trigger", content=content)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad-request"


async def test_a_body_is_bounded(client):
    answer = await client.post("/v1/trigger", content=b'{"target": "' + b"x" * 2_000_000)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "payload-too-large"


async def test_a_path_that_is_not_there_names_the_closest_one(client):
    answer = await client.get("/v1/run")

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (404, "not-found")
    assert "/v1/runs" in error["hint"]


async def test_an_empty_id_is_not_taken_for_the_list(client):
    answer = await client.get("/v1/runs/")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not-found"


async def test_a_method_that_is_not_possible_names_the_possible_ones(client):
    answer = await client.delete("/v1/status")

    assert answer.status_code == 405
    assert "GET" in answer.json()["error"]["hint"]
    assert "GET" in answer.headers["allow"]


async def test_an_error_of_the_project_has_its_status_code_hint_and_details(client):
    answer = await client.post("/v1/trigger", content=b'{"target": "send-mail", "payload": {"bad": true}}')

    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "payload-invalid"
    assert error["details"][0]["path"] == "/bad"
    assert set(error) == {"code", "message", "hint", "details"}


async def test_an_error_that_may_pass_says_when_to_try_again(world):
    async def unavailable(where):
        raise LedgerUnavailable("the disk is full", hint="make room")

    world.ledger.count_runs = unavailable
    async with world.client() as client:
        answer = await client.get("/v1/status")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_a_fault_of_ours_is_a_500_without_internals(world):
    def fail():
        raise RuntimeError("secret internals")

    async with world.client(catalog=fail) as client:
        answer = await client.get("/v1/faults")

    assert answer.status_code == 500
    assert "secret internals" not in answer.text
    assert answer.json()["error"]["code"] == "internal-error"


async def test_answers_are_not_cached(client):
    assert (await client.get("/v1/status")).headers["cache-control"] == "no-store"


async def test_raw_values_need_the_permission_to_operate():
    endpoint = next(endpoint for endpoint in ENDPOINTS if endpoint.path == "/v1/runs/{run}")
    assert endpoint.query is not None

    assert endpoint.permission_for(endpoint.query()) is Permission.VIEW
    assert endpoint.permission_for(endpoint.query(raw=True)) is Permission.OPERATE


async def test_many_requests_at_once_each_get_their_answer(client):
    answers = await asyncio.gather(*(client.get("/v1/steps") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
