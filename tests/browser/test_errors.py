"""Errors: failures by kind, with their runs and the place they come from."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, rows


@pytest.fixture(scope="module", autouse=True)
def failures(shop: Shop) -> None:
    """Two kinds."""
    for number in range(3):
        shop.fail(f"tea {number}")
    shop.finish("third-time-lucky")


async def test_failures_of_one_kind_are_one_row_with_their_number(page: Page):
    await page.goto("/errors")

    row = page.get_by_role("row").filter(has_text="ZeroDivisionError")

    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("3")
    await expect(page.get_by_role("row").filter(has_text="ConnectionError")).to_be_visible()


async def test_a_kind_opens_with_its_stack_and_its_runs(page: Page):
    await page.goto("/errors")
    await page.get_by_role("table").get_by_text("ZeroDivisionError").click()
    await page.wait_for_url("**/errors/*")

    await expect(page.get_by_role("region", name="Stack of the last one")).to_be_visible()
    dead = page.get_by_role("region", name="Dead runs")
    await expect(dead.locator("a[href*='/runs/']")).to_have_count(3)
    await dead.locator("a[href*='/runs/']").first.click()

    await expect(page.get_by_role("article")).to_contain_text("ZeroDivisionError")


async def test_its_stack_leads_to_the_line(page: Page):
    await page.goto("/errors")
    await page.get_by_role("table").get_by_text("ZeroDivisionError").click()

    await page.get_by_role("region", name="Stack of the last one").get_by_role("link").last.click()

    await expect(page.locator(".cm-marked")).to_contain_text("fee = cents // 0")


async def test_all_runs_of_a_kind_are_a_filter_of_the_list_of_runs(page: Page):
    await page.goto("/errors")
    await page.get_by_role("table").get_by_text("ZeroDivisionError").click()

    await page.get_by_role("link", name="All its runs").click()

    await page.wait_for_url("**/runs?fingerprint=*")
    await expect(rows(page, "Runs")).to_have_count(3)


async def test_a_kind_that_is_not_there_is_said_to_be_missing(page: Page):
    await page.goto("/errors/ffffffffffffffff")

    await expect(page.get_by_role("alert")).to_contain_text("ffffffffffffffff")
