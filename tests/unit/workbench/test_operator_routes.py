from httpx import ASGITransport, AsyncClient

from motia.workbench.endpoint import Caller, Permission


def client_as(world, permission):
    caller = Caller(who="somebody", permission=permission, expires_at=1)

    async def app(scope, receive, send):
        await world.api.serve(scope, receive, send, caller=caller)

    return AsyncClient(transport=ASGITransport(app=app), base_url="http://control")


async def test_a_session_says_who_and_what_it_may(client, world):
    mine = (await client.get("/v1/session")).json()
    async with client_as(world, Permission.VIEW) as viewer:
        theirs = (await viewer.get("/v1/session")).json()

    assert mine == {
        "who": "control socket",
        "permission": "operate",
        "environment": "development",
        "expires_at": None,
    }
    assert (theirs["who"], theirs["permission"]) == ("somebody", "view")
    assert theirs["expires_at"].startswith("1970")


async def test_an_invitation_is_made_by_the_control_socket_only(client, world):
    assert (await client.post("/v1/invitations", json={})).json() == {
        "url": "http://localhost:3000/?code=abc"
    }
    async with client_as(world, Permission.OPERATE) as operator:
        answer = await operator.post("/v1/invitations", json={})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission-denied")


async def test_what_people_did_is_listed_and_what_they_looked_at_is_not(client, world):
    await client.get("/v1/status")
    await client.post("/v1/steps/send-mail/pause", json={})
    await client.post("/v1/steps/no-such/pause", json={})
    async with client_as(world, Permission.VIEW) as viewer:
        await viewer.post("/v1/steps/send-mail/resume", json={})
        entries = (await viewer.get("/v1/audit")).json()["entries"]

    assert [(entry["who"], entry["action"], entry["target"], entry["outcome"]) for entry in entries] == [
        ("somebody", "POST /v1/steps/{step}/resume", "send-mail", "permission-denied"),
        ("control socket", "POST /v1/steps/{step}/pause", "no-such", "step-not-found"),
        ("control socket", "POST /v1/steps/{step}/pause", "send-mail", "ok"),
    ]
    assert world.ledger.paused_steps == {"send-mail"}


async def test_a_look_at_raw_values_is_noted(client, world, a_run):
    world.ledger.runs = [a_run(1)]
    await client.get(f"/v1/runs/{a_run(1).id}", params={"raw": "true"})

    (entry,) = (await client.get("/v1/audit")).json()["entries"]

    assert (entry["action"], entry["target"]) == ("GET /v1/runs/{run}", a_run(1).id)


async def test_pages_of_the_audit_log_are_bounded(client):
    assert (await client.get("/v1/audit", params={"limit": 0})).status_code == 400
    assert (await client.get("/v1/audit", params={"limit": 1_001})).status_code == 400


async def test_the_findings_of_a_doctor_are_shown(client):
    (finding,) = (await client.get("/v1/doctor")).json()["findings"]

    assert finding == {"check": "python", "status": "ok", "found": "3.11", "hint": "get a newer one"}


async def test_without_an_engine_they_say_so(world):
    async with world.client(audit=None, invite=None, diagnose=None) as client:
        answers = [
            await client.get("/v1/audit"),
            await client.get("/v1/doctor"),
            await client.post("/v1/invitations", json={}),
        ]

    assert {answer.status_code for answer in answers} == {409}
