"""Endpoints: a request built from the schema, sent, answered, sent again."""

from __future__ import annotations

import asyncio

from playwright.async_api import Locator, Page, expect

from .conftest import Shop, copied, rewrite


def answer(page: Page) -> Locator:
    """What came of the request."""
    return page.get_by_role("region", name="Answer")


async def send(page: Page) -> None:
    """Send the request that is written."""
    await page.get_by_role("button", name="Send", exact=True).click()


async def test_a_request_that_fits_the_schema_is_there_already(page: Page):
    await page.goto("/endpoints/place-order")

    await send(page)

    await expect(answer(page).get_by_role("status")).to_contain_text("202 Accepted")
    await expect(answer(page)).to_contain_text('"text"')
    await expect(page.get_by_role("region", name="What it made run")).to_contain_text("charge-card")


async def test_the_search_field_shows_its_whole_name_in_a_narrow_window(page: Page):
    await page.set_viewport_size({"width": 768, "height": 900})
    await page.goto("/endpoints")
    field = page.get_by_label("Find an endpoint")
    await expect(field).to_be_visible()

    spare = await field.evaluate("""field => {
      const style = getComputedStyle(field)
      const pen = document.createElement('canvas').getContext('2d')
      pen.font = style.font
      const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
      return room - pen.measureText(field.placeholder).width
    }""")

    assert spare >= 0


async def test_fields_of_a_body_are_a_form_and_what_does_not_fit_stands_beside_them(page: Page):
    await page.goto("/endpoints/place-order")
    body = page.get_by_role("region", name="Body", exact=True)
    await body.get_by_role("button", name="As a form").click()
    await body.get_by_label("item").fill("green tea")
    await body.get_by_label("cents").fill("many")

    await send(page)

    await expect(answer(page).get_by_role("status")).to_contain_text("422 Unprocessable content")
    await expect(answer(page)).to_contain_text("One value does not fit")
    await expect(body.get_by_role("alert")).to_have_count(1)
    await body.get_by_label("cents").fill("300")
    await send(page)
    await expect(answer(page).get_by_role("status")).to_contain_text("202")
    await expect(answer(page)).to_contain_text('"green tea"')


async def test_every_path_that_does_not_fit_is_said(page: Page):
    await page.goto("/endpoints/place-order")
    await rewrite(page.get_by_role("textbox", name="Body"), '{"item": 5}')

    await send(page)

    await expect(answer(page)).to_contain_text("2 values do not fit")
    problems = page.get_by_role("region", name="Body", exact=True)
    await expect(problems).to_contain_text("/item")
    await expect(problems).to_contain_text("/cents")


async def test_parameters_of_the_path_and_the_query_are_sent(page: Page):
    await page.goto("/endpoints/get-order")
    await page.get_by_label("Path parameter id").fill("a/b c")
    query = page.get_by_role("region", name="Query", exact=True)
    await query.get_by_role("button", name="Add").click()
    await query.get_by_label("name").last.fill("verbose")
    await query.get_by_label("value of verbose").fill("true")

    await send(page)

    await expect(answer(page).get_by_role("status")).to_contain_text("200 OK")
    await expect(answer(page)).to_contain_text('id: "a/b c"')
    await expect(answer(page)).to_contain_text("verbose: true")


async def test_a_path_whose_parameter_has_no_value_is_not_sent(page: Page):
    await page.goto("/endpoints/get-order")
    field = page.get_by_label("Path parameter id")
    await field.fill("")

    await send(page)

    await expect(field).to_be_focused()
    await expect(page.get_by_role("region", name="Path", exact=True)).to_contain_text("needs a value")
    await page.get_by_role("button", name="Copy as curl").click()
    assert "/orders/:id" in await copied(page)
    await field.fill("o-1")
    await send(page)
    await expect(answer(page).get_by_role("status")).to_contain_text("200")


async def test_a_request_is_copied_as_a_line_for_a_shell_that_works(page: Page):
    await page.goto("/endpoints/place-order")
    await rewrite(page.get_by_role("textbox", name="Body"), '{"item": "it\'s $HOME", "cents": 5}')
    await page.get_by_role("button", name="Copy as curl").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()

    process = await asyncio.create_subprocess_shell(
        await copied(page), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()

    assert b" 202 " in said.splitlines()[0]
    assert b"it's $HOME" in said


async def test_what_was_sent_is_kept_to_be_sent_again(page: Page):
    await page.goto("/endpoints/get-order")
    await page.get_by_label("Path parameter id").fill("kept")
    await send(page)
    await expect(answer(page).get_by_role("status")).to_contain_text("200")
    await page.reload()
    before = page.get_by_role("region", name="Sent before")
    await expect(before.get_by_role("listitem")).to_have_count(1)

    await before.get_by_role("button", name="Send again").click()

    await expect(answer(page)).to_contain_text('"kept"')
    await expect(before.get_by_role("listitem")).to_have_count(2)
    await before.get_by_role("button", name="Forget").click()
    await expect(before).to_be_hidden()


async def test_the_trace_of_an_answer_is_a_link(page: Page):
    await page.goto("/endpoints/place-order")
    await send(page)

    await answer(page).locator("a[href*='/traces/']").click()

    await page.wait_for_url("**/traces/*")
    await expect(page.get_by_role("treegrid", name="Spans")).to_contain_text("POST /orders")


async def test_control_and_enter_send_and_letters_walk_the_list(page: Page):
    await page.goto("/endpoints")
    await expect(page.get_by_role("heading", level=2, name="/orders", exact=True)).to_be_visible()
    await page.keyboard.press("j")
    await page.wait_for_url("**/endpoints/get-order")
    await page.get_by_label("Path parameter id").fill("by key")

    await page.keyboard.press("Control+Enter")

    await expect(answer(page)).to_contain_text('"by key"')


async def test_an_endpoint_that_is_not_there_is_said_to_be_missing(page: Page):
    await page.goto("/endpoints/nothing-like-it")

    await expect(page.get_by_text("There is no endpoint nothing-like-it.")).to_be_visible()


async def test_the_description_of_the_api_is_downloaded(page: Page, shop: Shop):
    await page.goto("/endpoints")

    async with page.expect_download() as download:
        await page.get_by_role("button", name="OpenAPI").click()

    path = await (await download.value).path()
    assert "/orders/{id}" in path.read_text()
