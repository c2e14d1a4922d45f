import pytest

from motia.model import RunState
from motia.workbench.queue_routes import BULK_MAX


@pytest.fixture(autouse=True)
def runs(world, a_run):
    dead = [a_run(number, state=RunState.DEAD) for number in range(1, 31)]
    opened = [a_run(number, state=RunState.READY, finished_at=None, step="other") for number in range(31, 36)]
    world.ledger.runs = [*dead, *opened]
    return world.ledger.runs


async def test_a_dry_run_counts_and_samples_and_changes_nothing(client, world):
    answer = await client.post("/v1/runs/replay", json={"step": "send-mail", "dry_run": True})

    body = answer.json()
    assert (body["count"], body["by_state"], len(body["sample"])) == (30, {"dead": 30}, 20)
    assert world.dispatcher.asked == []


async def test_many_runs_are_replayed_in_pages(client, world):
    first = (await client.post("/v1/runs/replay", json={"limit": 20})).json()
    second = (await client.post("/v1/runs/replay", json={"limit": 20, "cursor": first["cursor"]})).json()

    replayed = [asked[1] for asked in world.dispatcher.asked if asked[0] == "replay"]
    assert (first["count"], second["count"], second["cursor"]) == (20, 10, None)
    assert len(set(replayed)) == 30


async def test_a_run_that_fails_is_named_and_the_others_go_on(client, world, a_run):
    world.ledger.runs.append(a_run(99, state=RunState.DEAD, key="stubborn"))

    body = (await client.post("/v1/runs/replay", json={})).json()

    assert body["count"] == 30
    assert [(item["run"], item["code"]) for item in body["failed"]] == [(a_run(99).id, "run-conflict")]


async def test_many_open_runs_are_cancelled(client, world):
    body = (await client.post("/v1/runs/cancel", json={"step": "other"})).json()

    assert body["count"] == 5
    assert {run.state for run in world.ledger.runs if run.step == "other"} == {RunState.CANCELLED}


@pytest.mark.parametrize(
    ("path", "state"),
    [("/v1/runs/cancel", "dead"), ("/v1/runs/replay", "running"), ("/v1/runs/replay", "ready")],
)
async def test_a_state_that_cannot_take_it_is_refused(client, path, state):
    answer = await client.post(path, json={"state": [state]})

    assert answer.status_code == 400
    assert state in answer.json()["error"]["message"]


async def test_dead_letters_are_listed(client):
    answer = await client.get("/v1/dead", params={"limit": 5})

    assert len(answer.json()["runs"]) == 5
    assert answer.json()["cursor"]


async def test_named_dead_letters_are_replayed(client, world, runs):
    body = (await client.post("/v1/dead/replay", json={"ids": [runs[0].id, runs[3].id]})).json()

    assert body["count"] == 2
    assert [asked[1] for asked in world.dispatcher.asked] == [runs[0].id, runs[3].id]


async def test_dead_letters_of_a_step_are_purged_after_a_look(client, world):
    looked = (await client.post("/v1/dead/purge", json={"step": "send-mail", "dry_run": True})).json()
    before = len(world.ledger.runs)
    done = (await client.post("/v1/dead/purge", json={"step": "send-mail"})).json()

    assert (looked["count"], before, done["count"]) == (30, 35, 30)
    assert len(world.ledger.runs) == 5


async def test_dead_letters_are_purged_by_a_text_of_payload_or_error(client, world, a_run):
    wanted = a_run(60, state=RunState.DEAD, payload=b'{"order":"o-60"}')
    world.ledger.runs.append(wanted)

    body = (await client.post("/v1/dead/purge", json={"text": "o-60"})).json()

    assert body["count"] == 1
    assert wanted not in world.ledger.runs
    assert len(world.ledger.runs) == 35


async def test_only_the_named_dead_letters_are_purged(client, world, runs):
    body = (await client.post("/v1/dead/purge", json={"ids": [runs[4].id, runs[32].id, "0" * 16]})).json()

    assert body["count"] == 1
    assert {item["code"] for item in body["failed"]} == {"run-conflict", "run-not-found"}
    assert len(world.ledger.runs) == 34
    assert runs[4].id not in {run.id for run in world.ledger.runs}


@pytest.mark.parametrize("path", ["/v1/dead/purge", "/v1/dead/replay"])
async def test_more_ids_than_a_call_takes_are_refused_and_none_is_left_out(client, path):
    response = await client.post(path, json={"ids": [f"{number:016x}" for number in range(BULK_MAX + 1)]})

    assert response.status_code == 400
    assert "1001 ids are too many" in response.json()["error"]["message"]


async def test_a_dead_letter_is_purged_without_its_twins(client, world, a_run):
    twins = [a_run(number, state=RunState.DEAD, created_at=5, trace="t") for number in (50, 51)]
    world.ledger.runs = twins

    body = (await client.post("/v1/dead/purge", json={"ids": [twins[0].id]})).json()

    assert (body["count"], body["failed"]) == (1, [])
    assert world.ledger.runs == [twins[1]]


async def test_queues_show_depth_age_and_bounds(client, world):
    world.ledger.parked = {"nowhere": 2}
    world.ledger.paused_steps = {"send-mail"}

    body = (await client.get("/v1/queues")).json()

    (queue,) = body["queues"]
    assert (queue["step"], queue["depth"], queue["by_state"]) == ("send-mail", 3, {"ready": 3})
    assert (queue["oldest_age_ms"], queue["depth_max"], queue["is_paused"]) == (5_000, 100_000, True)
    assert body["parked"] == {"nowhere": 2}
