"""Below a path, behind a reverse proxy that keeps the path or takes it off: everything works as at the root."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from .conftest import Shop, listen, new_context, running_shop
from .proxy import Proxy, running_proxy

BASE = "/ops"
SCREENS = {
    "/": "Overview",
    "/flow": "Flow",
    "/runs": "Runs",
    "/traces": "Traces",
    "/logs": "Logs",
    "/errors": "Errors",
    "/endpoints": "Endpoints",
    "/queues/dead": "Queues",
    "/cron": "Cron",
    "/workflows": "Workflows",
    "/state": "State",
    "/workers": "Workers",
    "/config/engine": "Config",
    "/steps/echo": "echo",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """An engine that knows its path and its proxy."""
    known = {"MOTIA_WORKBENCH_BASE_PATH": BASE, "MOTIA_WORKBENCH_TRUSTED_PROXIES": "127.0.0.1"}
    with running_shop(tmp_path_factory.mktemp("subpath") / "shop", **known) as running:
        running.fail("proxied tea")
        yield running


@pytest_asyncio.fixture(loop_scope="session", params=[False, True], ids=["path kept", "path taken off"])
async def proxy(shop: Shop, request: pytest.FixtureRequest) -> AsyncIterator[Proxy]:
    """Before that engine."""
    async with running_proxy(shop.workbench, path=BASE, strips=request.param) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, shop: Shop, proxy: Proxy, complaints: list[str]) -> AsyncIterator[Page]:
    """A page that came by a one-time address through the proxy."""
    context = await new_context(browser, f"{proxy.address}/")
    opened = listen(await context.new_page(), complaints)
    await opened.goto(shop.invitation().replace(shop.workbench, proxy.address))
    yield opened
    await context.close()
    assert complaints == []


async def test_every_screen_is_opened_by_its_address_and_is_live(page: Page, proxy: Proxy):
    for path, title in SCREENS.items():
        await page.goto(f".{path}")

        await expect(page.get_by_role("heading", level=1)).to_contain_text(title)
        await expect(page.get_by_role("status").get_by_text("Live")).to_be_visible()
        await expect(page.get_by_role("alert")).to_have_count(0)
        assert page.url == f"{proxy.address}{path}"


async def test_what_happens_comes_through_and_acts_go_back(page: Page, shop: Shop):
    await page.goto("./runs?step=echo")
    await expect(page.get_by_role("status").get_by_text("Live")).to_be_visible()

    number = shop.finish("echo", {"text": "through", "times": 1})
    await page.get_by_role("link", name=number).click()
    await page.get_by_role("button", name="Replay", exact=True).click()

    await expect(page.get_by_role("article").get_by_role("region", name="About")).to_contain_text("replay")
    await page.reload()
    await expect(page.get_by_role("article").get_by_role("region", name="About")).to_contain_text("replay")


async def test_the_cookie_is_for_this_path_only(page: Page):
    cookies = [
        cookie
        for cookie in await page.context.cookies()
        if cookie.get("name", "").startswith("motia_workbench")
    ]

    assert [(cookie.get("path"), cookie.get("httpOnly"), cookie.get("sameSite")) for cookie in cookies] == [
        (f"{BASE}/", True, "Strict")
    ]
