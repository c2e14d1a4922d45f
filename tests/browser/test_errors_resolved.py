"""A kind of failure: its own runs, resolved, back again, replayed."""

from __future__ import annotations

from playwright.async_api import Page, expect

from .conftest import Shop


async def test_a_resolved_failure_comes_back_as_again_and_its_runs_are_replayed(page: Page, shop: Shop):
    shop.request("POST", "/orders", {"item": "tea", "cents": 300})
    await page.goto("/")
    await (
        page.get_by_role("navigation", name="Screens").get_by_role("link", name="Errors", exact=True).click()
    )
    group = page.get_by_role("row").filter(has_text="ZeroDivisionError")
    await expect(group).to_contain_text("1 in the last hour")
    await group.get_by_text("ZeroDivisionError").click()

    await page.get_by_role("button", name="Mark as resolved").click()
    await expect(page.get_by_role("button", name="Open again")).to_be_visible()
    shop.request("POST", "/orders", {"item": "tea again", "cents": 300})
    await expect(page.get_by_role("button", name="Mark as resolved")).to_be_visible()
    await expect(page.get_by_text("again", exact=False).first).to_be_visible()
    await expect(page.get_by_text("openagain")).to_be_visible()

    await page.get_by_role("link", name="All its runs").click()
    await expect(page.get_by_role("row").filter(has_text="charge-card")).to_have_count(2)
    await page.get_by_role("link", name="charge-card").first.wait_for()
    await page.go_back()

    await page.get_by_role("button", name="Replay its dead runs").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("charge-card · ZeroDivisionError")).to_have_count(2)
    await dialog.get_by_role("button", name="Replay 2 runs").click()
    await expect(page.get_by_text("Replayed 2 runs")).to_be_visible()
