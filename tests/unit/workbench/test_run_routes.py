import pytest

from motia.model import RunState, TriggerKind


@pytest.fixture(autouse=True)
def runs(world, a_run, failed):
    world.ledger.runs = [
        a_run(1),
        a_run(2, state=RunState.DEAD, error=failed, reason="retries_used"),
        a_run(3, state=RunState.READY, parent_run=a_run(1).id, finished_at=None, result=None, step="other"),
    ]
    return world.ledger.runs


def ids(answer):
    return [int(run["id"], 16) for run in answer.json()["runs"]]


async def test_a_run_in_a_list_has_the_fields_that_scripts_rely_on_and_no_payload(client):
    answer = await client.get("/v1/runs")

    run = answer.json()["runs"][-1]
    assert {"id", "step", "state", "trigger", "attempt", "trace", "created_at", "finished_at"} <= set(run)
    assert run["created_at"] == "2026-01-01T00:00:00.001Z"
    assert run["trigger"] == "event"
    assert "payload" not in run


async def test_runs_are_found_by_each_filter(client, runs):
    assert ids(await client.get("/v1/runs", params={"step": "other"})) == [3]
    assert ids(await client.get("/v1/runs", params={"state": ["dead", "ready"]})) == [3, 2]
    assert ids(await client.get("/v1/runs", params={"trace": runs[0].trace})) == [1]
    assert ids(await client.get("/v1/runs", params={"kind": "cron"})) == []
    assert ids(await client.get("/v1/runs", params={"since": "2026-01-01T00:00:00.002Z"})) == [3, 2]
    assert ids(await client.get("/v1/runs", params={"until": runs[1].created_at})) == [1]
    assert ids(await client.get("/v1/runs", params={"text": "ada"})) == [3, 2, 1]


async def test_runs_come_in_pages(client):
    first = await client.get("/v1/runs", params={"limit": 2})
    second = await client.get("/v1/runs", params={"limit": 2, "cursor": first.json()["cursor"]})

    assert (ids(first), ids(second)) == ([3, 2], [1])
    assert second.json()["cursor"] is None


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1_001}, {"state": "lost"}, {"since": "soon"}])
async def test_a_filter_that_makes_no_sense_is_refused(client, query):
    assert (await client.get("/v1/runs", params=query)).status_code == 400


async def test_runs_are_counted_by_state(client):
    answer = await client.get("/v1/runs/counts", params={"step": "send-mail"})

    assert answer.json() == {"counts": {"completed": 1, "dead": 1}, "searched_from_at": None}


async def test_a_run_shows_everything_and_why_with_secrets_hidden(client, runs):
    answer = await client.get(f"/v1/runs/{runs[0].id}")

    run = answer.json()
    assert run["payload"] == {"to": "ada", "password": "[redacted]"}
    assert run["redacted"] is True
    assert [child["id"] for child in run["children"]] == [runs[2].id]
    assert run["why"] == {"code": "blocked", "text": "blocked behind run 7", "details": {"holder": "7"}}
    assert run["attempts"] == []


async def test_a_run_shows_its_values_as_they_are_when_raw_is_asked_for(client, runs):
    answer = await client.get(f"/v1/runs/{runs[0].id}", params={"raw": "true"})

    assert answer.json()["payload"] == {"to": "ada", "password": "hunter2"}
    assert answer.json()["redacted"] is False


async def test_the_error_of_a_run_is_redacted_and_has_its_stack_only_in_the_detail(client, runs):
    listed = (await client.get("/v1/runs", params={"state": "dead"})).json()["runs"][0]
    detail = (await client.get(f"/v1/runs/{runs[1].id}")).json()

    assert (listed["error"]["name"], listed["error"]["message"]) == ("ValueError", "token=[redacted]")
    assert listed["error"]["stack"] == ""
    assert detail["error"]["stack"] == "at a"


@pytest.mark.parametrize("run", ["00000000000000ff", "xyz", "..", "a%2Fb", "f" * 16])
async def test_a_run_that_is_not_there_is_not_found(client, run):
    answer = await client.get(f"/v1/runs/{run}")

    assert answer.status_code == 404


async def test_a_trigger_answers_with_run_and_trace(client, world):
    answer = await client.post(
        "/v1/trigger",
        json={"target": "send-mail", "payload": {"n": 1}, "key": "k", "priority": 5, "delay_ms": 10},
    )

    assert answer.status_code == 200
    assert {"runId", "traceId", "state", "deduplicated"} <= set(answer.json())
    _, target, payload, given = world.dispatcher.asked[-1]
    assert (target, payload, given["kind"]) == ("send-mail", b'{"n":1}', TriggerKind.MANUAL)
    options = given["options"]
    assert (options.key, options.priority, options.delay_ms) == ("k", 5, 10)


async def test_a_trigger_without_payload_sends_null(client, world):
    await client.post("/v1/trigger", json={"target": "send-mail"})

    assert world.dispatcher.asked[-1][2] == b"null"


async def test_numbers_of_a_payload_are_passed_on_exactly(client, world):
    await client.post(
        "/v1/trigger", content=b'{"target": "a", "payload": {"n": 123456789012345678901234, "x": 1.10}}'
    )

    assert world.dispatcher.asked[-1][2] == b'{"n": 123456789012345678901234, "x": 1.10}'


async def test_a_trigger_that_waits_answers_with_the_result(client, world):
    answer = await client.post("/v1/trigger", json={"target": "send-mail", "wait_ms": 2_000})

    assert answer.json()["state"] == "completed"
    assert answer.json()["is_finished"] is True
    assert answer.json()["result"] == {"sent": 1}
    assert world.dispatcher.asked[-1][2] == 2.0


async def test_a_wait_is_bounded(client):
    answer = await client.post("/v1/trigger", json={"target": "a", "wait_ms": 10**9})

    assert answer.status_code == 400


async def test_a_run_is_cancelled_and_the_answer_says_what_it_was(client, runs):
    answer = await client.post(f"/v1/runs/{runs[2].id}/cancel", json={})

    assert answer.json() == {"id": runs[2].id, "was": "ready", "state": "cancelled"}


async def test_cancelling_a_finished_run_is_a_conflict(client, runs):
    answer = await client.post(f"/v1/runs/{runs[0].id}/cancel")

    assert answer.status_code == 409


async def test_a_run_is_replayed_with_its_own_or_another_payload(client, world, runs):
    await client.post(f"/v1/runs/{runs[1].id}/replay", json={})
    await client.post(f"/v1/runs/{runs[1].id}/replay", json={"payload": None})
    answer = await client.post(f"/v1/runs/{runs[1].id}/replay", json={"payload": {"n": 2}})

    assert [asked[2] for asked in world.dispatcher.asked] == [None, b"null", b'{"n":2}']
    assert answer.json()["runId"]


async def test_a_noop_run_is_completed_by_hand(client, world, runs):
    bare = await client.post(f"/v1/runs/{runs[2].id}/complete")
    await client.post(f"/v1/runs/{runs[2].id}/complete", json={"result": {"approved": True}})

    assert bare.json()["state"] == "completed"
    assert [asked[2] for asked in world.dispatcher.asked] == [b"null", b'{"approved":true}']


async def test_a_run_shows_its_replays_and_what_it_is_a_replay_of(client, world, a_run):
    original, replay = a_run(61), a_run(62, replay_of=a_run(61).id)
    world.ledger.runs += [original, replay]

    shown = (await client.get(f"/v1/runs/{original.id}")).json()
    other = (await client.get(f"/v1/runs/{replay.id}")).json()

    assert [run["id"] for run in shown["replays"]] == [replay.id]
    assert (shown["replay_of"], other["replay_of"], other["replays"]) == (None, original.id, [])


async def test_a_run_and_its_trace_say_how_many_of_their_lines_were_not_kept(client, world, a_run):
    run = a_run(1, trace="t")
    world.ledger.runs = [run]
    for _ in range(3):
        world.telemetry.log_dropped("t", run.id)
    await world.clock.advance(2.0)

    detail = (await client.get(f"/v1/runs/{run.id}")).json()
    trace = (await client.get("/v1/traces/t")).json()

    assert detail["log_lines_dropped"] == 3
    assert trace["log_lines_dropped"] == 3
