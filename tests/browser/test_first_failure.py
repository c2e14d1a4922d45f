"""What the Workbench is for: see a failure, understand it, mend it, replay it, without leaving the browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, running_shop


@pytest.fixture
def shop(tmp_path) -> Iterator[Shop]:
    """An engine for each test: they mend its project."""
    with running_shop(tmp_path / "shop") as running:
        yield running


async def test_a_person_sends_an_order_that_fails_finds_out_why_mends_the_step_and_replays_it(
    page: Page, shop: Shop
):
    await page.goto("/")
    await page.get_by_role("navigation").get_by_role("link", name="Endpoints").click()
    await page.get_by_role("link", name="POST /orders").click()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("status").filter(has_text="202")).to_be_visible()

    await page.locator("main a[href*='/traces/']").first.click()
    await page.get_by_role("row").filter(has_text="charge-card").first.click()
    await expect(page.locator("main").get_by_text("dead").first).to_be_visible()

    await page.locator("main a[href*='/runs/']").first.click()
    await expect(page.get_by_text("ZeroDivisionError").first).to_be_visible()
    failed = page.url
    await page.locator("main a[href*='/steps/charge-card?line=']").first.click()
    await expect(page.locator(".cm-marked")).to_contain_text("fee = cents // 0")

    shop.mend()
    await page.goto(failed)
    await page.get_by_role("button", name="Replay", exact=True).click()

    await expect(page.get_by_role("article")).to_contain_text("completed")


async def test_the_same_person_needs_no_mouse(page: Page, shop: Shop):
    await page.goto("/")
    await page.get_by_role("heading", level=1).wait_for()
    await _open_palette(page)
    await page.keyboard.type("endpoints")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/endpoints")
    await page.keyboard.press("/")
    await page.keyboard.type("POST /orders")
    await page.keyboard.press("Tab")
    await _tab_to(page, "POST/orders")
    await page.keyboard.press("Enter")
    await _tab_to(page, "Send")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="202")).to_be_visible()

    await _tab_to(page, await page.locator("main a[href*='/traces/']").first.inner_text())
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/traces/*")
    await expect(page.get_by_role("row").filter(has_text="charge-card").first).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(page.get_by_role("region", name="Span charge-card")).to_contain_text("dead")

    run = await page.locator("main a[href*='/runs/']:not([href*='?'])").first.inner_text()
    await _open_palette(page)
    await page.keyboard.type(run)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/runs/{run}")
    await expect(page.get_by_text("ZeroDivisionError").first).to_be_visible()
    await _tab_to(page, "orders.py")
    await page.keyboard.press("Enter")
    await expect(page.locator(".cm-marked")).to_contain_text("fee = cents // 0")

    shop.mend()
    await page.go_back()  # Alt-Left is the browser's own key, and no page hears of it
    await _tab_to(page, "Replay", is_all=True)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("completed")


async def _open_palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Screen, step, run or trace")).to_be_focused()


FOCUSED = "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''"
TABS_MAX = 60


async def _tab_to(page: Page, name: str, *, is_all: bool = False) -> None:
    """Press Tab until what has this name, or it somewhere in its text, has the focus, and shows it."""
    for _ in range(TABS_MAX):
        await page.keyboard.press("Tab")
        focused = str(await page.evaluate(FOCUSED)).strip()
        if focused == name or (name in focused and not is_all):
            break
    else:
        raise AssertionError(f"no way to {name!r} by Tab")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", f"the focus on {name!r} cannot be seen"
