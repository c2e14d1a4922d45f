"""What a screen says when there is nothing, not yet, not now, or not any more."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from .conftest import Shop, listen, new_context, rows, running_shop
from .proxy import Proxy, running_proxy

LISTS = {
    "/flow": ("/v1/graph", "charge-card"),
    "/runs": ("/v1/runs?", "charge-card"),
    "/traces": ("/v1/traces?", "charge-card"),
    "/logs": ("/v1/logs?", "charging"),
    "/errors": ("/v1/errors?", "ZeroDivisionError"),
    "/endpoints": ("/v1/steps", "/orders"),
    "/queues": ("/v1/queues", "echo"),
    "/queues/dead": ("/v1/dead?", "ZeroDivisionError"),
    "/cron": ("/v1/cron", "nightly"),
    "/state": ("/v1/state", "stated"),
    "/workers": ("/v1/workers", "ready"),
    "/config": ("/v1/config", "limits"),
    "/config/doctor": ("/v1/doctor", "python"),
    "/config/audit": ("/v1/audit", "trigger"),
    "/": ("/v1/metrics?", "charge-card"),
}


@pytest.fixture(scope="module", autouse=True)
def traffic(shop: Shop) -> None:
    """Something for each list."""
    shop.fail("stated tea")
    shop.finish("keep", {"group": "stated", "key": "key", "value": {}})


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_that_is_not_to_be_had_says_why_and_is_read_again_on_request(page: Page, path: str):
    part, shown = LISTS[path]
    asked = re.compile(re.escape(part))
    said = {"code": "ledger-unavailable", "message": "the ledger is full", "hint": "make room on its disk"}

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, content_type="application/json", body=json.dumps({"error": said}))

    await page.route(asked, refuse)
    await page.goto(path)
    alert = page.get_by_role("alert").filter(has_text="the ledger is full").first
    await expect(alert).to_contain_text("make room on its disk")

    await page.unroute(asked)
    await alert.get_by_role("button", name="Try again").click()

    await expect(page.get_by_role("main").get_by_text(shown).filter(visible=True).first).to_be_visible()
    await expect(alert).to_be_hidden()


async def test_an_answer_that_takes_its_time_is_waited_for_in_words(page: Page):
    go_on = asyncio.Event()

    async def delay(route: Route) -> None:
        await go_on.wait()
        await route.continue_()

    await page.route(re.compile(r"/v1/runs\?"), delay)
    await page.goto("/runs")
    await expect(page.get_by_role("status", name="Loading runs")).to_be_visible()

    go_on.set()

    await expect(rows(page, "Runs").first).to_be_visible()
    await expect(page.get_by_role("status", name="Loading runs")).to_be_hidden()


async def test_a_screen_whose_part_is_gone_offers_the_newer_page_and_the_others_go_on(
    page: Page, complaints: list[str]
):
    gone = re.compile("assets/queues-")
    await page.goto("/cron")
    await page.route(gone, lambda route: route.fulfill(status=404, body="gone"))
    screens = page.get_by_role("navigation", name="Screens")
    await screens.get_by_role("link", name="Queues").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("This screen could not be loaded.")

    await screens.get_by_role("link", name="Cron").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cron")
    await screens.get_by_role("link", name="Queues").click()
    await page.unroute(gone)
    await alert.get_by_role("button", name="Load the page again").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("Queues")
    complaints.clear()  # a part that cannot be loaded is an error, and told as one


async def test_an_address_of_nothing_says_so(page: Page):
    for path, said in (("/nothing", "There is nothing at this address."), ("/steps/nothing", "nothing")):
        await page.goto(path)

        await expect(page.get_by_role("main")).to_contain_text(said)


@pytest_asyncio.fixture(loop_scope="session")
async def proxy(shop: Shop) -> AsyncIterator[Proxy]:
    """What can be cut between the browser and the engine."""
    async with running_proxy(shop.workbench) as running:
        yield running


async def test_a_break_of_the_connection_is_told_and_what_happened_meanwhile_is_read_after_it(
    browser: Browser, shop: Shop, proxy: Proxy
):
    context = await new_context(browser, proxy.address)
    page = listen(await context.new_page(), [])
    await page.goto(shop.invitation().replace(shop.workbench, proxy.address))
    await page.goto("/runs?step=echo")
    await expect(page.get_by_role("status").get_by_text("Live")).to_be_visible()

    proxy.cut()
    await expect(page.get_by_role("alert")).to_contain_text("What stands here may be old")
    await expect(page.get_by_role("status").get_by_text("Reconnecting…")).to_be_visible()
    number = shop.finish("echo", {"text": "meanwhile", "times": 1})
    await expect(page.get_by_role("link", name=number)).to_have_count(0)
    await proxy.mend()

    await expect(page.get_by_role("link", name=number)).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.get_by_role("status").get_by_text("Live")).to_be_visible()
    await context.close()


async def test_who_is_logged_out_elsewhere_is_told_and_may_log_in_again(page: Page, complaints: list[str]):
    await page.goto("/runs")
    await expect(page.get_by_role("status").get_by_text("Live")).to_be_visible()

    await page.evaluate("fetch('./logout', {method: 'POST', redirect: 'manual'})")
    await page.get_by_role("navigation", name="Screens").get_by_role("link", name="Cron").click()

    alert = page.get_by_role("alert").filter(has_text="You are not logged in any more")
    await alert.get_by_role("link", name="Log in again").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Log in to the Workbench")
    complaints.clear()  # the screen that was gone to is not given to who is logged out


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """An engine of a project in which nothing is written yet."""
    root = tmp_path_factory.mktemp("empty") / "shop"
    (root / "motia" / "steps").mkdir(parents=True)
    with running_shop(root) as running:
        yield running


async def test_a_project_with_nothing_says_on_each_screen_what_will_be_there(
    browser: Browser, empty: Shop, complaints: list[str]
):
    context = await new_context(browser, empty.workbench)
    await context.add_cookies([empty.cookie()])
    page = listen(await context.new_page(), complaints)
    for path, said in (
        ("/", "Nothing has run yet"),
        ("/flow", "The project has no steps yet."),
        ("/runs", "Nothing has run yet."),
        ("/traces", "No traces yet."),
        ("/logs", "Nothing has been logged yet."),
        ("/errors", "No open failures."),
        ("/endpoints", "The project has no api step."),
        ("/queues", "No step has a queue."),
        ("/queues/dead", "No dead letters."),
        ("/queues/parked", "No event is parked."),
        ("/cron", "This project has no cron steps."),
        ("/state", "Nothing is stored."),
        ("/workers", "There is nothing to run yet."),
        ("/workflows", "workflow"),
    ):
        await page.goto(path)
        await expect(page.get_by_role("main").get_by_text(said).first, path).to_be_visible()
        await expect(page.get_by_role("alert"), path).to_have_count(0)
    await context.close()
    assert complaints == []
