import pytest


@pytest.fixture
def told(world):
    """A trace with a failed attempt and a line, and a line of another step."""
    telemetry, now = world.telemetry, world.clock.now_ms()
    trace = telemetry.new_trace()
    telemetry.attempt(
        trace=trace,
        span=telemetry.new_span(),
        parent=None,
        run="00000000000000a1",
        step="send-mail",
        attempt=1,
        outcome="dead",
        created_at=now,
        ready_at=now,
        claimed_at=now + 1,
        sent_at=now + 1,
        answered_at=now + 5,
        committed_at=now + 6,
        wait_us=0,
        handler_us=4_000,
        error_name="ValueError",
        error_message="no",
        error_stack='File "a.py", line 2, in f',
    )
    telemetry.log(level="warn", message="hello", at=now, step="send-mail", trace=trace, fields=b'{"n": 1}')
    telemetry.log(level="info", message="other", at=now, step="other")
    return trace


async def test_lines_are_found_and_shown(client, told):
    answer = await client.get("/v1/logs", params={"step": "send-mail", "level": "warn", "text": "hell"})

    (line,) = answer.json()["logs"]
    assert (line["message"], line["level"], line["fields"]) == ("hello", "warn", {"n": 1})
    assert line["at"] == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    "query", [{"level": "loud"}, {"limit": 0}, {"cursor": "x"}, {"since": "x"}, {"limit": "x"}]
)
async def test_a_search_that_makes_no_sense_is_refused(client, query):
    assert (await client.get("/v1/logs", params=query)).status_code == 400


async def test_traces_are_listed_and_filtered(client, told):
    found = (await client.get("/v1/traces", params={"failed": "true"})).json()["traces"]
    none = (await client.get("/v1/traces", params={"failed": "false"})).json()["traces"]

    assert [trace["trace"] for trace in found] == [told]
    assert none == []


async def test_a_trace_has_spans_lines_and_runs(client, world, told, a_run):
    world.ledger.runs = [a_run(1, trace=told), a_run(2, trace=told)]

    trace = (await client.get(f"/v1/traces/{told}")).json()

    assert [span["kind"] for span in trace["spans"]] == ["attempt", "queue", "dispatch", "handler", "commit"]
    assert [line["message"] for line in trace["logs"]] == ["hello"]
    assert [run["id"] for run in trace["runs"]] == [a_run(1).id, a_run(2).id]


async def test_a_trace_of_which_only_the_ledger_knows_is_shown(client, world, a_run):
    world.ledger.runs = [a_run(1, trace="t")]

    trace = (await client.get("/v1/traces/t")).json()

    assert (len(trace["runs"]), trace["spans"]) == (1, [])
    assert (await client.get("/v1/traces/unknown")).status_code == 404


async def test_errors_are_grouped_and_resolved(client, told):
    (group,) = (await client.get("/v1/errors")).json()["errors"]
    path = f"/v1/errors/{group['fingerprint']}"

    resolved = (await client.post(f"{path}/resolve", json={})).json()
    left = (await client.get("/v1/errors", params={"resolved": "false"})).json()["errors"]
    again = (await client.post(f"{path}/resolve", json={"resolved": False})).json()

    assert (group["name"], group["count"], group["trace"]) == ("ValueError", 1, told)
    assert resolved["is_resolved"] is True
    assert left == []
    assert again["is_resolved"] is False
    assert (await client.get(path)).json()["step"] == "send-mail"
    assert (await client.post("/v1/errors/0000/resolve")).status_code == 404


async def test_metrics_have_the_sum_first_and_the_counters(client, world, told):
    world.telemetry.count("parked", 2)

    body = (await client.get("/v1/metrics")).json()

    assert [(part["step"], part["count"], part["errors"]) for part in body["metrics"]] == [
        ("", 1, 1),
        ("send-mail", 1, 1),
    ]
    assert body["metrics"][0]["points"][0]["minute_at"] == "2026-01-01T00:00:00.000Z"
    assert body["counters"] == {"parked": 2}
    assert (await client.get("/v1/metrics", params={"window_s": 5})).status_code == 400
