async def test_the_status_says_how_the_node_does(client, world, a_run):
    world.ledger.runs = [a_run(1), a_run(2)]

    status = (await client.get("/v1/status")).json()

    assert (status["version"], status["pid"], status["ready"]) == ("0.1.0", 42, True)
    assert (status["uptime_s"], status["environment"]) == (5.0, "development")
    assert status["addresses"] == {"api": "http://127.0.0.1:3001"}
    assert status["runs"] == {"completed": 2}
    assert status["steps"] == {"event": 1, "cron": 1, "api": 1}
    assert (status["faults"], status["workers"]) == (1, 1)


async def test_workers_are_listed_and_restarted(client, world):
    workers = (await client.get("/v1/workers")).json()["workers"]
    done = await client.post("/v1/workers/python-1/restart")
    unknown = await client.post("/v1/workers/python-2/restart")

    assert (workers[0]["name"], workers[0]["started_at"]) == ("python-1", "2026-01-01T00:00:00.000Z")
    assert done.json() == {"done": True}
    assert unknown.status_code == 404
    assert unknown.json()["error"]["hint"] == "did you mean python-1?"
    assert world.workers.restarted == ["python-1"]


async def test_the_configuration_is_shown_with_origins_and_without_secrets(client):
    entries = (await client.get("/v1/config")).json()["config"]

    assert entries == [
        {"key": "port", "value": 3001, "origin": "default"},
        {"key": "workbench.token", "value": "[redacted]", "origin": "environment"},
    ]


async def test_stop_answers_first_and_stops_then(client, world):
    answer = await client.post("/v1/stop")
    before = world.stops
    await world.clock.advance(1)

    assert answer.json() == {"done": True}
    assert (before, world.stops) == (0, 1)


async def test_a_stop_that_is_a_coroutine_is_run(world):
    stopped = []

    async def stop():
        stopped.append(True)

    async with world.client(stop=stop) as client:
        await client.post("/v1/stop")
    await world.clock.advance(1)

    assert stopped == [True]


async def test_without_an_engine_there_is_nothing_to_restart_or_stop(world):
    async with world.client(workers=None, stop=None, api_document=None) as client:
        answers = [
            await client.post("/v1/workers/python-1/restart"),
            await client.post("/v1/stop"),
            await client.get("/v1/openapi"),
        ]
        workers = await client.get("/v1/workers")

    assert {answer.json()["error"]["code"] for answer in answers} == {"not-running"}
    assert workers.json() == {"workers": []}


async def test_the_document_of_the_project_s_api_is_passed_on(client):
    assert (await client.get("/v1/openapi")).json()["info"] == {"title": "app"}
