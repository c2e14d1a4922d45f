"""Logs: the live tail, filtered, held, opened."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from .conftest import Shop, copied, rows


@pytest.fixture(scope="module", autouse=True)
def lines(shop: Shop) -> None:
    """Lines of three levels."""
    shop.finish("speak", {"word": "Merlin"})


async def test_levels_steps_and_texts_narrow_the_lines_and_stand_in_the_address(page: Page):
    await page.goto("/logs?text=Merlin")
    await expect(rows(page, "Log lines")).to_have_count(3)

    await page.get_by_label("Level").select_option("warn")
    await expect(rows(page, "Log lines")).to_have_count(2)
    await page.get_by_label("Level").select_option("error")
    await expect(rows(page, "Log lines")).to_have_count(1)
    await expect(rows(page, "Log lines")).to_contain_text("Merlin cried")
    await page.get_by_label("Level").select_option("")
    await page.get_by_label("Step").select_option("chatter")
    await expect(page.get_by_text("No line fits these filters.")).to_be_visible()

    await page.reload()

    await expect(page.get_by_label("Step")).to_have_value("chatter")
    await expect(page.get_by_text("No line fits these filters.")).to_be_visible()


@pytest.mark.parametrize("text", ["decibels", "decibels=97"])
async def test_a_line_is_found_by_its_fields(page: Page, text: str):
    await page.goto(f"/logs?text={text}")

    await expect(rows(page, "Log lines")).to_have_count(1)
    await expect(rows(page, "Log lines")).to_contain_text("Merlin shouted")


async def test_a_line_opens_shows_its_fields_and_leads_to_its_run(page: Page):
    await page.goto("/logs?text=shouted")
    await rows(page, "Log lines").first.click()

    await expect(page.get_by_role("table", name="Log lines")).to_contain_text("decibels: 97")
    await page.get_by_role("button", name="Copy as JSON").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert '"decibels": 97' in await copied(page)
    await rows(page, "Log lines").get_by_role("link", name="run").first.click()

    await page.wait_for_url("**/runs/*")
    await expect(page.get_by_role("article")).to_contain_text("Merlin cried")


async def test_a_tail_that_is_held_counts_what_comes_and_shows_it_when_it_goes_on(page: Page, shop: Shop):
    await page.goto("/logs?step=chatter")
    await expect(page.get_by_text("No line fits these filters.")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()

    shop.finish("chatter", {"lines": 7})

    bar = page.get_by_role("button", name="Paused ·")
    await expect(bar).to_contain_text("7 new")
    await expect(rows(page, "Log lines")).to_have_count(0)
    await bar.click()
    await expect(rows(page, "Log lines")).to_have_count(7)


async def test_a_tail_that_is_held_before_it_is_read_says_nothing_of_it_until_it_is(page: Page, shop: Shop):
    may_go_on = asyncio.Event()

    async def answer_late(route: Route) -> None:
        await may_go_on.wait()
        await route.fallback()

    await page.route("**/v1/logs?*", answer_late, times=1)
    await page.goto("/logs?text=Merlin")
    await expect(page.get_by_role("status", name="Loading log lines")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    bar = page.get_by_role("button", name="Paused ·")
    await expect(page.get_by_role("button", name="Go on")).to_be_visible()
    await expect(bar).to_have_count(0)

    may_go_on.set()

    await expect(bar).to_contain_text("nothing new")
    await expect(rows(page, "Log lines")).to_have_count(3)


async def test_keys_hold_walk_open_and_copy(page: Page):
    await page.goto("/logs?text=Merlin")
    await expect(rows(page, "Log lines")).to_have_count(3)

    await page.keyboard.press("k")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("table", name="Log lines")).to_contain_text("decibels: 97")
    await page.keyboard.press("c")
    await expect(page.get_by_text("Copied 1 line as JSON.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("decibels: 97")).to_be_hidden()
    await page.keyboard.press("p")
    await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()


async def test_the_lines_of_a_run_are_all_that_a_link_from_it_shows(page: Page, shop: Shop):
    number = shop.finish("speak", {"word": "Morgana"})
    await page.goto(f"/runs/{number}")
    await page.get_by_role("link", name="Open in Logs").click()
    await expect(rows(page, "Log lines")).to_have_count(3)

    await page.get_by_role("button", name="Lines of every run").click()

    await expect(rows(page, "Log lines").filter(has_text="Merlin")).to_have_count(3)
