"""What the Workbench is for: see a failure, understand it, mend it, replay it, without leaving the browser."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from .conftest import Shop


async def test_a_person_sends_an_order_that_fails_finds_out_why_mends_the_step_and_replays_it(
    page: Page, shop: Shop
):
    await page.get_by_role("navigation").get_by_role("link", name="Endpoints").click()
    await page.get_by_text("/orders").first.click()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("202").first).to_be_visible()

    await page.locator("main a[href*='/traces/']").first.click()
    await expect(page.get_by_text("charge-card").first).to_be_visible()
    await expect(page.get_by_text("dead").first).to_be_visible()

    await page.locator("main").get_by_text("charge-card").first.click()
    await page.locator("main a[href*='/runs/']").first.click()
    await expect(page.get_by_text("ZeroDivisionError").first).to_be_visible()
    failed = page.url
    await page.locator("main a[href*='/steps/charge-card?line=']").first.click()
    await expect(page.locator(".cm-marked")).to_contain_text("fee = cents // 0")

    shop.mend()
    shop.wait_line("reloaded")
    await page.goto(failed)
    await page.get_by_role("button", name=re.compile("^Replay")).first.click()
    # Whatever is asked for confirmation is confirmed as it stands.
    dialog = page.get_by_role("dialog")
    if await dialog.is_visible():
        await dialog.get_by_role("button", name=re.compile("Replay")).click()

    await expect(page.get_by_text("completed").first).to_be_visible()
