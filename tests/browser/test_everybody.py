"""Screens and dialogs, in light and dark, can be used by everybody: axe finds nothing serious."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, check_for_everybody


@pytest.fixture(scope="module")
def dead(shop: Shop) -> dict[str, str]:
    """A dead run, and where it is shown."""
    number = shop.fail("seen tea")
    shop.finish("keep", {"group": "seen", "key": "key", "value": {"price": 1}})
    group = shop.control("GET", "/v1/errors")["errors"][0]["fingerprint"]
    return {"run": number, "trace": shop.run(number)["trace"], "error": group}


DETAILS = {
    "/runs/{run}": "ZeroDivisionError",
    "/traces/{trace}": "charge-card",
    "/errors/{error}": "Stack of the last one",
    "/steps/charge-card": "Recent runs",
    "/steps/charge-card?line=30": "def",
    "/flow?step=charge-card": "Recent runs",
    "/queues/dead": "ZeroDivisionError",
    "/state?group=seen&key=key": "price",
    "/config/doctor": "python",
}


@pytest.mark.parametrize("path", DETAILS)
async def test_a_page_of_one_thing(page: Page, dead: dict[str, str], path: str):
    await page.goto(path.format(**dead))
    await expect(
        page.get_by_role("main").get_by_text(DETAILS[path]).filter(visible=True).first
    ).to_be_visible()

    await check_for_everybody(page)


async def test_an_answer_with_what_does_not_fit(page: Page):
    await page.goto("/endpoints/place-order")
    await page.get_by_role("button", name="As a form").click()
    await page.get_by_label("cents").fill("many")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()

    await check_for_everybody(page)


async def test_the_palette(page: Page):
    await page.goto("/cron")
    await page.get_by_role("heading", level=1).wait_for()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("option").first).to_be_visible()

    await check_for_everybody(page)


DIALOGS = {
    "/runs": "Replay many…",
    "/queues/dead": "Purge all…",
    "/state?group=seen&key=key": "Delete…",
    "/state?group=seen": "New key",
    "/steps/echo": "Trigger",
    "/runs/{run}": "Edit and replay",
    "/traces/{trace}": "Compare…",
}


@pytest.mark.parametrize("path", DIALOGS)
async def test_a_dialog(page: Page, dead: dict[str, str], path: str):
    await page.goto(path.format(**dead))
    await page.get_by_role("button", name=DIALOGS[path]).click()
    await expect(page.get_by_role("dialog").get_by_role("button").nth(1)).to_be_visible()
    await expect(page.get_by_role("dialog").get_by_role("status", name=re.compile("^Loading"))).to_have_count(
        0
    )

    await check_for_everybody(page)


async def test_a_payload_that_does_not_fit(page: Page):
    await page.goto("/steps/echo")
    await page.get_by_role("button", name="Trigger").click()
    editor = page.get_by_role("dialog").get_by_role("textbox")
    await editor.click()
    await editor.press("Control+a")
    await editor.press_sequentially("{}")
    await page.get_by_role("dialog").get_by_role("button", name="Trigger").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()

    await check_for_everybody(page)
