"""Cron: when a step fires next and in which zone; fired by hand, paused, resumed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, Page, expect

from .conftest import Shop, rows


@pytest.fixture(autouse=True)
def as_found(shop: Shop) -> Iterator[None]:
    """It goes on."""
    yield
    shop.control("POST", "/v1/steps/nightly/resume", {})


def detail(page: Page) -> Locator:
    """The chosen step."""
    return page.get_by_role("complementary", name="Cron step nightly")


async def test_the_next_ten_firings_are_told_in_the_zone_of_the_step(page: Page):
    await page.goto("/cron")

    firings = detail(page).get_by_role("listitem")

    await expect(detail(page)).to_contain_text("Europe/Berlin")
    await expect(firings).to_have_count(10)
    for at in range(10):
        await expect(firings.nth(at)).to_contain_text(re.compile("0?3:00"))


async def test_a_step_is_fired_by_hand_and_its_run_can_be_opened(page: Page, shop: Shop):
    await page.goto("/cron")
    await detail(page).get_by_role("button", name="Run nightly now").click()
    await expect(page.get_by_text("nightly was fired.")).to_be_visible()
    await expect(detail(page).get_by_label("by hand").first).to_be_visible()
    await expect(detail(page).get_by_text("completed", exact=True).first).to_be_visible()

    await page.get_by_role("link", name="Open the run").click()

    await expect(page.get_by_role("article").get_by_text("completed", exact=True).first).to_be_visible()
    about = page.get_by_role("article").get_by_role("region", name="About")
    await expect(about).to_contain_text("manual")
    # The instant that it was fired for, as all times are shown.
    await expect(about.locator("dl > div").filter(has_text="Scheduled").locator("time")).to_have_text(
        re.compile(r"^\d\d:\d\d:\d\d")
    )
    await expect(about).not_to_contain_text("scheduledAt")


async def test_a_step_that_is_paused_says_so_and_its_runs_wait(page: Page, shop: Shop):
    await page.goto("/cron")
    await detail(page).get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("nightly is paused.")).to_be_visible()
    await expect(rows(page, "Cron steps")).to_contain_text("paused")

    await detail(page).get_by_role("button", name="Run nightly now").click()
    await expect(page.get_by_text("its run waits until it is resumed")).to_be_visible()
    await page.get_by_role("link", name="Open the run").click()
    await expect(page.get_by_role("region", name="Why it is not running")).to_contain_text("paused")
    await page.go_back()
    await detail(page).get_by_role("button", name="Resume").click()

    await expect(page.get_by_text("nightly goes on.")).to_be_visible()
    await expect(rows(page, "Cron steps")).not_to_contain_text("paused")
