"""By keyboard alone: the palette, single keys, dialogs that give the focus back, a way past the navigation."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, rows

SEARCHES = {
    "/flow": "Find a step",
    "/runs": "Text in payload or error",
    "/traces": "Text in name or error",
    "/logs": "Text in message or fields",
    "/errors": "Error, message, file",
    "/endpoints": "Find an endpoint",
    "/queues": "Step",
    "/queues/dead": "Text in error or payload",
    "/cron": "Step or schedule",
    "/state": "Key begins with",
    "/config": "Key, value or origin",
    "/config/audit": "Who, what, to what",
}


@pytest.fixture(scope="module", autouse=True)
def traffic(shop: Shop) -> None:
    """Something to walk over."""
    shop.fail("walked tea")
    shop.finish("keep", {"group": "walked", "key": "key", "value": {"price": 1}})


async def go(page: Page, path: str) -> None:
    """Open a screen, and wait until it hears keys."""
    await page.goto(path)
    await page.get_by_role("heading", level=1).wait_for()


async def test_a_slash_goes_to_the_search_of_each_screen_and_escape_leaves_it(page: Page):
    for path, label in SEARCHES.items():
        await go(page, path)
        field = page.get_by_role("textbox", name=label, exact=True)
        await expect(field, path).to_be_visible()

        await page.keyboard.press("/")
        await expect(field, path).to_be_focused()
        await page.keyboard.type("zz")
        await expect(field, path).to_have_value("zz")
        await page.keyboard.press("Escape")
        await expect(field, path).to_have_value("")
        await expect(field, path).not_to_be_focused()


async def test_the_palette_finds_steps_screens_runs_and_traces(page: Page, shop: Shop):
    number = shop.finish("echo", {"text": "found", "times": 1})
    trace = shop.run(number)["trace"]
    await go(page, "/cron")
    for text, address in (
        ("chrgcrd", "**/steps/charge-card"),
        ("workers", "**/workers"),
        (number, f"**/runs/{number}"),
        (trace, f"**/traces/{trace}"),
    ):
        await page.keyboard.press("Control+k")
        await page.get_by_role("combobox", name="Screen, step, run or trace").fill(text)
        await expect(page.get_by_role("option").first).to_be_visible()
        await page.keyboard.press("Enter")

        await page.wait_for_url(address)
        await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_the_palette_is_walked_by_arrows_and_gives_the_focus_back(page: Page):
    await go(page, "/cron")
    opener = page.get_by_role("navigation", name="Screens").get_by_role("link", name="State")
    await opener.focus()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")

    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_the_first_tab_leads_past_the_navigation(page: Page):
    await go(page, "/runs?state=dead")

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the screen")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("main")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Text in payload or error")).to_be_focused()
    assert page.url.endswith("/runs?state=dead")


OPENERS = {
    "/runs": "Replay many…",
    "/queues/dead": "Purge all…",
    "/state?group=walked": "New key",
    "/state?group=walked&key=key": "Delete…",
    "/steps/echo": "Trigger",
}


@pytest.mark.parametrize("path", OPENERS)
async def test_a_dialog_holds_the_focus_and_gives_it_back(page: Page, path: str):
    await go(page, path)
    opener = page.get_by_role("button", name=OPENERS[path])
    await expect(opener).not_to_have_attribute("aria-disabled", "true")
    await opener.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()

    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await dialog.evaluate(HOLDS_FOCUS), "the focus left the dialog"
    await page.keyboard.press("Escape")

    await expect(dialog).to_be_hidden()
    await expect(opener).to_be_focused()


# Guards at the edges of a dialog have the focus for a moment, and give it to the other edge.
HOLDS_FOCUS = """dialog => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() =>
    tell(dialog.contains(document.activeElement)))))"""


async def test_letters_walk_a_list_and_do_nothing_behind_a_dialog(page: Page):
    await go(page, "/runs")
    await expect(rows(page, "Runs").nth(1)).to_be_visible()
    await page.keyboard.press("j")
    await expect(rows(page, "Runs").first).to_have_attribute("aria-selected", "true")
    await page.get_by_role("button", name="Replay many…").click()
    await expect(page.get_by_role("dialog")).to_be_visible()

    await page.keyboard.press("j")
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(rows(page, "Runs").first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/runs/*")
    await page.keyboard.press("Escape")
    await page.wait_for_url("**/runs")


async def test_closing_what_was_opened_keeps_the_place_in_the_list(page: Page):
    await go(page, "/runs")
    await expect(rows(page, "Runs").nth(1)).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/runs/*")
    await page.keyboard.press("Escape")

    await expect(rows(page, "Runs").nth(1)).to_have_attribute("aria-selected", "true")


async def test_a_replay_by_keyboard_leaves_the_focus_where_the_next_key_is_heard(page: Page, shop: Shop):
    first = shop.finish("echo", {"text": "by key", "times": 1})
    await go(page, f"/runs/{first}")
    await page.get_by_role("button", name="Replay", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: first not in url)

    await page.keyboard.press("Escape")

    await page.wait_for_url(re.compile("/runs$"))
