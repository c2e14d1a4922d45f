"""Queues: paused and resumed; dead letters replayed and purged; parked events cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop, rows


@pytest.fixture(autouse=True)
def as_found(shop: Shop) -> Iterator[None]:
    """Steps go on, and nothing is dead or parked."""
    yield
    shop.control("POST", "/v1/steps/echo/resume", {})
    shop.control("POST", "/v1/dead/purge", {})
    shop.cancel_all("echoo")


async def test_a_queue_is_paused_its_runs_wait_and_go_on_when_it_is_resumed(page: Page, shop: Shop):
    await page.goto("/queues")
    row = rows(page, "Queues").filter(has_text=re.compile("^echo"))
    await row.get_by_role("button", name="Pause echo").click()
    await expect(page.get_by_text("echo is paused.")).to_be_visible()

    number = shop.trigger("echo", {"text": "waits", "times": 1})
    await expect(row).to_contain_text("paused")
    await expect(row).to_contain_text("1 ready")
    await row.get_by_role("button", name="Resume echo").click()

    await expect(row.get_by_role("link", name="1 ready")).to_be_hidden()
    shop.settle(number)


async def test_concurrency_in_use_is_told(page: Page, shop: Shop):
    for name in ("one", "two", "three"):
        shop.trigger("hold", {"name": name})
    await page.goto("/queues")

    row = rows(page, "Queues").filter(has_text=re.compile("^hold"))

    await expect(row).to_contain_text("2 of 2")
    await expect(row.get_by_role("link", name="1 ready")).to_be_visible()
    shop.cancel_all("hold")


async def test_one_dead_letter_is_replayed_and_stays(page: Page, shop: Shop):
    number = shop.fail("one")
    shop.fail("other")
    await page.goto("/queues/dead")
    await expect(rows(page, "Dead letters")).to_have_count(2)

    await page.get_by_role("checkbox", name=f"Choose run {number}").check()
    await page.get_by_role("button", name="Replay 1…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("listitem")).to_have_count(1)
    await dialog.get_by_role("button", name="Replay 1 run").click()

    await expect(page.get_by_text("Replayed 1 run.")).to_be_visible()
    await expect(rows(page, "Dead letters")).to_have_count(3)


async def test_all_dead_letters_that_fit_are_replayed(page: Page, shop: Shop):
    for item in ("green", "green", "black"):
        shop.fail(f"{item} tea")
    await page.goto("/queues/dead?text=green")
    await expect(rows(page, "Dead letters")).to_have_count(2)

    await page.get_by_role("button", name="Replay all that fit…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Replay 2 runs").click()

    await expect(page.get_by_text("Replayed 2 runs.")).to_be_visible()
    await expect(rows(page, "Dead letters")).to_have_count(4)


async def test_dead_letters_are_purged_only_by_who_says_so_in_a_word(page: Page, shop: Shop):
    number = shop.fail("to purge")
    await page.goto("/queues/dead")
    await page.get_by_role("button", name="Purge all…").click()
    dialog = page.get_by_role("dialog")
    button = dialog.get_by_role("button", name="Purge 1 run")
    await expect(button).to_have_attribute("aria-disabled", "true")

    await button.click(force=True)
    assert shop.run(number)["state"] == "dead"
    await dialog.get_by_role("textbox").fill("purge")
    await button.click()

    await expect(page.get_by_text("Purged 1 run.")).to_be_visible()
    await expect(page.get_by_text("No dead letters.")).to_be_visible()
    assert "error" in shop.run(number)


async def test_a_dead_letter_leads_to_its_run(page: Page, shop: Shop):
    number = shop.fail("to open")
    await page.goto("/queues/dead")

    await rows(page, "Dead letters").get_by_text("ZeroDivisionError").click()

    await page.wait_for_url(f"**/runs/{number}")


async def test_parked_events_name_the_closest_step_and_are_cancelled(page: Page, shop: Shop):
    number = shop.trigger("echoo", {"text": "mistyped", "times": 1})
    await page.goto("/queues/parked")
    row = rows(page, "Parked events").filter(has_text="echoo")
    await expect(row.get_by_role("link", name="echo", exact=True)).to_be_visible()

    await row.get_by_role("button", name="Cancel events for echoo").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("cancel")
    await dialog.get_by_role("button", name="Cancel 1 run").click()

    await expect(page.get_by_text("Cancelled 1 run.")).to_be_visible()
    await expect(page.get_by_text("No event is parked.")).to_be_visible()
    assert shop.run(number)["state"] == "cancelled"
