async def test_steps_are_listed_with_their_manifest_entries(client, world):
    world.ledger.paused_steps = {"send-mail"}

    steps = (await client.get("/v1/steps")).json()["steps"]

    assert [step["id"] for step in steps] == ["get-user", "nightly", "send-mail"]
    mail = steps[2]
    assert (mail["kind"], mail["topics"], mail["is_paused"]) == ("event", ["mail"], True)
    assert mail["source"] == {"file": "motia/steps/mail.py", "line": 3, "function": ""}
    assert mail["open_runs"] == {"ready": 3}


async def test_one_step_shows_its_topics_and_firings(client):
    mail = (await client.get("/v1/steps/send-mail")).json()
    nightly = (await client.get("/v1/steps/nightly")).json()

    assert mail["subscribers_of"] == ["mail", "send-mail"]
    assert nightly["fires"][0]["outcome"] == "fired"
    assert nightly["fires"][0]["fired_at"].endswith("Z")


async def test_an_unknown_step_names_the_closest(client):
    answer = await client.get("/v1/steps/send-mial")

    assert answer.status_code == 404
    assert answer.json()["error"]["hint"] == "did you mean send-mail?"


async def test_a_step_is_paused_and_resumed_and_the_feed_tells(client, world):
    with world.telemetry.feed.subscribe() as subscription:
        await client.post("/v1/steps/send-mail/pause", json={})
        paused = set(world.ledger.paused_steps)
        await client.post("/v1/steps/send-mail/resume", json={})

        changes = [subscription.try_next().data["change"] for _ in range(2)]

    assert paused == {"send-mail"}
    assert world.ledger.paused_steps == set()
    assert changes == ["paused", "resumed"]


async def test_faults_are_listed_with_their_place(client):
    (fault,) = (await client.get("/v1/faults")).json()["faults"]

    assert (fault["file"], fault["line"], fault["code"]) == ("motia/steps/bad.py", 2, "syntax-error")


async def test_cron_steps_show_their_next_instants(client):
    (entry,) = (await client.get("/v1/cron")).json()["cron"]

    assert (entry["id"], entry["schedule"], entry["words"]) == ("nightly", "0 3 * * *", "at 03:00 every day")
    assert entry["next_at"] == "2026-01-01T00:00:01.000Z"
    assert entry["upcoming_at"] == ["2026-01-01T00:00:01.000Z", "2026-01-01T00:00:02.000Z"]


async def test_a_cron_step_is_fired_by_hand(client, world):
    answer = await client.post("/v1/cron/nightly/run", json={})

    assert answer.json()["runId"] == world.ledger.runs[-1].id


async def test_without_an_engine_cron_says_so(world):
    async with world.client(cron=None) as client:
        answer = await client.get("/v1/cron")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not-running")


async def test_topics_are_listed_with_their_definition_and_subscribers(client):
    topics = (await client.get("/v1/topics")).json()["topics"]

    assert topics == [
        {
            "name": "mail",
            "is_defined": True,
            "schema": {"type": "object"},
            "source": {"file": "motia/events/mail.json", "line": 1, "function": ""},
            "language": "json",
            "description": "To be sent.",
            "subscribers": ["send-mail"],
        }
    ]
