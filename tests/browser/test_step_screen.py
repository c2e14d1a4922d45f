"""The screen of a step whose file is broken, and of one that is not there."""

from __future__ import annotations

from playwright.async_api import Page, expect

from .conftest import Shop


async def test_a_step_whose_file_does_not_load_says_that_an_older_version_runs(page: Page, shop: Shop):
    file = shop.root / "motia" / "steps" / "orders.py"
    good = file.read_text()
    await page.goto("/steps/charge-card")
    alert = page.get_by_role("alert").filter(has_text="does not load")
    await expect(page.get_by_role("button", name="Trigger")).to_be_visible()

    try:
        file.write_text(f"{good}\ndef half(:\n")
        await expect(alert).to_contain_text("motia/steps/orders.py:")
        await expect(alert).to_contain_text("The version before it runs")
    finally:
        file.write_text(good)

    await expect(alert).to_be_hidden()


async def test_a_step_that_is_not_there_leads_to_what_it_did(page: Page):
    await page.goto("/steps/never-was")

    await expect(page.get_by_text("No step has the id never-was.")).to_be_visible()
    await expect(page.get_by_role("button", name="Trigger")).to_be_hidden()
    await page.get_by_role("link", name="its runs", exact=True).click()

    await page.wait_for_url("**/runs?step=never-was")
