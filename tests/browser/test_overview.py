"""The overview: figures that agree with what was sent, and ways to whatever is red."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, Page, expect

from .conftest import Shop, rows

ORDERS, REFUSED = 4, 2


@pytest.fixture(scope="module", autouse=True)
def traffic(shop: Shop) -> Iterator[None]:
    """Orders that are taken and not charged, orders that are refused, a run that is running."""
    for number in range(ORDERS):
        _, accepted = shop.request("POST", "/orders", {"item": f"tea {number}", "cents": 100})
        shop.settle(accepted["run"])
    for _ in range(REFUSED):
        shop.request("POST", "/orders", {"item": 5})
    shop.trigger("hold", {"name": "running"})
    yield
    shop.cancel_all("hold")


def tile(page: Page, title: str) -> Locator:
    """A figure."""
    return page.get_by_role("link", name=title)


async def test_the_tiles_agree_with_what_was_sent(page: Page):
    await page.goto("/")

    await expect(tile(page, "Dead letters")).to_contain_text(f"{ORDERS}")
    await expect(tile(page, "Running now")).to_contain_text("1")
    await expect(tile(page, "Waiting and running")).to_contain_text("1")


def steps(page: Page) -> Locator:
    """The rows of the table of steps."""
    return page.get_by_role("region", name="Steps").get_by_role("row")


async def test_the_table_of_steps_says_how_much_of_each_failed(page: Page):
    await page.goto("/")

    failed = steps(page).filter(has_text="charge-card").get_by_title(f"{ORDERS} of {ORDERS}")

    await expect(failed).to_contain_text("100 %")
    await expect(steps(page).nth(1)).to_contain_text("charge-card")


async def test_a_failing_step_leads_to_its_errors(page: Page):
    await page.goto("/")

    await steps(page).filter(has_text="charge-card").get_by_title(f"{ORDERS} of {ORDERS}").click()

    await page.wait_for_url("**/errors?step=charge-card")
    await expect(page.get_by_role("row").filter(has_text="ZeroDivisionError")).to_have_count(1)


async def test_the_last_errors_lead_to_the_run_and_to_the_line(page: Page):
    await page.goto("/")
    errors = page.get_by_role("region", name="Recent errors")
    await expect(errors.get_by_role("link", name="orders.py")).to_have_attribute(
        "href", re.compile("/steps/charge-card.line=")
    )

    await errors.get_by_role("link", name="ZeroDivisionError").click()

    await expect(page.get_by_role("article")).to_contain_text("ZeroDivisionError")


async def test_the_dead_are_one_step_away(page: Page):
    await page.goto("/")

    await tile(page, "Dead letters").click()

    await page.wait_for_url("**/runs?state=dead")
    await expect(rows(page, "Runs")).to_have_count(ORDERS)


async def test_figures_move_without_a_reload(page: Page, shop: Shop):
    await page.goto("/")
    await expect(tile(page, "Running now")).to_contain_text("1")

    shop.trigger("hold", {"name": "running too"})

    await expect(tile(page, "Running now")).to_contain_text("2")


async def test_the_window_is_in_the_address(page: Page):
    await page.goto("/")
    await page.get_by_label("Window").select_option("6h")
    await page.wait_for_url("**range=6h")

    await page.reload()

    await expect(page.get_by_label("Window")).to_have_value("6h")
