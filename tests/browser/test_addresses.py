"""Addresses: what stands in one is read as it was written, and one that leads nowhere says so."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop

NOWHERE = "There is nothing at this address."


async def test_a_percent_sign_that_is_typed_stays_what_it_is(page: Page):
    await page.goto("/logs")
    text = page.get_by_label("Text in message or fields")
    await text.fill("%41%2F")

    await expect(page).to_have_url("/logs?text=%2541%252F")
    await expect(text).to_have_value("%41%2F")
    await page.reload()
    await expect(text).to_have_value("%41%2F")


async def test_a_key_with_an_escape_in_its_name_opens(page: Page, shop: Shop):
    shop.finish("keep", {"group": "a%2Fb", "key": "50%25?", "value": {"kept": "here"}})
    await page.goto("/state?group=a%252Fb")

    await page.get_by_text("50%25?", exact=True).click()

    await expect(page.get_by_role("button", name="Edit", exact=True)).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text('kept: "here"')


@pytest.mark.parametrize("name", [".", ".."])
async def test_a_group_and_a_key_of_dots_open(page: Page, shop: Shop, name: str):
    shop.finish("keep", {"group": name, "key": name, "value": {"kept": "here"}})
    await page.goto(f"/state?group={name}")

    await page.get_by_role("main").get_by_role("cell", name=name, exact=True).first.click()

    await expect(page.get_by_role("button", name="Edit", exact=True)).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text('kept: "here"')


async def test_a_step_of_dots_has_an_address(page: Page):
    await page.goto("/steps/~..")

    await expect(page.get_by_text("No step has the id ...")).to_be_visible()


@pytest.mark.parametrize("step", ["100%", "a%2Fb"])
async def test_an_id_with_a_percent_sign_is_read_once(page: Page, step: str):
    await page.goto(f"/steps/{step.replace('%', '%25')}")

    await expect(page.get_by_text(f"No step has the id {step}.")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/nowhere", "/workflows/order/7", "/logs/7", "/runs/7/8", "/queues/7", "/config/7"]
)
async def test_an_address_that_leads_nowhere_says_so(page: Page, path: str):
    await page.goto(path)

    await expect(page.get_by_text(NOWHERE)).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)


async def test_an_address_that_is_no_encoding_is_taken_as_it_stands(page: Page):
    await page.goto("/endpoints/100%")

    await expect(page.get_by_role("heading", level=1)).to_have_text("Endpoints")
    await expect(page.get_by_text("This screen failed")).to_have_count(0)
