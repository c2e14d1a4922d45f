"""Runs by the kind of failure that was their last."""

import pytest

from motia.model import RunError, RunState
from motia.telemetry import fingerprint_of_error
from motia.workbench import failed_runs

STACK = 'File "motia/steps/mail.py", line 12, in send'
ERROR = RunError(name="ValueError", message="no", stack=STACK, kind="error")
FINGERPRINT = fingerprint_of_error("send-mail", "ValueError", STACK)


@pytest.fixture(autouse=True)
def runs(world, a_run):
    """Ten that failed so, every third replayed with success since; ten that failed otherwise."""
    made = []
    for number in range(1, 21):
        is_ours = number % 2 == 0
        run = a_run(number, state=RunState.READY if number % 6 == 0 else RunState.DEAD, error=ERROR)
        made.append(run)
        world.telemetry.attempt(
            trace=run.trace,
            span=world.telemetry.new_span(),
            parent=None,
            run=run.id,
            step="send-mail",
            attempt=1,
            outcome="dead",
            created_at=1,
            ready_at=1,
            claimed_at=1,
            sent_at=1,
            answered_at=1,
            committed_at=world.clock.now_ms(),
            wait_us=1,
            handler_us=1,
            error_name="ValueError" if is_ours else "KeyError",
            error_message="no",
            error_stack=STACK,
        )
    world.ledger.runs = made
    return made


async def pages(client, **query):
    """Ids of all pages, and their sizes."""
    found, sizes, cursor = [], [], None
    while True:
        given = {**query, "fingerprint": FINGERPRINT, **({"cursor": cursor} if cursor else {})}
        body = (await client.get("/v1/runs", params=given)).json()
        found += [run["id"] for run in body["runs"]]
        sizes.append(len(body["runs"]))
        cursor = body["cursor"]
        if cursor is None:
            return found, sizes


@pytest.mark.parametrize("part", [1, 3, 1_000])
async def test_pages_hold_those_that_failed_so_newest_first(client, a_run, monkeypatch, part):
    monkeypatch.setattr(failed_runs, "PART", part)

    found, sizes = await pages(client, limit=4)

    assert found == [a_run(number).id for number in range(20, 0, -2)]
    assert sizes == [4, 4, 2]


async def test_other_filters_hold_too(client, a_run):
    found, _ = await pages(client, state="ready", limit=2)

    assert found == [a_run(number).id for number in (18, 12, 6)]


async def test_a_page_that_looked_long_is_short_and_goes_on(client, a_run, monkeypatch):
    monkeypatch.setattr(failed_runs, "PART", 1)
    monkeypatch.setattr(failed_runs, "PARTS_MAX", 2)

    found, sizes = await pages(client, limit=50)

    assert len(found) == 10
    assert max(sizes) <= 2


async def test_they_are_counted_by_state(client):
    answer = await client.get("/v1/runs/counts", params={"fingerprint": FINGERPRINT})

    assert answer.json()["counts"] == {"dead": 7, "ready": 3}


async def test_an_unknown_fingerprint_fits_nothing(client, world):
    assert (await client.get("/v1/runs", params={"fingerprint": "0" * 16})).json()["runs"] == []
    replayed = await client.post("/v1/runs/replay", json={"fingerprint": "0" * 16})

    assert replayed.json()["count"] == 0
    assert world.dispatcher.asked == []


async def test_all_of_a_kind_are_replayed_with_preview_and_in_parts(client, world, a_run):
    where = {"fingerprint": FINGERPRINT, "state": ["dead"]}

    preview = (await client.post("/v1/runs/replay", json={**where, "dry_run": True})).json()
    first = (await client.post("/v1/runs/replay", json={**where, "limit": 4})).json()
    rest = (
        await client.post("/v1/runs/replay", json={**where, "limit": 4, "cursor": first["cursor"]})
    ).json()

    asked = [what[1] for what in world.dispatcher.asked]
    assert (preview["count"], len(preview["sample"])) == (7, 7)
    assert (first["count"], rest["count"], rest["cursor"]) == (4, 3, None)
    assert asked == [a_run(number).id for number in (20, 16, 14, 10, 8, 4, 2)]


async def test_a_run_tells_its_kind_of_failure(client, a_run):
    run = (await client.get(f"/v1/runs/{a_run(2).id}")).json()

    assert run["fingerprint"] == FINGERPRINT
    assert (await client.get(f"/v1/errors/{FINGERPRINT}")).json()["count"] == 10
