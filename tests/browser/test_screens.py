"""Every screen opens from the navigation, by keyboard, in light and dark, with no serious fault of accessibility."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, check_for_everybody

SCREENS = (
    "Overview",
    "Flow",
    "Runs",
    "Traces",
    "Logs",
    "Errors",
    "Endpoints",
    "Queues",
    "Cron",
    "Workflows",
    "State",
    "Workers",
    "Config",
)


@pytest.fixture(scope="module", autouse=True)
def traffic(shop: Shop) -> None:
    """Something to show on each screen."""
    for number in range(3):
        shop.request("POST", "/orders", {"item": f"tea {number}", "cents": 300})
    shop.request("POST", "/orders", {"item": 5})
    shop.control("POST", "/v1/trigger", {"target": "chatter", "payload": {"lines": 20}})
    shop.control("POST", "/v1/trigger", {"target": "nobody-yet", "payload": {}})


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_opens_and_can_be_used_by_everybody(page: Page, screen: str):
    await page.goto("/")
    await page.get_by_role("navigation", name="Screens").get_by_role("link", name=screen, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(screen)
    await expect(page.get_by_role("alert")).to_have_count(0)

    await check_for_everybody(page)


async def test_colours_are_chosen_and_kept(page: Page):
    await page.goto("/config")
    for theme in ("Dark", "Light"):
        await page.get_by_role("radio", name=theme).click()
        await page.reload()

        await expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
        await expect(page.get_by_role("radio", name=theme)).to_be_checked()


async def test_the_palette_goes_to_a_step_by_a_few_letters(page: Page):
    await page.goto("/")
    await page.get_by_role("heading", level=1).wait_for()
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Screen, step, run or trace").fill("chrgcrd")
    await expect(page.get_by_role("option").first).to_contain_text("charge-card")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/steps/charge-card")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("charge-card")


async def test_runs_are_walked_by_keys(page: Page):
    await page.goto("/")
    await page.get_by_role("navigation").get_by_role("link", name="Runs", exact=True).click()
    await expect(page.get_by_role("row").nth(2)).to_be_visible()

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/runs/*")


async def test_what_happens_is_on_the_screen_without_a_reload(page: Page, shop: Shop):
    await page.goto("/")
    await page.get_by_role("navigation").get_by_role("link", name="Logs", exact=True).click()

    shop.control("POST", "/v1/trigger", {"target": "chatter", "payload": {"lines": 1}})

    await expect(page.get_by_text("line 0").first).to_be_visible()


async def test_a_narrow_window_shows_everything(page: Page):
    await page.goto("/")
    await page.set_viewport_size({"width": 768, "height": 900})

    overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert overflow <= 0
