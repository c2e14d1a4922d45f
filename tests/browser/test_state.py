"""State: keys looked at, found, made, edited and deleted."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from .conftest import Shop, rewrite, rows


@pytest.fixture(scope="module", autouse=True)
def values(shop: Shop) -> None:
    """A group of three keys."""
    for key in ("tea-black", "tea-green", "water"):
        keep(shop, key, {"price": 3})


def keep(shop: Shop, key: str, value: object, group: str = "prices") -> None:
    """A step writes a value."""
    shop.finish("keep", {"group": group, "key": key, "value": value})


def entry(page: Page, key: str) -> Locator:
    """The key that is open."""
    return page.get_by_role("complementary", name=f"prices/{key}")


async def test_keys_are_found_by_how_they_begin(page: Page):
    await page.goto("/state?group=prices")
    await expect(rows(page, "Keys of prices").filter(has_text="water")).to_be_visible()

    await page.get_by_label("Key begins with").fill("tea-")

    await expect(rows(page, "Keys of prices").filter(has_text="tea-")).to_have_count(2)
    await expect(rows(page, "Keys of prices").filter(has_text="water")).to_have_count(0)
    await page.reload()
    await expect(rows(page, "Keys of prices").filter(has_text="tea-")).to_have_count(2)


async def test_a_value_is_edited(page: Page, shop: Shop):
    keep(shop, "edited", {"price": 3})
    await page.goto("/state?group=prices&key=edited")
    await entry(page, "edited").get_by_role("button", name="Edit").click()
    save = entry(page, "edited").get_by_role("button", name="Save")

    await rewrite(entry(page, "edited").get_by_role("textbox"), '{"price": }')
    await expect(entry(page, "edited").get_by_role("alert")).to_be_visible()
    await expect(save).to_have_attribute("aria-disabled", "true")
    await rewrite(entry(page, "edited").get_by_role("textbox"), '{"price": 4}')
    await save.click()

    await expect(page.get_by_text("Saved prices/edited as version 2.")).to_be_visible()
    assert shop.control("GET", "/v1/state/prices/edited")["value"] == {"price": 4}


async def test_a_key_is_made_where_there_is_none(page: Page, shop: Shop):
    await page.goto("/state?group=prices")
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Key").fill("new")
    await rewrite(dialog.get_by_role("textbox", name="Value"), '{"price": 9}')
    await dialog.get_by_role("button", name="Set").click()

    await expect(entry(page, "new")).to_contain_text("price: 9")
    assert shop.control("GET", "/v1/state/prices/new")["version"] == 1


async def test_a_key_that_is_there_is_not_made_again(page: Page, shop: Shop):
    await page.goto("/state?group=prices")
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Key").fill("water")
    await dialog.get_by_role("button", name="Set").click()

    await expect(page.get_by_role("status").filter(has_text="version")).to_be_visible()
    await expect(dialog).to_be_visible()
    assert shop.control("GET", "/v1/state/prices/water")["value"] == {"price": 3}


async def test_a_key_is_deleted_after_a_question(page: Page, shop: Shop):
    keep(shop, "deleted", {"price": 3})
    await page.goto("/state?group=prices&key=deleted")
    await entry(page, "deleted").get_by_role("button", name="Delete…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(entry(page, "deleted").get_by_role("button", name="Delete…")).to_be_focused()

    await entry(page, "deleted").get_by_role("button", name="Delete…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    await expect(page.get_by_text("Deleted prices/deleted.")).to_be_visible()
    await expect(rows(page, "Keys of prices").filter(has_text="deleted")).to_have_count(0)


async def test_a_group_is_cleared_by_who_types_its_name(page: Page, shop: Shop):
    keep(shop, "one", {"price": 1}, group="old")
    await page.goto("/state?group=old")
    await page.get_by_role("button", name="Clear group…").click()
    dialog = page.get_by_role("dialog")

    await dialog.get_by_role("textbox").fill("old")
    await dialog.get_by_role("button", name="Delete all keys").click()

    await expect(page.get_by_text("Deleted 1 key of old.")).to_be_visible()
    await expect(page.get_by_text("The group old has no keys.")).to_be_visible()


async def test_a_change_of_a_step_shows_without_a_reload(page: Page, shop: Shop):
    keep(shop, "live", {"price": 1})
    await page.goto("/state?group=prices&key=live")
    await expect(entry(page, "live")).to_contain_text("price: 1")

    keep(shop, "live", {"price": 2})

    await expect(entry(page, "live")).to_contain_text("price: 2")


async def test_a_key_that_is_not_there_is_said_to_be_missing(page: Page):
    await page.goto("/state?group=prices&key=nothing")

    await expect(page.get_by_text("This key is not there.")).to_be_visible()
