"""Sessions over a restart of the engine, as a browser sees them."""

import base64
import json

import pytest
from tests.doubles.browser import OURS, TOKEN, VIEW_TOKEN, cookie_of


@pytest.mark.parametrize(("token", "may"), [(TOKEN, "operate"), (VIEW_TOKEN, "view"), ("", "operate")])
async def test_a_session_outlives_the_engine_with_its_permission(browser, token, may):
    async with browser.client() as client:
        if token:
            await client.post("/login", data={"token": token}, headers=OURS)
        else:
            await client.get("/", params={"code": browser.access.issue_code()})
        kept = dict(client.cookies)
    again = await browser.after_restart()
    async with again.client() as client:
        session = await client.get("/v1/session", headers=cookie_of(kept))

    assert (session.status_code, session.json()["permission"]) == (200, may)
    assert not [
        secret
        for secret in kept.values()
        if secret in browser.world.root.joinpath("sessions.json").read_text()
    ]


async def test_who_logged_out_stays_out_after_a_restart(browser):
    async with browser.logged_in() as client:
        kept = dict(client.cookies)
        await client.post("/logout", headers=OURS)
    again = await browser.after_restart()
    async with again.client() as client:
        assert (await client.get("/v1/session", headers=cookie_of(kept))).status_code == 401


@pytest.mark.parametrize(
    "tokens", [("0" * 64, VIEW_TOKEN), (VIEW_TOKEN, TOKEN), (None, None)], ids=["new", "swapped", "none"]
)
async def test_a_changed_token_ends_what_it_opened(browser, tokens):
    async with browser.logged_in() as client:
        kept = dict(client.cookies)
    again = await browser.after_restart(tokens=tokens)
    async with again.client() as client:
        assert (await client.get("/v1/session", headers=cookie_of(kept))).status_code == 401


async def test_what_the_file_holds_opens_nothing(browser):
    async with browser.logged_in() as client:
        (name,) = client.cookies
    file = json.loads(browser.world.root.joinpath("sessions.json").read_text())
    (entry,) = file["sessions"]
    again = await browser.after_restart()
    async with again.client() as client:
        for stolen in (entry["digest"], base64.b64decode(entry["digest"]).hex(), entry["opened_by"]):
            assert (await client.get("/v1/session", headers=cookie_of({name: stolen}))).status_code == 401
            bearer = {"authorization": f"Bearer {stolen}"}
            assert (await client.get("/v1/session", headers=bearer)).status_code == 401
