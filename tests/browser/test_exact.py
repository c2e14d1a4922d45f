"""Integers that a number of the browser cannot hold keep every digit, to the screen and back."""

from __future__ import annotations

from playwright.async_api import Page, expect

from .conftest import Shop

LONG = 12_345_678_901_234_567_891


async def test_a_payload_is_shown_edited_and_replayed_with_every_digit(page: Page, shop: Shop):
    made = shop.control(
        "POST",
        "/v1/trigger",
        {"target": "charge-card", "payload": {"item": "tea", "cents": LONG}, "wait_ms": 20_000},
    )
    await page.goto(f"/runs/{made['runId']}")
    await expect(page.get_by_text(str(LONG)).first).to_be_visible()

    await page.get_by_role("button", name="Edit and replay").click()
    editor = page.get_by_role("dialog").locator(".cm-content")
    await expect(editor).to_contain_text(str(LONG))
    await editor.get_by_text("tea").click(click_count=2)
    await page.keyboard.insert_text("mate")
    await page.get_by_role("dialog").get_by_role("button", name="Replay").click()

    await page.wait_for_url(lambda url: "/runs/" in url and made["runId"] not in url)
    replayed = page.url.rpartition("/runs/")[2].partition("?")[0]
    await expect(page.get_by_text(str(LONG)).first).to_be_visible()
    assert shop.run(replayed)["payload"] == {"item": "mate", "cents": LONG}


async def test_a_value_of_state_is_saved_with_every_digit(page: Page, shop: Shop):
    shop.control("PUT", "/v1/state/ids/last", {"value": {"n": LONG, "note": "a"}})
    await page.goto("/state?group=ids&key=last")
    pane = page.get_by_role("complementary", name="ids/last")
    await expect(pane.get_by_text(str(LONG))).to_be_visible()

    await pane.get_by_role("button", name="Edit", exact=True).click()
    await pane.locator(".cm-content").get_by_text('"a"').click(click_count=2)
    await page.keyboard.insert_text("b")
    await pane.get_by_role("button", name="Save").click()

    await expect(pane.get_by_text("version 2", exact=True)).to_be_visible()
    assert shop.control("GET", "/v1/state/ids/last")["value"]["n"] == LONG
