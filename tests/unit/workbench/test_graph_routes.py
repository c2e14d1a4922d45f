import pytest


async def test_the_graph_has_the_edges_that_were_really_seen(client, world):
    world.telemetry.edge_observed("send-mail", "nightly")

    graph = (await client.get("/v1/graph")).json()

    assert graph["edges"] == [{"source": "send-mail", "target": "nightly", "kinds": ["observed"], "via": ""}]
    assert graph["observed"][0]["count"] == 1
    assert {node["id"]: node["file"] for node in graph["nodes"]}["send-mail"] == "motia/steps/mail.py"


async def test_positions_are_kept(client):
    positions = {"send-mail": {"x": 10.5, "y": -3.0}}

    before = (await client.get("/v1/graph")).json()["positions"]
    answer = await client.put("/v1/graph/positions", json={"positions": positions})

    assert before == {}
    assert answer.status_code == 200
    assert (await client.get("/v1/graph")).json()["positions"] == positions


@pytest.mark.parametrize("positions", [{"a": {"x": 1e9, "y": 0}}, {"a": {"x": "1"}}, [1]])
async def test_positions_that_are_none_are_refused(client, positions):
    assert (await client.put("/v1/graph/positions", json={"positions": positions})).status_code == 400
