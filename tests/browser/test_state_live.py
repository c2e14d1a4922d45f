"""The State screen while steps write: live, and never over what the reader has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from .conftest import Shop, serving

STEPS = """
from motia import api, state


@api(id="put", method="POST", path="/put")
async def put(key: str, value: int):
    if value < 0:
        await state.delete("carts", key)
    else:
        await state.set("carts", key, {"items": value})
    return {}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with serving(tmp_path_factory.mktemp("state"), STEPS) as shop:
        yield shop


def put(shop: Shop, key: str, value: int) -> None:
    assert shop.request("POST", "/put", {"key": key, "value": value})[0] == 200


def stored(shop: Shop, key: str) -> Any:
    return shop.control("GET", f"/v1/state/carts/{key}").get("value")


async def edit(page: Page, text: str) -> None:
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.locator(".cm-content").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.insert_text(text)


async def test_changes_appear_and_a_save_over_a_newer_value_is_a_choice(page: Page, shop: Shop):
    put(shop, "ada", 1)
    await page.goto("/state?group=carts&key=ada")
    pane = page.get_by_role("complementary", name="carts/ada")
    await expect(pane.get_by_text("version 1")).to_be_visible()

    put(shop, "ada", 2)
    put(shop, "bob", 7)
    await expect(pane.get_by_text("version 2")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="bob")).to_be_visible()

    await edit(page, '{"items": 50}')
    put(shop, "ada", 3)
    await expect(pane.get_by_role("alert")).to_contain_text("it has version 3 now")
    await expect(pane.get_by_role("alert")).to_contain_text("items is now 3, was 2")
    await expect(pane.get_by_role("button", name="Save")).to_have_attribute("aria-disabled", "true")
    await pane.get_by_role("button", name="Keep mine").click()
    await pane.get_by_role("button", name="Save").click()
    await expect(pane.get_by_text("version 4", exact=True)).to_be_visible()
    assert stored(shop, "ada") == {"items": 50}


async def test_a_key_that_was_deleted_while_it_was_edited_keeps_what_was_typed(page: Page, shop: Shop):
    put(shop, "eve", 1)
    await page.goto("/state?group=carts&key=eve")
    pane = page.get_by_role("complementary", name="carts/eve")
    await edit(page, '{"items": 9}')

    put(shop, "eve", -1)
    await expect(pane.get_by_role("alert")).to_contain_text("It was deleted while you were editing.")
    await pane.get_by_role("button", name="Keep mine").click()
    await pane.get_by_role("button", name="Save").click()
    await expect(pane.get_by_role("button", name="Edit", exact=True)).to_be_visible()
    await expect(pane.get_by_text("version 1", exact=True)).to_be_visible()
    assert stored(shop, "eve") == {"items": 9}


async def test_the_own_save_is_never_told_as_a_change_of_somebody_else(page: Page, shop: Shop):
    put(shop, "fay", 1)
    await page.goto("/state?group=carts&key=fay")
    pane = page.get_by_role("complementary", name="carts/fay")
    await edit(page, '{"items": 9}')

    async def answer_late(route: Route) -> None:
        if route.request.method != "PUT":
            await route.continue_()
            return
        answer = await route.fetch()
        # The feed is quicker than the answer: the pane reads version 2 while it still saves.
        await expect(pane.get_by_text("version 2", exact=True)).to_be_visible()
        told.append(await pane.get_by_role("alert").count())
        await route.fulfill(response=answer)

    told: list[int] = []
    await page.route("**/v1/state/carts/fay", answer_late)
    await pane.get_by_role("button", name="Save").click()

    await expect(pane.get_by_role("button", name="Edit", exact=True)).to_be_visible()
    await expect(pane.get_by_text("version 2", exact=True)).to_be_visible()
    assert told == [0]
    assert stored(shop, "fay") == {"items": 9}
