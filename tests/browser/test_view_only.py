"""In production: who has no token, who may only look, who may operate."""

from __future__ import annotations

import http.client
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from .conftest import Shop, new_context, running_shop

OPERATE, VIEW = "operate-0123456789abcdefghijklmnop", "view-0123456789abcdefghijklmnopqrs"
PRODUCTION = {
    "MOTIA_WORKBENCH_ENABLED": "true",
    "MOTIA_WORKBENCH_TOKEN": OPERATE,
    "MOTIA_WORKBENCH_VIEW_TOKEN": VIEW,
    "MOTIA_HOST": "127.0.0.1",
}
SERVE = ("start", "--workbench-port", "0")
VIEW_ONLY = "You may look at this engine, not change anything in it."
ACTS = re.compile(
    "^(Pause|Resume|Replay|Edit|Cancel|Purge|Trigger|Run |Send( again)?$)"
    "|^(Delete|New key|Clear group|Restart|Mark|Complete)"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """An engine in production."""
    with running_shop(tmp_path_factory.mktemp("production") / "shop", *SERVE, **PRODUCTION) as running:
        running.request("POST", "/orders", {"item": "seen tea", "cents": 100})
        running.fail("seen tea")
        running.finish("keep", {"group": "seen", "key": "key", "value": {"price": 1}})
        running.trigger("nobody-yet", {})
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, shop: Shop) -> AsyncIterator[BrowserContext]:
    """A browser as new, with nobody logged in."""
    made = await new_context(browser, shop.workbench)
    yield made
    await made.close()


async def log_in(page: Page, token: str) -> None:
    """Log in by the form."""
    await page.goto("/")
    await page.get_by_label("Token").fill(token)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()


async def test_a_token_that_is_none_is_refused_in_words(page: Page):
    await page.goto("/runs")

    await page.get_by_label("Token").fill("a-token-that-somebody-guesses")
    await page.get_by_role("button", name="Log in").click()

    await expect(page.get_by_role("alert")).to_contain_text("this is no token of this Workbench")
    await expect(page.get_by_label("Token")).to_be_focused()


async def test_who_guesses_is_slowed_and_a_right_token_is_not_looked_at_meanwhile(
    browser: Browser, tmp_path: Path
):
    with running_shop(tmp_path / "shop", *SERVE, **PRODUCTION) as guessed:
        context = await new_context(browser, guessed.workbench)
        page = await context.new_page()
        for number in range(10):
            assert post_token(guessed, f"guess-{number}") == 401
        await page.goto("/")

        await page.get_by_label("Token").fill(OPERATE)
        await page.get_by_role("button", name="Log in").click()

        await expect(page.get_by_role("alert")).to_contain_text("too many wrong codes or tokens")
        await context.close()


def post_token(shop: Shop, token: str) -> int:
    """The status of a log-in without a browser."""
    address = urlsplit(shop.workbench)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    try:
        kind = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
        connection.request("POST", "/login", urlencode({"token": token}), kind)
        return connection.getresponse().status
    finally:
        connection.close()


async def test_who_may_only_look_sees_every_screen_and_finds_no_act_that_can_be_done(page: Page, shop: Shop):
    changes: list[str] = []
    await log_in(page, VIEW)
    page.on("request", lambda request: changes.append(request.url) if request.method != "GET" else None)
    dead = shop.control("GET", "/v1/dead")["runs"][0]["id"]
    group = shop.control("GET", "/v1/errors")["errors"][0]["fingerprint"]

    for path, shown in (
        ("/", "Running now"),
        ("/flow?step=echo", "Recent runs"),
        ("/runs", "charge-card"),
        (f"/runs/{dead}", "ZeroDivisionError"),
        ("/traces", "charge-card"),
        ("/errors", "ZeroDivisionError"),
        (f"/errors/{group}", "ZeroDivisionError"),
        ("/endpoints/place-order", "Request"),
        ("/queues", "echo"),
        ("/queues/dead", "ZeroDivisionError"),
        ("/queues/parked", "nobody-yet"),
        ("/cron", "Europe/Berlin"),
        ("/workflows", "workflow"),
        ("/state?group=seen&key=key", "price: 1"),
        ("/workers", "ready"),
        ("/config", "limits"),
        ("/config/engine", "Ledger"),
        ("/config/doctor", "python"),
        ("/config/audit", "trigger"),
        ("/steps/echo", "echo"),
        ("/steps/echo?tab=source", "async def echo"),
        ("/logs", "charging"),
    ):
        await page.goto(path)
        screen = page.get_by_role("main")
        await expect(
            screen.get_by_text(shown).filter(visible=True).first, f"{path} shows {shown!r}"
        ).to_be_visible()
        await expect(page.get_by_role("alert"), f"nothing failed on {path}").to_have_count(0)
        if path == "/logs":
            continue  # its Pause stops the list, not the engine
        for button in await screen.get_by_role("button", name=ACTS).all():
            await expect(button, path).to_have_attribute("aria-disabled", "true")
            await expect(button, path).to_have_attribute("title", VIEW_ONLY)
            await button.click(force=True)

    assert changes == []
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_what_the_screen_leaves_out_the_engine_refuses(page: Page, shop: Shop):
    await log_in(page, VIEW)

    status = await page.evaluate(
        "fetch('./v1/steps/echo/pause', {method: 'POST', body: '{}'}).then((answer) => answer.status)"
    )

    assert status == 403


async def test_who_may_operate_does(page: Page, shop: Shop):
    await log_in(page, OPERATE)
    await page.goto("/queues")

    await page.get_by_role("button", name="Pause echo").click()

    await expect(page.get_by_text("echo is paused.")).to_be_visible()
    await page.get_by_role("button", name="Resume echo").click()
    await expect(page.get_by_text("echo goes on.")).to_be_visible()
