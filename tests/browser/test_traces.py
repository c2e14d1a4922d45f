"""Traces: the waterfall of what a request caused, compared, copied, replayed from."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import Locator, Page, expect

from .conftest import Shop, copied, rows


@pytest.fixture(scope="module")
def trace(shop: Shop) -> str:
    """The trace of an order whose card is not charged."""
    status, accepted = shop.request("POST", "/orders", {"item": "traced tea", "cents": 100})
    assert status == 202
    return str(shop.run(accepted["run"])["trace"])


def spans(page: Page) -> Locator:
    """The rows of the waterfall."""
    return page.get_by_role("treegrid", name="Spans").get_by_role("row")


async def test_a_trace_shows_each_step_with_the_parts_of_its_time(page: Page, trace: str):
    await page.goto(f"/traces/{trace}")
    await expect(spans(page)).to_have_count(2)
    await expect(page.get_by_text("1 failed", exact=True)).to_be_visible()

    await spans(page).filter(has_text="charge-card").click()

    span = page.get_by_role("region", name="Span charge-card")
    for part in ("dispatch", "handler", "commit"):
        await expect(span.get_by_role("term").filter(has_text=part)).to_be_visible()
    await expect(span).to_contain_text("ZeroDivisionError")
    await expect(span.get_by_role("region", name="Input")).to_contain_text('"traced tea"')
    await expect(span).to_contain_text("charging")


async def test_the_time_that_a_run_waited_in_its_queue_is_a_part_of_its_own(page: Page, shop: Shop):
    shop.control("POST", "/v1/steps/echo/pause", {})
    number = shop.trigger("echo", {"text": "waited", "times": 1})
    await page.goto(f"/runs/{number}")
    await expect(page.get_by_role("region", name="Why it is not running")).to_contain_text("paused")
    shop.control("POST", "/v1/steps/echo/resume", {})
    shop.settle(number)

    await page.goto(f"/traces/{shop.run(number)['trace']}")
    await spans(page).filter(has_text="echo").first.click()

    span = page.get_by_role("region", name="Span echo")
    await expect(span.get_by_role("term").filter(has_text="queue wait")).to_be_visible()


async def test_the_frame_of_a_stack_opens_the_source_at_its_line(page: Page, trace: str):
    await page.goto(f"/traces/{trace}")
    await spans(page).filter(has_text="charge-card").click()

    await page.get_by_role("link", name=re.compile(r"orders\.py.*line")).click()

    await page.wait_for_url("**/steps/charge-card?line=*")
    await expect(page.locator(".cm-marked")).to_contain_text("fee = cents // 0")


async def test_the_chosen_span_is_in_the_address(page: Page, trace: str):
    await page.goto(f"/traces/{trace}")
    await spans(page).filter(has_text="charge-card").click()
    await page.wait_for_url("**span=*")

    await page.reload()

    await expect(page.get_by_role("region", name="Span charge-card")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("region", name="Log lines of the trace")).to_contain_text("charging")


async def test_every_try_of_a_run_is_a_row(page: Page, shop: Shop):
    number = shop.finish("third-time-lucky")

    await page.goto(f"/traces/{shop.run(number)['trace']}")

    await expect(spans(page)).to_have_count(3)
    await spans(page).nth(1).click()
    await expect(page.get_by_role("region", name="Span third-time-lucky")).to_contain_text(
        "refused at attempt 2"
    )


async def test_a_trace_is_copied_as_json(page: Page, trace: str):
    await page.goto(f"/traces/{trace}")
    await page.get_by_role("button", name="Copy as JSON").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()

    assert json.loads(await copied(page))["trace"] == trace


async def test_two_traces_are_compared_step_by_step(page: Page, shop: Shop, trace: str):
    _, accepted = shop.request("POST", "/orders", {"item": "other tea", "cents": 1})
    other = str(shop.run(accepted["run"])["trace"])
    await page.goto(f"/traces/{trace}")
    await page.get_by_role("button", name="Compare…").click()

    await page.get_by_role("dialog").get_by_role("button").filter(has_text=other[-8:]).click()

    comparison = page.get_by_role("region", name="Comparison")
    for step in ("place-order", "charge-card"):
        await expect(comparison.get_by_role("row").filter(has_text=step)).to_be_visible()
    await comparison.get_by_role("link", name="swap").click()
    await page.wait_for_url(f"**/traces/{other}?with={trace}")


async def test_a_run_of_a_trace_is_replayed_from_it(page: Page, trace: str):
    await page.goto(f"/traces/{trace}")
    await spans(page).filter(has_text="charge-card").click()

    await page.get_by_role("button", name="Replay", exact=True).click()

    await page.wait_for_url(lambda url: trace not in url)
    await expect(spans(page).filter(has_text="charge-card").first).to_be_visible()


async def test_traces_are_found_by_step_failure_and_text(page: Page, shop: Shop, trace: str):
    shop.finish("echo", {"text": "fine", "times": 1})
    shop.fail("found tea")
    await page.goto("/traces")
    await expect(rows(page, "Traces").filter(has_text="echo").first).to_be_visible()

    await page.get_by_role("button", name="With failures").click()
    await expect(rows(page, "Traces").filter(has_text="echo")).to_have_count(0)
    await page.get_by_label("Text in name or error").fill("division")
    await page.wait_for_url("**text=division*")
    # By the error of a step that the request triggered, which the row tells.
    by_member = rows(page, "Traces").filter(has_text="/orders").filter(has_text="integer division")
    await expect(by_member.first).to_be_visible()
    await by_member.first.get_by_text("integer division").click()

    await expect(spans(page).filter(has_text="charge-card").first).to_be_visible()


async def test_a_trace_that_is_not_there_is_said_to_be_missing(page: Page):
    await page.goto("/traces/00000000000000000000000000000000")

    await expect(page.get_by_role("alert")).to_contain_text("nothing is known of trace")
