"""Runs: found, looked at, cancelled, replayed, one and many, in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, Page, Route, expect
from tests.acceptance.conftest import wait_until

from .conftest import HOUR_MS, Shop, rewrite, rows


@pytest.fixture(scope="module", autouse=True)
def traffic(shop: Shop) -> Iterator[None]:
    """Something that is found, and something that is not."""
    shop.finish("echo", {"text": "tea", "times": 2})
    shop.fail("green tea")
    shop.trigger("echo", {"text": "later", "times": 1}, delay_ms=HOUR_MS)
    yield
    shop.cancel_all("hold")


def run(page: Page) -> Locator:
    """The run that is open."""
    return page.get_by_role("article")


async def test_the_address_carries_every_filter_and_shows_the_same_to_a_colleague(page: Page):
    await page.goto("/runs")
    await page.get_by_role("button", name=re.compile("^dead")).click()
    await page.get_by_label("Step").select_option("charge-card")
    await page.get_by_label("Time", exact=True).select_option("1h")
    await page.get_by_label("Text in payload or error").fill("green tea")
    await page.wait_for_url("**text=green+tea*")
    await expect(rows(page, "Runs")).to_have_count(1)

    colleague = await page.context.new_page()
    await colleague.goto(page.url)

    await expect(rows(colleague, "Runs")).to_have_count(1)
    await expect(rows(colleague, "Runs")).to_contain_text("charge-card")
    await expect(colleague.get_by_label("Step")).to_have_value("charge-card")
    await expect(colleague.get_by_label("Time", exact=True)).to_have_value("1h")
    await expect(colleague.get_by_role("button", name=re.compile("^dead"))).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_filters_that_nothing_fits_say_so_and_can_be_cleared(page: Page):
    await page.goto("/runs?text=nobody-ever-said-this")
    await expect(page.get_by_text("No run fits these filters.")).to_be_visible()

    await page.get_by_role("button", name="Clear the filters").click()

    await expect(rows(page, "Runs").first).to_be_visible()


async def test_a_run_shows_what_it_got_what_it_gave_and_where_it_came_from(page: Page, shop: Shop):
    await page.goto("/runs?step=echo&state=completed")
    await rows(page, "Runs").first.click()

    await expect(run(page)).to_contain_text('"tea"')
    await expect(run(page).get_by_role("region", name="Result")).to_contain_text('"teatea"')
    await expect(run(page).get_by_role("region", name="About")).to_contain_text("manual")


async def test_tries_that_failed_are_told_one_by_one(page: Page, shop: Shop):
    number = shop.finish("third-time-lucky")

    await page.goto(f"/runs/{number}")

    attempts = run(page).get_by_role("region", name=re.compile("Attempts that failed"))
    await expect(attempts.get_by_role("listitem")).to_have_count(2)
    await attempts.get_by_role("button").first.click()
    await expect(attempts).to_contain_text("refused at attempt 1")


async def test_a_scheduled_run_is_cancelled(page: Page, shop: Shop):
    number = shop.trigger("echo", {"text": "never", "times": 1}, delay_ms=HOUR_MS)
    await page.goto(f"/runs/{number}")

    await run(page).get_by_role("button", name="Cancel").click()

    await expect(page.get_by_text("The run is cancelled.")).to_be_visible()
    await expect(run(page).get_by_text("cancelled", exact=True).first).to_be_visible()


async def test_a_run_that_is_running_is_asked_to_stop(page: Page, shop: Shop):
    number = shop.trigger("hold", {"name": "to be stopped"})
    await page.goto(f"/runs/{number}")
    await expect(run(page).get_by_text("running", exact=True)).to_be_visible()

    await run(page).get_by_role("button", name="Cancel").click()

    await expect(run(page).get_by_text("cancelled", exact=True).first).to_be_visible()


async def test_a_replay_is_a_new_run_and_the_screen_follows_it(page: Page, shop: Shop):
    first = shop.finish("echo", {"text": "again", "times": 1})
    await page.goto(f"/runs/{first}")

    await run(page).get_by_role("button", name="Replay", exact=True).click()

    await page.wait_for_url(lambda url: first not in url)
    await expect(run(page).get_by_role("region", name="About")).to_contain_text("replay")
    await expect(run(page).get_by_role("link", name=first)).to_be_visible()
    await expect(run(page)).to_contain_text('"again"')


async def test_a_replay_with_another_payload_says_every_problem_and_queues_nothing_until_it_fits(
    page: Page, shop: Shop
):
    first = shop.finish("echo", {"text": "to edit", "times": 1})
    before = shop.control("GET", "/v1/runs/counts?step=echo")
    await page.goto(f"/runs/{first}")
    await run(page).get_by_role("button", name="Edit and replay").click()
    dialog = page.get_by_role("dialog")

    await rewrite(dialog.get_by_role("textbox"), '{"text": 5, "times": "many"}')
    await dialog.get_by_role("button", name="Replay").click()

    problems = dialog.get_by_role("alert")
    await expect(problems).to_contain_text("2 values do not fit.")
    await expect(problems.get_by_role("listitem")).to_have_count(2)
    await expect(problems).to_contain_text("/text")
    await expect(problems).to_contain_text("/times")
    assert shop.control("GET", "/v1/runs/counts?step=echo") == before

    await rewrite(dialog.get_by_role("textbox"), '{"text": ')
    await dialog.get_by_role("button", name="Replay").click()
    await expect(problems).to_contain_text("This is no JSON")

    await rewrite(dialog.get_by_role("textbox"), '{"text": "edited", "times": 2}')
    await dialog.get_by_role("button", name="Replay").click()
    await expect(dialog).to_be_hidden()
    await expect(run(page)).to_contain_text('"editededited"')


async def test_many_runs_are_replayed_by_a_filter_after_a_look_at_them(page: Page, shop: Shop):
    for _ in range(3):
        shop.fail("bulk tea")
    await page.goto("/runs?text=bulk+tea&state=dead")
    await expect(rows(page, "Runs")).to_have_count(3)

    await page.get_by_role("button", name="Replay many…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("listitem")).to_have_count(3)
    await dialog.get_by_role("button", name="Replay 3 runs").click()

    await expect(page.get_by_text("Replayed 3 runs.")).to_be_visible()
    await expect(dialog).to_be_hidden()
    await expect(rows(page, "Runs")).to_have_count(6)


async def test_many_runs_are_cancelled_that_were_chosen_and_those_that_cannot_be_are_left_out(
    page: Page, shop: Shop
):
    for _ in range(2):
        shop.trigger("echo", {"text": "bulk later", "times": 1}, delay_ms=HOUR_MS)
    shop.finish("echo", {"text": "bulk later", "times": 1})
    await page.goto("/runs?text=bulk+later")
    await expect(rows(page, "Runs")).to_have_count(3)

    await page.get_by_role("checkbox", name="Choose all that are loaded").check()
    await expect(page.get_by_text("3 chosen")).to_be_visible()
    await page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("1 of the chosen is left out")
    await dialog.get_by_role("button", name="Cancel 2 runs").click()

    await expect(page.get_by_text("Cancelled 2 runs.")).to_be_visible()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("button", name=re.compile("^cancelled"))).to_contain_text("2")


async def test_what_is_read_stands_still_while_more_comes(page: Page, shop: Shop):
    await page.goto("/runs?step=echo")
    await page.get_by_role("checkbox", name=re.compile("^Choose run")).first.check()

    shop.finish("echo", {"text": "meanwhile", "times": 1})

    bar = page.get_by_role("button", name=re.compile("Paused"))
    await expect(bar).to_contain_text("1 new")
    await bar.click()
    await expect(bar).to_be_hidden()
    await expect(page.get_by_text("chosen")).to_be_hidden()


async def test_a_person_completes_a_step_that_is_done_outside(page: Page, shop: Shop):
    number = shop.trigger("approve", {"order": 7})
    await page.goto(f"/runs/{number}")

    await run(page).get_by_role("button", name="Complete", exact=True).click()
    dialog = page.get_by_role("dialog")
    await rewrite(dialog.get_by_role("textbox"), '{"by": "the person"}')
    await dialog.get_by_role("button", name="Complete").click()

    await expect(run(page).get_by_role("region", name="Result")).to_contain_text('"the person"')


async def test_a_run_that_is_not_there_is_said_to_be_missing(page: Page):
    await page.goto("/runs/0123456789abcdef")

    await expect(page.get_by_role("alert")).to_contain_text("no run has the id 0123456789abcdef")
    await page.keyboard.press("Escape")
    await page.wait_for_url("**/runs")


async def test_what_happens_while_an_answer_is_on_its_way_is_not_missed(page: Page, shop: Shop):
    before = len(shop.control("GET", "/v1/runs?step=hold&state=cancelled")["runs"])
    held = shop.trigger("hold", {"name": "slow answer"})
    wait_until(lambda: shop.run(held)["state"], lambda state: state == "running")

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        shop.cancel_all("hold")
        shop.settle(held)
        # The feed told the page of it: what is read beside the list knows it already.
        chip = page.get_by_role("button", name=re.compile("^cancelled"))
        await expect(chip).to_have_text(re.compile(f"cancelled\\s*{before + 1}$"))
        await route.fulfill(response=answer)

    await page.route("**/v1/runs?*", answer_late, times=1)
    await page.goto("/runs?step=hold")

    await expect(rows(page, "Runs").first).to_contain_text("cancelled")
